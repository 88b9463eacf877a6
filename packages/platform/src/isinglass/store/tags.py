"""Tags of resources of any kind, under the part of the ARN that names them (domain.arns.resource)."""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from isinglass.domain.tag_rules import merge_tags
from isinglass.store.conflicts import insert_or_update
from isinglass.store.prepared import Prepared
from isinglass.store.tables.catalog import tags

# Built once: building a statement costs more than running it.
_OF = (tags.c.account_id == sa.bindparam("of_account"), tags.c.resource == sa.bindparam("of_resource"))
_GET = Prepared(sa.select(tags.c.key, tags.c.value).where(*_OF).order_by(tags.c.key))
_REMOVE = tags.delete().where(*_OF, tags.c.key.in_(sa.bindparam("keys", expanding=True)))
_DELETE_ALL = Prepared(tags.delete().where(*_OF))
_RENAME = tags.update().where(*_OF).values(resource=sa.bindparam("new_resource"))


class Tags:
    """Reads and writes the tags table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, account_id: str, resource: str) -> dict[str, str]:
        """Read a resource's tags; none is an empty mapping."""
        return dict(_GET.all(self._connection, _of(account_id, resource)))

    def add(self, account_id: str, resource: str, added: Mapping[str, str]) -> None:
        """Add tags, replacing values of those present; refuses what tag_rules does not allow."""
        if not added:
            return
        merge_tags(self.get(account_id, resource), added)
        rows = [
            {"account_id": account_id, "resource": resource, "key": key, "value": value}
            for key, value in sorted(added.items())
        ]
        insert_or_update(self._connection, tags, ["value"], *rows)

    def remove(self, account_id: str, resource: str, keys: Iterable[str]) -> None:
        """Remove tags by their keys; keys that are not there are ignored."""
        self._connection.execute(_REMOVE, {**_of(account_id, resource), "keys": list(keys)})

    def delete_all(self, account_id: str, resource: str) -> None:
        """Remove all tags of a resource, as its deletion does."""
        _DELETE_ALL.run(self._connection, _of(account_id, resource))

    def rename(self, account_id: str, resource: str, new_resource: str) -> None:
        """Move all tags to a resource's new name."""
        self._connection.execute(_RENAME, {**_of(account_id, resource), "new_resource": new_resource})


def _of(account_id: str, resource: str) -> dict[str, str]:
    return {"of_account": account_id, "of_resource": resource}


def tagged(
    account_id: str, kind: str, name: sa.ColumnElement[str], wanted: Mapping[str, str]
) -> list[sa.ColumnElement[bool]]:
    """Build conditions for a listing of a kind of resource: each wanted tag is there with its value."""
    return [
        sa.exists().where(
            tags.c.account_id == account_id,
            tags.c.resource == sa.literal(f"{kind}/") + name,
            tags.c.key == key,
            tags.c.value == value,
        )
        for key, value in wanted.items()
    ]
