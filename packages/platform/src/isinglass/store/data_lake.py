"""An account's data-lake settings, and the places on S3 that it registered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.domain.permissions.resources import above
from isinglass.store.conflicts import insert_one, insert_or_update
from isinglass.store.tables.catalog import catalog_tables
from isinglass.store.tables.permissions import data_lake_settings, registered_locations


@dataclass(frozen=True, slots=True)
class Location:
    """A registered place: everything under `path`, which ends with a slash."""

    path: str
    document: Any
    modified_at: float


_LOCATIONS = sa.select(
    registered_locations.c.path, registered_locations.c.document, registered_locations.c.modified_at
)

#: Built once: building a statement costs more than running it.
_SETTINGS = sa.select(data_lake_settings.c.document).where(
    data_lake_settings.c.account_id == sa.bindparam("account_id")
)


class DataLake:
    """Reads and writes settings and locations within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def settings(self, account_id: str) -> Any:
        """Give an account's settings, empty when it never put any."""
        text = self._connection.scalar(_SETTINGS, {"account_id": account_id})
        return {} if text is None else orjson.loads(text)

    def put_settings(self, account_id: str, document: Any) -> None:
        """Replace an account's settings."""
        row = {"account_id": account_id, "document": orjson.dumps(document).decode()}
        insert_or_update(self._connection, data_lake_settings, ["document"], row)

    def register(self, account_id: str, path: str, document: Any, now: float) -> bool:
        """Register a place; False when it is registered already."""
        row = {
            "account_id": account_id,
            "path": path,
            "document": orjson.dumps(document).decode(),
            "modified_at": now,
        }
        if not insert_one(self._connection, registered_locations, row):
            return False
        self._mark(account_id, path, registered=True)
        return True

    def deregister(self, account_id: str, path: str) -> bool:
        """Give a place up; False when it is not registered."""
        gone = registered_locations.delete().where(
            registered_locations.c.account_id == account_id, registered_locations.c.path == path
        )
        if self._connection.execute(gone).rowcount == 0:
            return False
        if not self.covering(account_id, path):
            self._mark(account_id, path, registered=False)
            for location in self.locations(account_id):
                if location.path.startswith(path):
                    self._mark(account_id, location.path, registered=True)
        return True

    def find(self, account_id: str, path: str) -> Location | None:
        """Find a registered place by its exact path."""
        chosen = (registered_locations.c.account_id == account_id, registered_locations.c.path == path)
        row = self._connection.execute(_LOCATIONS.where(*chosen)).first()
        return None if row is None else Location(row.path, orjson.loads(row.document), row.modified_at)

    def covering(self, account_id: str, path: str) -> list[str]:
        """List the registered places that a path lies in, the widest first."""
        statement = sa.select(registered_locations.c.path).where(
            registered_locations.c.account_id == account_id, registered_locations.c.path.in_(above(path))
        )
        return sorted(self._connection.scalars(statement))

    def locations(self, account_id: str) -> list[Location]:
        """List all registered places by their paths."""
        statement = _LOCATIONS.where(registered_locations.c.account_id == account_id)
        rows = self._connection.execute(statement.order_by(registered_locations.c.path))
        return [Location(row.path, orjson.loads(row.document), row.modified_at) for row in rows]

    def tables_at(self, account_id: str, paths: Sequence[str]) -> list[tuple[str, str, str]]:
        """List the tables whose files are exactly at one of these paths: catalog, database and name."""
        statement = sa.select(
            catalog_tables.c.catalog_id, catalog_tables.c.database_name, catalog_tables.c.name
        ).where(_of_account(account_id), catalog_tables.c.location.in_(list(paths)))
        return [(row.catalog_id, row.database_name, row.name) for row in self._connection.execute(statement)]

    def _mark(self, account_id: str, path: str, *, registered: bool) -> None:
        beneath = (catalog_tables.c.location >= path, catalog_tables.c.location < f"{path[:-1]}0")
        change = catalog_tables.update().where(_of_account(account_id), *beneath)
        self._connection.execute(change.values(registered=int(registered)))


def _of_account(account_id: str) -> sa.ColumnElement[bool]:
    # The account's own catalog, and those nested in it: `123456789012:name`.
    catalog_id = catalog_tables.c.catalog_id
    return sa.or_(
        catalog_id == account_id, sa.and_(catalog_id > f"{account_id}:", catalog_id < f"{account_id};")
    )
