"""Statistics of columns: those of a table as a whole, and those of each partition."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from isinglass.domain.column_statistics import from_text, to_text
from isinglass.domain.partition_values import encode
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.conflicts import insert_or_update
from isinglass.store.documents import Documents
from isinglass.store.tables.column_statistics import column_statistics

#: What takes the place of partition values where the table as a whole is meant.
WHOLE_TABLE: Sequence[str] = ()


class ColumnStatistics:
    """Reads and writes the column_statistics table within one transaction; writers hold the table first.

    Tables and partitions drop what is here with themselves and with their columns.
    """

    def __init__(self, connection: sa.Connection, documents: Documents) -> None:
        self._connection = connection
        self._documents = documents

    def put(
        self, table: CatalogTable, values: Sequence[str], statistics: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Set the statistics of columns, by their folded names."""
        if not statistics:
            return
        rows = [
            {
                "catalog_id": table.catalog_id,
                "table_id": table.id,
                "values_key": encode(values),
                "column_key": column,
                "document": self._documents.seal(
                    to_text(statistics[column]), table.catalog_id, "statistics", table.id, column
                ),
            }
            for column in sorted(statistics)
        ]
        insert_or_update(self._connection, column_statistics, ["document"], *rows)

    def find(self, table: CatalogTable, values: Sequence[str], columns: Collection[str]) -> dict[str, Any]:
        """Find the statistics of columns, those that have any, by their folded names."""
        statement = sa.select(column_statistics.c.column_key, column_statistics.c.document).where(
            *self._of(table, values), column_statistics.c.column_key.in_(columns)
        )
        opened = self._documents.open
        return {
            column: from_text(opened(text, table.catalog_id, "statistics", table.id, column))
            for column, text in self._connection.execute(statement)
        }

    def delete(self, table: CatalogTable, values: Sequence[str], column: str) -> bool:
        """Delete the statistics of a column, by its folded name; False when it has none."""
        gone = column_statistics.delete().where(
            *self._of(table, values), column_statistics.c.column_key == column
        )
        return self._connection.execute(gone).rowcount == 1

    @staticmethod
    def _of(table: CatalogTable, values: Sequence[str]) -> list[sa.ColumnElement[bool]]:
        return [
            column_statistics.c.catalog_id == table.catalog_id,
            column_statistics.c.table_id == table.id,
            column_statistics.c.values_key == encode(values),
        ]
