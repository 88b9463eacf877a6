"""What permissions decide about, and what they leave to IAM: a mark on databases and on tables."""

from typing import Any

import sqlalchemy as sa

from isinglass.domain.permissions.principals import IAM_ALLOWED
from isinglass.domain.permissions.resources import Kind, Resource
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.permissions import Sought
from isinglass.store.tables.catalog import catalog_tables, databases


class Restrictions:
    """Reads and writes the marks within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def any_of(self, owner: str) -> bool:
        """Tell whether an account has left anything to permissions, in any of its catalogs."""
        for each in (databases, catalog_tables):
            statement = sa.select(each.c.name).where(
                sa.or_(each.c.catalog_id == owner, each.c.catalog_id.startswith(f"{owner}:")),
                each.c.restricted != 0,
            )
            if self._connection.execute(statement.limit(1)).first() is not None:
                return True
        return False

    def left_to_iam(
        self, catalog_id: str, what: str, sought: Sought, page: PageRequest
    ) -> tuple[list[Resource], tuple[Any, ...] | None]:
        """List the databases, or the tables, that are not restricted."""
        kind: Kind = "database" if what == "databases" else "table"
        if not sought.may_be(IAM_ALLOWED, kind):
            return [], None
        if kind == "database":
            if sought.table_id:
                return [], None
            key = [databases.c.name]
            statement = sa.select(*key).where(
                databases.c.catalog_id == catalog_id, databases.c.restricted == 0
            )
            if sought.database is not None:
                statement = statement.where(databases.c.name == sought.database)
            rows, after = fetch_page(self._connection, statement, key, page)
            return [Resource("database", row.name) for row in rows], after
        keys = [catalog_tables.c.database_name, catalog_tables.c.name]
        chosen = sa.select(*keys).where(
            catalog_tables.c.catalog_id == catalog_id, catalog_tables.c.restricted == 0
        )
        if sought.table_id is not None:
            chosen = chosen.where(catalog_tables.c.id == sought.table_id)
        rows, after = fetch_page(self._connection, chosen, keys, page)
        return [Resource("table", row.database_name, row.name) for row in rows], after

    def restrict(self, catalog_id: str, resource: Resource, table_id: int, *, restricted: bool) -> None:
        """Let permissions decide who may use a table or database, or leave it to IAM again."""
        if resource.kind == "table":
            change = catalog_tables.update().where(catalog_tables.c.id == table_id)
        else:
            change = databases.update().where(
                databases.c.catalog_id == catalog_id, databases.c.name == resource.database
            )
        self._connection.execute(change.values(restricted=int(restricted)))
