"""Usage profiles: what an administrator lets jobs and sessions ask for."""

from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.store.conflicts import insert_one
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.tables.security import usage_profiles


@dataclass(frozen=True, slots=True)
class UsageProfile:
    """A profile as stored; `document` has its Configuration and, where given, its Description."""

    name: str
    document: Any
    created_at: float
    modified_at: float


_TABLE = usage_profiles.c
_SELECT = sa.select(*(_TABLE[name] for name in UsageProfile.__dataclass_fields__))


def _profile(row: Any) -> UsageProfile:
    return UsageProfile(row.name, orjson.loads(row.document), row.created_at, row.modified_at)


class UsageProfiles:
    """Reads and writes the usage_profiles table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def insert(self, account_id: str, name: str, document: Any, now: float) -> bool:
        """Insert a profile; False when its name is taken."""
        row = {
            "account_id": account_id,
            "name": name,
            "document": orjson.dumps(document).decode(),
            "created_at": now,
            "modified_at": now,
        }
        return insert_one(self._connection, usage_profiles, row)

    def find(self, account_id: str, name: str, *, hold: bool = False) -> UsageProfile | None:
        """Find a profile by its name; one that is held stays until the transaction ends."""
        statement = _SELECT.where(_TABLE.account_id == account_id, _TABLE.name == name)
        if hold:
            statement = statement.with_for_update(read=True, key_share=True)
        row = self._connection.execute(statement).first()
        return None if row is None else _profile(row)

    def page(self, account_id: str, page: PageRequest) -> tuple[list[UsageProfile], tuple[Any, ...] | None]:
        """List profiles by name."""
        statement = _SELECT.where(_TABLE.account_id == account_id)
        rows, after = fetch_page(self._connection, statement, [_TABLE.name], page)
        return [_profile(row) for row in rows], after

    def replace(self, account_id: str, name: str, document: Any, now: float) -> bool:
        """Replace a profile's definition; False when there is none."""
        change = usage_profiles.update().where(_TABLE.account_id == account_id, _TABLE.name == name)
        changed = change.values(document=orjson.dumps(document).decode(), modified_at=now)
        return self._connection.execute(changed).rowcount == 1

    def delete(self, account_id: str, name: str) -> None:
        """Delete a profile; one that is not there is as good as deleted."""
        gone = usage_profiles.delete().where(_TABLE.account_id == account_id, _TABLE.name == name)
        self._connection.execute(gone)
