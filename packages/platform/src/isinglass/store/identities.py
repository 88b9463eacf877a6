"""Users, groups and roles of accounts, and who is in which group."""

from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from isinglass.domain.access.documents import Policy
from isinglass.domain.access.standing import Standing
from isinglass.store.access_keys import AccessKey
from isinglass.store.conflicts import insert_one
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.standing import policies_of, standing_of
from isinglass.store.tables.identities import group_members, identities

IdentityKind = Literal["user", "group", "role"]
KINDS: dict[str, IdentityKind] = {"user": "user", "group": "group", "role": "role"}
After = tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class Identity:
    """A user, group or role; `trust`, `description` and `longest_session` are a role's."""

    account_id: str
    kind: IdentityKind
    id: str
    name: str
    path: str
    created_at: float
    boundary_id: str | None = None
    trust: str | None = None
    description: str | None = None
    longest_session: int | None = None

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account_id}:{self.kind}{self.path}{self.name}"

    @property
    def tag_resource(self) -> str:
        """Under which the tags repository keeps its tags: it stays when the identity is renamed."""
        return f"iam/{self.id}"


_NAMES = tuple(Identity.__dataclass_fields__)
_TABLE = identities.c
_SELECT = sa.select(*(_TABLE[name] for name in _NAMES))


class Identities:
    """Reads and writes the identities and group_members tables within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def standing(self, key: AccessKey) -> Standing:
        """Tell what the holder of a key may do."""
        return standing_of(self._connection, key)

    def policies(self, identity: Identity) -> tuple[tuple[Policy, ...], Policy | None, dict[str, str]]:
        """Read what bears on an identity: its policies and those of its groups, its boundary, its tags."""
        return policies_of(self._connection, identity.account_id, identity.id)

    def insert(self, identity: Identity) -> bool:
        """Insert an identity; False when its name is taken."""
        return insert_one(self._connection, identities, _row(identity))

    def find(self, account_id: str, kind: IdentityKind, name: str, *, lock: bool = False) -> Identity | None:
        """Find an identity by its name, in any case; a locked one changes for nobody else."""
        statement = _SELECT.where(
            _TABLE.account_id == account_id, _TABLE.kind == kind, _TABLE.folded == name.lower()
        )
        return self._one(statement.with_for_update() if lock else statement)

    def by_id(self, account_id: str, identity_id: str) -> Identity | None:
        """Find an identity by its id."""
        return self._one(_SELECT.where(_TABLE.id == identity_id, _TABLE.account_id == account_id))

    def by_arn(self, account_id: str, arn: str) -> Identity | None:
        """Find one of an account's identities by its whole ARN."""
        prefix, _, rest = arn.partition("::")
        owner, _, resource = rest.partition(":")
        kind, _, path = resource.partition("/")
        if prefix != "arn:aws:iam" or owner != account_id or kind not in KINDS:
            return None
        found = self.find(account_id, KINDS[kind], path.rpartition("/")[2])
        return found if found is not None and found.arn == arn else None

    def page(
        self, account_id: str, kind: IdentityKind, prefix: str, page: PageRequest
    ) -> tuple[list[Identity], After]:
        """List the identities whose path begins with a prefix, by name."""
        statement = sa.select(_TABLE.folded, *_SELECT.selected_columns).where(
            _TABLE.account_id == account_id, _TABLE.kind == kind, *_under(prefix)
        )
        return self._page(statement, page)

    def replace(self, before: Identity, after: Identity) -> bool:
        """Store an identity's changes; False when its new name is taken: nothing else may be written then."""
        change = identities.update().where(_TABLE.id == before.id, _TABLE.account_id == before.account_id)
        try:
            self._connection.execute(change.values(_row(after)))
        except sa.exc.IntegrityError:
            return False
        return True

    def delete(self, identity: Identity) -> None:
        """Delete an identity; what it has is the caller's concern."""
        self._connection.execute(
            identities.delete().where(_TABLE.id == identity.id, _TABLE.account_id == identity.account_id)
        )

    def add_member(self, group: Identity, user: Identity) -> None:
        """Put a user into a group; one who is in it already stays."""
        row = {"account_id": group.account_id, "user_id": user.id, "group_id": group.id}
        insert_one(self._connection, group_members, row)

    def remove_member(self, group: Identity, user: Identity) -> None:
        """Take a user out of a group; one who is not in it stays out."""
        gone = group_members.delete().where(
            group_members.c.account_id == group.account_id,
            group_members.c.group_id == group.id,
            group_members.c.user_id == user.id,
        )
        self._connection.execute(gone)

    def members(self, group: Identity, page: PageRequest) -> tuple[list[Identity], After]:
        """List the users of a group, by name."""
        inside = sa.select(group_members.c.user_id).where(
            group_members.c.account_id == group.account_id, group_members.c.group_id == group.id
        )
        return self._among(group.account_id, inside, page)

    def groups_of(self, user: Identity, page: PageRequest) -> tuple[list[Identity], After]:
        """List the groups of a user, by name."""
        inside = sa.select(group_members.c.group_id).where(
            group_members.c.account_id == user.account_id, group_members.c.user_id == user.id
        )
        return self._among(user.account_id, inside, page)

    def _among(self, account_id: str, ids: sa.Select[Any], page: PageRequest) -> tuple[list[Identity], After]:
        statement = sa.select(_TABLE.folded, *_SELECT.selected_columns).where(
            _TABLE.account_id == account_id, _TABLE.id.in_(ids)
        )
        return self._page(statement, page)

    def _page(self, statement: sa.Select[Any], page: PageRequest) -> tuple[list[Identity], After]:
        rows, after = fetch_page(self._connection, statement, [_TABLE.folded], page)
        return [Identity(*row[1:]) for row in rows], after

    def _one(self, statement: sa.Select[Any]) -> Identity | None:
        row = self._connection.execute(statement).first()
        return None if row is None else Identity(*row)


def _under(prefix: str) -> list[sa.ColumnElement[bool]]:
    return [_TABLE.path.startswith(prefix, autoescape=True)] if prefix != "/" else []


def _row(identity: Identity) -> dict[str, Any]:
    return {**{name: getattr(identity, name) for name in _NAMES}, "folded": identity.name.lower()}
