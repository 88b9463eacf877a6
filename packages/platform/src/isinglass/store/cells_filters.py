"""Data cells filters: named choices of columns and rows of one table."""

from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.store.conflicts import insert_one
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.tables.catalog import catalog_tables
from isinglass.store.tables.permissions import cells_filters


@dataclass(frozen=True, slots=True)
class CellsFilter:
    """A filter as stored; `document` has its RowFilter and ColumnNames or ColumnWildcard."""

    database_name: str
    table_name: str
    name: str
    document: Any
    version: str


_SELECT = sa.select(
    cells_filters.c.table_id,
    catalog_tables.c.database_name,
    catalog_tables.c.name.label("table_name"),
    cells_filters.c.name,
    cells_filters.c.document,
    cells_filters.c.version,
).join_from(cells_filters, catalog_tables, catalog_tables.c.id == cells_filters.c.table_id)


def _filter(row: Any) -> CellsFilter:
    return CellsFilter(row.database_name, row.table_name, row.name, orjson.loads(row.document), row.version)


class CellsFilters:
    """Reads and writes the cells_filters table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def insert(self, catalog_id: str, table_id: int, name: str, document: Any, version: str) -> bool:
        """Insert a filter; False when its name is taken."""
        row = {
            "catalog_id": catalog_id,
            "table_id": table_id,
            "name": name,
            "document": orjson.dumps(document).decode(),
            "version": version,
        }
        return insert_one(self._connection, cells_filters, row)

    def find(self, catalog_id: str, table_id: int, name: str) -> CellsFilter | None:
        """Find a filter by its name."""
        row = self._connection.execute(_SELECT.where(*_is(catalog_id, table_id, name))).first()
        return None if row is None else _filter(row)

    def of_table(self, catalog_id: str, table_id: int) -> dict[str, Any]:
        """Give the documents of a table's filters by their names."""
        rows = self._connection.execute(
            sa.select(cells_filters.c.name, cells_filters.c.document).where(
                cells_filters.c.catalog_id == catalog_id, cells_filters.c.table_id == table_id
            )
        )
        return {row.name: orjson.loads(row.document) for row in rows}

    def page(
        self, catalog_id: str, table_id: int | None, page: PageRequest
    ) -> tuple[list[CellsFilter], tuple[Any, ...] | None]:
        """List the filters of one table or of all."""
        statement = _SELECT.where(cells_filters.c.catalog_id == catalog_id)
        if table_id is not None:
            statement = statement.where(cells_filters.c.table_id == table_id)
        key = [cells_filters.c.table_id, cells_filters.c.name]
        rows, after = fetch_page(self._connection, statement, key, page)
        return [_filter(row) for row in rows], after

    def replace(self, catalog_id: str, table_id: int, name: str, document: Any, version: str) -> None:
        """Replace a filter's definition."""
        change = cells_filters.update().where(*_is(catalog_id, table_id, name))
        self._connection.execute(change.values(document=orjson.dumps(document).decode(), version=version))

    def delete(self, catalog_id: str, table_id: int, name: str) -> bool:
        """Delete a filter; False when there is none."""
        gone = cells_filters.delete().where(*_is(catalog_id, table_id, name))
        return self._connection.execute(gone).rowcount == 1


def _is(catalog_id: str, table_id: int, name: str) -> list[sa.ColumnElement[bool]]:
    return [
        cells_filters.c.catalog_id == catalog_id,
        cells_filters.c.table_id == table_id,
        cells_filters.c.name == name,
    ]
