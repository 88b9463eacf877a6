"""Connection types that accounts registered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.store.conflicts import insert_one
from isinglass.store.tables.connections import connection_types


@dataclass(frozen=True, slots=True)
class RegisteredType:
    """A type as stored; `document` is what RegisterConnectionType took."""

    account_id: str
    name: str
    document: Any
    created_at: float


_TABLE = connection_types.c
_SELECT = sa.select(*(_TABLE[name] for name in RegisteredType.__dataclass_fields__))


def _registered(row: Any) -> RegisteredType:
    return RegisteredType(row.account_id, row.name, orjson.loads(row.document), row.created_at)


class ConnectionTypes:
    """Reads and writes the connection_types table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def insert(self, registered: RegisteredType) -> bool:
        """Insert a type; False when its name is taken."""
        row = {
            "account_id": registered.account_id,
            "name": registered.name,
            "document": orjson.dumps(registered.document).decode(),
            "created_at": registered.created_at,
        }
        return insert_one(self._connection, connection_types, row)

    def find(self, account_id: str, name: str, *, hold: bool = False) -> RegisteredType | None:
        """Find a type by its name; one that is held stays until the transaction ends."""
        statement = _SELECT.where(_TABLE.account_id == account_id, _TABLE.name == name)
        if hold:
            statement = statement.with_for_update(read=True, key_share=True)
        row = self._connection.execute(statement).first()
        return None if row is None else _registered(row)

    def lock(self, account_id: str, name: str) -> bool:
        """Wait until nobody holds a type, and keep others from it; False when there is none."""
        statement = sa.select(_TABLE.name).where(_TABLE.account_id == account_id, _TABLE.name == name)
        return self._connection.execute(statement.with_for_update()).first() is not None

    def after(self, account_id: str, name: str, most: int) -> Sequence[RegisteredType]:
        """List so many types whose names come after one, by name."""
        statement = _SELECT.where(_TABLE.account_id == account_id, _TABLE.name > name)
        rows = self._connection.execute(statement.order_by(_TABLE.name).limit(most))
        return [_registered(row) for row in rows]

    def count(self, account_id: str) -> int:
        """Count the types of an account."""
        counted = sa.select(sa.func.count()).where(_TABLE.account_id == account_id)
        return self._connection.execute(counted).scalar_one()

    def delete(self, account_id: str, name: str) -> None:
        """Delete a type; one that is not there is as good as deleted."""
        gone = connection_types.delete().where(_TABLE.account_id == account_id, _TABLE.name == name)
        self._connection.execute(gone)
