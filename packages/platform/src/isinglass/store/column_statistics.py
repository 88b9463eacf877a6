"""Statistics of columns: those of a table as a whole, and those of each partition."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from isinglass.domain.column_statistics import from_text, to_text
from isinglass.domain.partition_values import encode
from isinglass.model.glue.errors import GlueEncryptionException
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.conflicts import insert_or_update
from isinglass.store.documents import Documents, is_damaged
from isinglass.store.prepared import Prepared
from isinglass.store.tables.column_statistics import column_statistics

#: What takes the place of partition values where the table as a whole is meant.
WHOLE_TABLE: Sequence[str] = ()

_OF = (
    column_statistics.c.catalog_id == sa.bindparam("of_catalog"),
    column_statistics.c.table_id == sa.bindparam("of_table"),
    column_statistics.c.values_key == sa.bindparam("of_values"),
)
_ALL = Prepared(sa.select(column_statistics.c.column_key, column_statistics.c.document).where(*_OF))
_DELETE_ALL = Prepared(column_statistics.delete().where(*_OF))
_ONE = (*_OF, column_statistics.c.column_key == sa.bindparam("of_column"))
_DELETE = Prepared(column_statistics.delete().where(*_ONE))
_MOVE = Prepared(
    column_statistics.update()
    .where(*_ONE)
    .values(values_key=sa.bindparam("new_values"), document=sa.bindparam("new_document"))
)


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
        key = encode(values)
        rows = [
            {
                "catalog_id": table.catalog_id,
                "table_id": table.id,
                "values_key": key,
                "column_key": column,
                "document": self._seal(table, key, column, to_text(statistics[column])),
            }
            for column in sorted(statistics)
        ]
        insert_or_update(self._connection, column_statistics, ["document"], *rows)

    def find(self, table: CatalogTable, values: Sequence[str], columns: Collection[str]) -> dict[str, Any]:
        """Find the statistics of columns, those that have any, by their folded names."""
        statement = sa.select(column_statistics.c.column_key, column_statistics.c.document).where(
            *self._of(table, values), column_statistics.c.column_key.in_(columns)
        )
        key = encode(values)
        return {
            column: from_text(self._open(table, key, column, text))
            for column, text in self._connection.execute(statement)
        }

    def delete(self, table: CatalogTable, values: Sequence[str], column: str) -> bool:
        """Delete the statistics of a column, by its folded name; False when it has none."""
        return _DELETE.run(self._connection, {**_key(table, encode(values)), "of_column": column}) == 1

    def move(
        self, table: CatalogTable, values: Sequence[str], new_values: Sequence[str], columns: Collection[str]
    ) -> None:
        """Let the statistics of a changed partition follow its values; those of columns it lost go."""
        key, new_key = encode(values), encode(new_values)
        of_partition = _key(table, key)
        found = _ALL.all(self._connection, of_partition)
        lost = {column for column, _ in found if columns and column not in columns}
        _DELETE.run_each(self._connection, [{**of_partition, "of_column": column} for column in sorted(lost)])
        if new_key != key:
            moved = [
                {
                    **of_partition,
                    "of_column": column,
                    "new_values": new_key,
                    "new_document": self._seal(table, new_key, column, self._open(table, key, column, text)),
                }
                for column, text in found
                if column not in lost
            ]
            _MOVE.run_each(self._connection, moved)

    def delete_all(self, table: CatalogTable, values: Sequence[str]) -> None:
        """Delete the statistics of all columns of a partition."""
        _DELETE_ALL.run(self._connection, _key(table, encode(values)))

    def _seal(self, table: CatalogTable, key: str, column: str, text: str) -> str:
        return self._documents.seal(text, table.catalog_id, "statistics", table.id, key, column)

    def _open(self, table: CatalogTable, key: str, column: str, text: str) -> str:
        try:
            return self._documents.open(text, table.catalog_id, "statistics", table.id, key, column)
        except GlueEncryptionException as error:
            if not is_damaged(error):
                raise
            try:
                # Earlier releases sealed them without the partition that they are of.
                return self._documents.open(text, table.catalog_id, "statistics", table.id, column)
            except GlueEncryptionException:
                raise error from error.__cause__

    @staticmethod
    def _of(table: CatalogTable, values: Sequence[str]) -> list[sa.ColumnElement[bool]]:
        return [
            column_statistics.c.catalog_id == table.catalog_id,
            column_statistics.c.table_id == table.id,
            column_statistics.c.values_key == encode(values),
        ]


def _key(table: CatalogTable, values_key: str) -> dict[str, Any]:
    return {"of_catalog": table.catalog_id, "of_table": table.id, "of_values": values_key}
