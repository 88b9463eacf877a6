"""Permissions as they were granted: one row for each principal and resource."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.domain.permissions.grants import Grant
from isinglass.domain.permissions.principals import IAM_ALLOWED
from isinglass.domain.permissions.resources import Resource
from isinglass.store.conflicts import insert_or_update
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.prepared import Prepared
from isinglass.store.tables.catalog import catalog_tables
from isinglass.store.tables.permissions import permissions

#: What a row is found by, the catalog's id aside.
_KEY = ("table_id", "database_name", "kind", "item", "principal")
#: Rows of the columns left out stand beside those of columns named.
_ALL_BUT = "*"


@dataclass(frozen=True, slots=True)
class Sought:
    """What a listing of permissions asks for; None leaves a member open."""

    principals: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None
    database: str | None = None
    table_id: int | None = None
    item: str | None = None

    def may_be(self, principal: str, kind: str) -> bool:
        """Tell whether a principal's permissions on a kind of resource are asked for."""
        return (self.principals is None or principal in self.principals) and (
            self.kinds is None or kind in self.kinds
        )


_SELECT = sa.select(
    *(permissions.c[name] for name in (*_KEY, "columns", "permissions", "grantable")),
    permissions.c.updated_at,
    permissions.c.updated_by,
    catalog_tables.c.database_name.label("database_of_table"),
    catalog_tables.c.name.label("table_name"),
).select_from(permissions.outerjoin(catalog_tables, catalog_tables.c.id == permissions.c.table_id))
_OF_TABLE = _SELECT.where(
    permissions.c.catalog_id == sa.bindparam("catalog_id"),
    sa.or_(
        permissions.c.table_id == sa.bindparam("table_id"),
        sa.and_(
            permissions.c.table_id == 0,
            permissions.c.database_name == sa.bindparam("database"),
            permissions.c.kind == "tables",
        ),
    ),
    permissions.c.principal.in_(sa.bindparam("names", expanding=True)),
)
_FORGET_DATABASE = Prepared(
    permissions.delete().where(
        permissions.c.catalog_id == sa.bindparam("catalog_id"),
        permissions.c.database_name == sa.bindparam("database"),
    )
)


def _row_key(resource: Resource, table_id: int) -> dict[str, Any]:
    item = resource.item
    if resource.kind == "columns":
        item = "" if resource.columns is not None else _ALL_BUT
    return {
        "table_id": table_id,
        "database_name": "" if table_id else resource.database,
        "kind": resource.kind,
        "item": item,
    }


def _grant(row: Any) -> Grant:
    columns = orjson.loads(row.columns)
    named = columns.get("named")
    resource = Resource(
        row.kind,
        row.database_of_table if row.table_id else row.database_name,
        row.table_name or "",
        "" if row.kind == "columns" else row.item,
        None if named is None else tuple(named),
        tuple(columns.get("excluded", ())),
    )
    return Grant(
        row.principal,
        resource,
        frozenset(orjson.loads(row.permissions)),
        frozenset(orjson.loads(row.grantable)),
        row.updated_at,
        row.updated_by,
    )


#: Something given to others; an account's id is digits alone, which mean nothing else in a pattern.
_SHARED = Prepared(
    sa.select(permissions.c.kind)
    .where(
        sa.or_(
            permissions.c.catalog_id == sa.bindparam("owner"),
            permissions.c.catalog_id.like(sa.bindparam("nested")),
        ),
        permissions.c.principal.not_like(sa.bindparam("own")),
        permissions.c.principal.not_like(sa.bindparam("identity")),
        permissions.c.principal != IAM_ALLOWED,
        permissions.c.permissions != "[]",
    )
    .limit(1)
)


class Permissions:
    """Reads and writes the permissions table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find(self, catalog_id: str, resource: Resource, table_id: int, principal: str) -> Grant | None:
        """Find what a principal was granted on a resource; for columns, on those named or on all but some."""
        key = {**_row_key(resource, table_id), "principal": principal}
        matches = (permissions.c[name] == value for name, value in key.items())
        row = self._connection.execute(
            _SELECT.where(permissions.c.catalog_id == catalog_id, *matches)
        ).first()
        return None if row is None else _grant(row)

    def put(self, catalog_id: str, table_id: int, grant: Grant) -> None:
        """Keep what a principal has on a resource now."""
        resource = grant.resource
        columns: dict[str, Any] = {}
        if resource.kind == "columns":
            columns = (
                {"excluded": resource.excluded} if resource.columns is None else {"named": resource.columns}
            )
        row = {
            "catalog_id": catalog_id,
            **_row_key(resource, table_id),
            "principal": grant.principal,
            "columns": orjson.dumps(columns).decode(),
            "permissions": orjson.dumps(sorted(grant.permissions)).decode(),
            "grantable": orjson.dumps(sorted(grant.grantable)).decode(),
            "updated_at": grant.updated_at,
            "updated_by": grant.updated_by,
        }
        changing = ("columns", "permissions", "grantable", "updated_at", "updated_by")
        insert_or_update(self._connection, permissions, changing, row)

    def remove(self, catalog_id: str, resource: Resource, table_id: int, principal: str) -> None:
        """Forget what a principal has on a resource."""
        key = {**_row_key(resource, table_id), "principal": principal}
        matches = (permissions.c[name] == value for name, value in key.items())
        self._connection.execute(permissions.delete().where(permissions.c.catalog_id == catalog_id, *matches))

    def of_table(self, catalog_id: str, database: str, table_id: int, names: Sequence[str]) -> list[Grant]:
        """List what some principals have on a table, by itself or as one of its database's."""
        key = {"catalog_id": catalog_id, "database": database, "table_id": table_id, "names": list(names)}
        return [_grant(row) for row in self._connection.execute(_OF_TABLE, key)]

    def of_tables(
        self, catalog_id: str, table_ids: Iterable[int], names: Sequence[str]
    ) -> dict[int, list[Grant]]:
        """List what some principals have on each of many tables by itself."""
        wanted = list(table_ids)
        found: dict[int, list[Grant]] = {table_id: [] for table_id in wanted}
        statement = _SELECT.where(
            permissions.c.catalog_id == catalog_id,
            permissions.c.table_id.in_(wanted),
            permissions.c.principal.in_(names),
        )
        for row in self._connection.execute(statement):
            found[row.table_id].append(_grant(row))
        return found

    def of_databases(
        self, catalog_id: str, database_names: Iterable[str], names: Sequence[str]
    ) -> dict[str, list[Grant]]:
        """List what some principals have on databases, and on all tables of each."""
        wanted = list(database_names)
        found: dict[str, list[Grant]] = {name: [] for name in wanted}
        statement = _SELECT.where(
            permissions.c.catalog_id == catalog_id,
            permissions.c.table_id == 0,
            permissions.c.database_name.in_(wanted),
            permissions.c.principal.in_(names),
        )
        for row in self._connection.execute(statement):
            found[row.database_name].append(_grant(row))
        return found

    def of_locations(self, catalog_id: str, paths: Sequence[str], names: Sequence[str]) -> list[Grant]:
        """List what some principals have on some places."""
        statement = _SELECT.where(
            permissions.c.catalog_id == catalog_id,
            permissions.c.table_id == 0,
            permissions.c.kind == "location",
            permissions.c.item.in_(paths),
            permissions.c.principal.in_(names),
        )
        return [_grant(row) for row in self._connection.execute(statement)]

    def with_tables(self, catalog_id: str, database_names: Iterable[str], names: Sequence[str]) -> set[str]:
        """Tell in which of these databases some principal has permissions on a table."""
        statement = (
            sa.select(catalog_tables.c.database_name)
            .distinct()
            .join_from(permissions, catalog_tables, catalog_tables.c.id == permissions.c.table_id)
            .where(
                permissions.c.catalog_id == catalog_id,
                permissions.c.principal.in_(names),
                permissions.c.permissions != "[]",
                catalog_tables.c.database_name.in_(list(database_names)),
            )
        )
        return set(self._connection.scalars(statement))

    def has_any(self, owner: str, names: Sequence[str]) -> bool:
        """Tell whether an account has given some principals anything, in any of its catalogs."""
        statement = sa.select(permissions.c.kind).where(
            sa.or_(permissions.c.catalog_id == owner, permissions.c.catalog_id.startswith(f"{owner}:")),
            permissions.c.principal.in_(names),
            permissions.c.permissions != "[]",
        )
        return self._connection.execute(statement.limit(1)).first() is not None

    def shares(self, owner: str) -> bool:
        """Tell whether an account has given anything to other accounts, or to somebody of them."""
        values = {"owner": owner, "nested": f"{owner}:%"}
        ours = {"own": f"{owner}%", "identity": f"arn:aws:iam::{owner}:%"}
        return _SHARED.first(self._connection, values | ours) is not None

    def page(
        self, catalog_id: str, sought: Sought, page: PageRequest
    ) -> tuple[list[Grant], tuple[Any, ...] | None]:
        """List what was granted, in the order of resources and principals."""
        statement = _SELECT.where(
            permissions.c.catalog_id == catalog_id,
            permissions.c.permissions != "[]",
            # What was granted on a deleted table comes back with it, and until then is not there.
            sa.or_(permissions.c.table_id == 0, catalog_tables.c.id.is_not(None)),
        )
        if sought.principals is not None:
            statement = statement.where(permissions.c.principal.in_(sought.principals))
        if sought.kinds is not None:
            statement = statement.where(permissions.c.kind.in_(sought.kinds))
        if sought.table_id is not None:
            statement = statement.where(permissions.c.table_id == sought.table_id)
        if sought.database is not None:
            statement = statement.where(permissions.c.database_name == sought.database)
        if sought.item is not None:
            statement = statement.where(permissions.c.item == sought.item)
        rows, after = fetch_page(self._connection, statement, [permissions.c[name] for name in _KEY], page)
        return [_grant(row) for row in rows], after

    def rename_database(self, catalog_id: str, name: str, new_name: str) -> None:
        """Let what was granted on a database hold under its new name."""
        of_database = (permissions.c.catalog_id == catalog_id, permissions.c.database_name == name)
        self._connection.execute(permissions.update().where(*of_database).values(database_name=new_name))

    def forget_database(self, catalog_id: str, name: str) -> None:
        """Forget what was granted on a database that goes: one made later under its name starts anew."""
        _FORGET_DATABASE.run(self._connection, {"catalog_id": catalog_id, "database": name})

    def forget_cells(self, catalog_id: str, table_id: int, name: str) -> None:
        """Forget what was granted on a cells filter that goes."""
        self._connection.execute(
            permissions.delete().where(
                permissions.c.catalog_id == catalog_id,
                permissions.c.table_id == table_id,
                permissions.c.kind == "cells",
                permissions.c.item == name,
            )
        )
