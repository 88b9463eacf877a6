"""Connections to databases and services; each secret is sealed once, so that it reads back alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.store.conflicts import insert_one
from isinglass.store.paging import PageRequest
from isinglass.store.scanning import MOST_EXAMINED, read_in_order
from isinglass.store.tables.connections import connections


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection as stored; `secrets` are sealed, by domain.connection_secrets' paths."""

    account_id: str
    name: str
    document: Any
    secrets: dict[str, str]
    created_at: float
    updated_at: float
    updated_by: str
    #: READY, or FAILED for the reason given, as of when somebody last tried it.
    status: str = "READY"
    status_reason: str | None = None
    validated_at: float | None = None


def sealed_for(account_id: str, name: str, path: str) -> str:
    """Say which secret of which connection is sealed: elsewhere it does not open."""
    return f"connection {account_id}/{name} {path}"


#: Counts up when domain.connection_secrets tells more secrets from the rest than before.
SEALING_RULES = 3

_SELECT = sa.select(*(connections.c[name] for name in Connection.__dataclass_fields__))
_KEY = (connections.c.name,)
#: Built once: building a statement costs more than running it.
_FIND = _SELECT.where(
    connections.c.account_id == sa.bindparam("of_account"), connections.c.name == sa.bindparam("of_name")
)
_HOLD = _FIND.with_for_update(read=True, key_share=True)


def _connection(row: Any) -> Connection:
    account_id, name, document, secrets, *rest = row
    return Connection(account_id, name, orjson.loads(document), orjson.loads(secrets), *rest)


class Connections:
    """Reads and writes the connections table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def insert(self, connection: Connection) -> bool:
        """Insert a connection; False when its name is taken."""
        row = {
            "account_id": connection.account_id,
            "name": connection.name,
            "document": orjson.dumps(connection.document).decode(),
            "secrets": orjson.dumps(connection.secrets).decode(),
            "created_at": connection.created_at,
            "updated_at": connection.updated_at,
            "updated_by": connection.updated_by,
            "sealing_rules": SEALING_RULES,
        }
        return insert_one(self._connection, connections, row)

    def find(self, account_id: str, name: str, *, hold: bool = False) -> Connection | None:
        """Find a connection by its name; one that is held stays until the transaction ends."""
        statement = _HOLD if hold else _FIND
        row = self._connection.execute(statement, {"of_account": account_id, "of_name": name}).first()
        return None if row is None else _connection(row)

    def page(
        self, account_id: str, page: PageRequest, matches: Callable[[Any], bool]
    ) -> tuple[list[Connection], tuple[Any, ...] | None]:
        """List by name the connections whose definitions match; a page may be short and have a next one."""
        statement = _SELECT.where(connections.c.account_id == account_id)
        found: list[Connection] = []
        for examined, row in enumerate(read_in_order(self._connection, statement, _KEY, page), 1):
            connection = _connection(row)
            if matches(connection.document):
                found.append(connection)
            if len(found) == page.size or examined == MOST_EXAMINED:
                return found, (connection.name,)
        return found, None

    def replace(
        self, account_id: str, name: str, document: Any, secrets: Mapping[str, str], *, by: str, now: float
    ) -> bool:
        """Replace a connection's definition and secrets; False when there is none."""
        change = connections.update().where(*self._is(account_id, name))
        changed = change.values(
            document=orjson.dumps(document).decode(),
            secrets=orjson.dumps(secrets).decode(),
            updated_at=now,
            updated_by=by,
            sealing_rules=SEALING_RULES,
            status="READY",
            status_reason=None,
            validated_at=None,
        )
        return self._connection.execute(changed).rowcount == 1

    def note_validation(self, connection: Connection, *, status: str, reason: str | None, now: float) -> None:
        """Remember what became of trying a connection, unless it has been changed meanwhile."""
        noted = connections.update().where(
            *self._is(connection.account_id, connection.name),
            connections.c.updated_at == connection.updated_at,
        )
        self._connection.execute(noted.values(status=status, status_reason=reason, validated_at=now))

    def sealed_by_older_rules(self, most: int) -> list[Connection]:
        """List some connections, of all accounts, that may have secrets in the clear, and lock them."""
        statement = _SELECT.where(connections.c.sealing_rules < SEALING_RULES)
        in_order = statement.order_by(connections.c.account_id, connections.c.name).limit(most)
        return [_connection(row) for row in self._connection.execute(in_order.with_for_update())]

    def seal_again(self, connection: Connection, document: Any, secrets: Mapping[str, str]) -> None:
        """Put a definition with more of it sealed in its place, unless it has been changed meanwhile."""
        change = connections.update().where(
            *self._is(connection.account_id, connection.name),
            connections.c.updated_at == connection.updated_at,
        )
        self._connection.execute(
            change.values(
                document=orjson.dumps(document).decode(),
                secrets=orjson.dumps(secrets).decode(),
                sealing_rules=SEALING_RULES,
            )
        )

    def with_secrets(self, account_id: str) -> list[Connection]:
        """List the connections of an account that have secrets, and keep them from being changed."""
        statement = _SELECT.where(connections.c.account_id == account_id, connections.c.secrets != "{}")
        rows = self._connection.execute(statement.order_by(connections.c.name).with_for_update())
        return [_connection(row) for row in rows]

    def first_of_type(self, account_id: str, connection_type: str) -> str | None:
        """Name a connection that has a type; None when there is none."""
        statement = sa.select(connections.c.name, connections.c.document).where(
            connections.c.account_id == account_id
        )
        for row in self._connection.execute(statement):
            if orjson.loads(row.document)["ConnectionType"] == connection_type:
                return str(row.name)
        return None

    def delete(self, account_id: str, name: str) -> bool:
        """Delete a connection; False when there is none."""
        return self._connection.execute(connections.delete().where(*self._is(account_id, name))).rowcount == 1

    @staticmethod
    def _is(account_id: str, name: str) -> list[sa.ColumnElement[bool]]:
        return [connections.c.account_id == account_id, connections.c.name == name]
