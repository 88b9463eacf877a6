"""Versions of tables: the archived ones, and the current one that lives with its table."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from isinglass.domain.catalog_objects import FIRST_VERSION
from isinglass.store.catalog_tables import CatalogTable, identity
from isinglass.store.documents import Documents
from isinglass.store.paging import PageRequest
from isinglass.store.prepared import Prepared
from isinglass.store.tables.catalog import table_versions
from isinglass.store.tables.history import table_history

_COLUMNS = ("version", "document", "created_at", "created_by", "change")
_OF = (
    table_versions.c.catalog_id == sa.bindparam("of_catalog"),
    table_versions.c.table_id == sa.bindparam("of_table"),
)
_OF_TABLE = sa.select(*(table_versions.c[name] for name in _COLUMNS)).where(*_OF)
_ONE = (*_OF, table_versions.c.version == sa.bindparam("of_version"))
_FIND = Prepared(sa.select(*(table_versions.c[name] for name in _COLUMNS)).where(*_ONE))
_DELETE = Prepared(table_versions.delete().where(*_ONE))
#: The newest versions before one.
_BEFORE = Prepared(
    _OF_TABLE.where(table_versions.c.version < sa.bindparam("of_version"))
    .order_by(table_versions.c.version.desc())
    .limit(sa.bindparam("most_rows", type_=sa.Integer))
)


class TableVersions:
    """Reads and deletes archived versions within one transaction; CatalogTables.replace writes them."""

    def __init__(self, connection: sa.Connection, documents: Documents) -> None:
        self._connection = connection
        self._documents = documents

    def find(self, table: CatalogTable, version: int) -> CatalogTable | None:
        """Find a table at one of its versions."""
        if version == table.version:
            return table
        row = _FIND.first(self._connection, {**_of(table), "of_version": version})
        return None if row is None else self._at(table, row)

    def around(self, table: CatalogTable, time: float) -> tuple[CatalogTable | None, CatalogTable]:
        """Find the last archived version that was made before a time, and the version kept after it."""
        number, made = table_versions.c.version, table_versions.c.created_at
        earlier = self._of(table).where(made < time).order_by(number.desc()).limit(1)
        row = self._connection.execute(earlier).first()
        before = None if row is None else self._at(table, row)
        later = self._of(table).order_by(number).limit(1)
        if before is not None:
            later = later.where(number > before.version)
        row = self._connection.execute(later).first()
        return before, table if row is None else self._at(table, row)

    def page(
        self, table: CatalogTable, page: PageRequest
    ) -> tuple[list[CatalogTable], tuple[Any, ...] | None]:
        """List versions, newest first."""
        found = [] if page.after is not None else [table]
        before = table.version if page.after is None else page.after[0]
        most = page.size + 1 - len(found)
        rows = _BEFORE.all(self._connection, {**_of(table), "of_version": before, "most_rows": most})
        found.extend(self._at(table, row) for row in rows)
        if len(found) <= page.size:
            return found, None
        return found[: page.size], (found[page.size - 1].version,)

    def count(self, table: CatalogTable) -> int:
        """Count the versions kept, the current one among them."""
        archived = self._of(table).with_only_columns(sa.func.count())
        return 1 + (self._connection.scalar(archived) or 0)

    def delete(self, table: CatalogTable, version: int) -> bool:
        """Delete an archived version; False when there is none."""
        if version == FIRST_VERSION:
            self._keep_creation(table)
        return _DELETE.run(self._connection, {**_of(table), "of_version": version}) == 1

    def _keep_creation(self, table: CatalogTable) -> None:
        """Note who created a table whose first version is not kept any more."""
        columns = table_versions.c
        first = sa.select(
            columns.catalog_id,
            columns.table_id,
            columns.version,
            sa.literal("CREATED"),
            columns.created_at,
            columns.created_by,
            sa.func.coalesce(columns.change, "{}"),
        ).where(
            columns.catalog_id == table.catalog_id,
            columns.table_id == table.id,
            columns.version == FIRST_VERSION,
        )
        names = ["catalog_id", "table_id", "version", "event", "made_at", "made_by", "change"]
        self._connection.execute(table_history.insert().from_select(names, first))

    @staticmethod
    def _of(table: CatalogTable) -> sa.Select[Any]:
        return _OF_TABLE.params(_of(table))

    def _at(self, table: CatalogTable, row: Any) -> CatalogTable:
        version, text, created_at, created_by, change = row
        document = self._documents.load(text, table.catalog_id, *identity(table.created_at, version))
        return replace(
            table,
            version=version,
            # A table restored under another name has versions from when it had its first.
            document={**document, "Name": table.name},
            updated_at=created_at,
            updated_by=created_by,
            change=self._documents.open_change(table.catalog_id, created_at, created_by, change),
        )


def _of(table: CatalogTable) -> dict[str, Any]:
    return {"of_catalog": table.catalog_id, "of_table": table.id}
