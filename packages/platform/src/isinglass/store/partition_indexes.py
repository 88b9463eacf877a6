"""Partition indexes of tables: their life, and the entries that writers of partitions keep up to date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.domain.partition_filter import Bounds
from isinglass.domain.partition_index import EntryRange, IndexKey, check_indexable, entry_range
from isinglass.domain.partition_values import KeyRange
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.index_entries import IndexEntries
from isinglass.store.prepared import Prepared
from isinglass.store.scanning import MOST_EXAMINED
from isinglass.store.tables.catalog import catalog_tables
from isinglass.store.tables.partition_indexes import partition_index_entries, partition_indexes

#: Entries of a range are sorted for each page; beyond so many, reading partitions in order costs less.
MOST_SORTED = 20_000

#: What is kept up to date by writers of partitions.
_MAINTAINED = ("CREATING", "ACTIVE")


@dataclass(frozen=True, slots=True)
class PartitionIndex:
    """An index as stored; `errors` tell why it failed, as BackfillErrors."""

    id: int
    catalog_id: str
    table_id: int
    name: str
    keys: tuple[IndexKey, ...]
    status: str
    errors: Any
    built_to: str | None

    @property
    def maintained(self) -> bool:
        """Whether every write of a partition must be entered."""
        return self.status in _MAINTAINED


_SELECT = sa.select(
    partition_indexes.c.id,
    partition_indexes.c.catalog_id,
    partition_indexes.c.table_id,
    partition_indexes.c.name,
    partition_indexes.c["keys"],
    partition_indexes.c.status,
    partition_indexes.c.backfill_errors,
    partition_indexes.c.built_to,
)
_OF_TABLE = Prepared(
    _SELECT.where(
        partition_indexes.c.catalog_id == sa.bindparam("catalog_id"),
        partition_indexes.c.table_id == sa.bindparam("table_id"),
    ).order_by(partition_indexes.c.id)
)


def _index(row: Any) -> PartitionIndex:
    id_, catalog_id, table_id, name, keys, status, errors, built_to = row
    read = tuple(IndexKey(*key) for key in orjson.loads(keys))
    return PartitionIndex(
        id_, catalog_id, table_id, name, read, status, orjson.loads(errors) if errors else None, built_to
    )


class PartitionIndexes:
    """Reads and writes indexes within one transaction; who adds or ends one locks the table first."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self.entries = IndexEntries(connection)
        self._maintained: dict[int, list[PartitionIndex]] = {}

    def insert(
        self, table: CatalogTable, name: str, keys: Sequence[IndexKey], status: str, now: float
    ) -> int:
        """Add an index to a locked table; returns its id."""
        self._maintained.pop(table.id, None)
        added = self._connection.execute(
            partition_indexes.insert()
            .values(
                catalog_id=table.catalog_id,
                table_id=table.id,
                name=name,
                keys=orjson.dumps([[key.name, key.type_name, key.position] for key in keys]).decode(),
                status=status,
                created_at=now,
            )
            .returning(partition_indexes.c.id)
        )
        return int(added.scalar_one())

    def of(self, table: CatalogTable) -> list[PartitionIndex]:
        """List a table's indexes in the order they were made."""
        of_table = {"catalog_id": table.catalog_id, "table_id": table.id}
        return [_index(row) for row in _OF_TABLE.all(self._connection, of_table)]

    def maintained(self, table: CatalogTable) -> list[PartitionIndex]:
        """List the indexes that a held table's writers enter partitions in; asked once per transaction."""
        if table.id not in self._maintained:
            self._maintained[table.id] = [index for index in self.of(table) if index.maintained]
        return self._maintained[table.id]

    def check(self, table: CatalogTable, values: Sequence[str]) -> None:
        """Refuse partition values that an index of a held table could not hold."""
        if indexes := self.maintained(table):
            check_indexable(values, [index.keys for index in indexes])

    def lock(self, index_id: int) -> PartitionIndex | None:
        """Find an index and keep its table's writers waiting until the transaction ends."""
        of_index = partition_indexes.c.id == index_id
        table_id = sa.select(partition_indexes.c.table_id).where(of_index).scalar_subquery()
        self._connection.execute(
            sa.select(catalog_tables.c.id).where(catalog_tables.c.id == table_id).with_for_update()
        )
        row = self._connection.execute(_SELECT.where(of_index)).first()
        return None if row is None else _index(row)

    def set(self, index: PartitionIndex, **changes: Any) -> None:
        """Change an index's status, backfill_errors or built_to."""
        self._maintained.pop(index.table_id, None)
        if "backfill_errors" in changes:
            changes["backfill_errors"] = orjson.dumps(changes["backfill_errors"]).decode()
        self._connection.execute(
            partition_indexes.update().where(partition_indexes.c.id == index.id).values(**changes)
        )

    def delete(self, index: PartitionIndex) -> None:
        """Forget an index whose entries are gone."""
        self._maintained.pop(index.table_id, None)
        self._connection.execute(partition_indexes.delete().where(partition_indexes.c.id == index.id))

    def candidates(
        self, table: CatalogTable, bounds: Mapping[str, Bounds], within: KeyRange, after: str | None
    ) -> list[str] | None:
        """List, in order, the keys of partitions that an index says may lie within bounds.

        At most MOST_EXAMINED; None when no index helps.
        """
        chosen = self._choose(table, bounds)
        if chosen is None:
            return None
        index, entries = chosen
        values_key = partition_index_entries.c.values_key
        statement = sa.select(values_key).where(*self.entries.within(index, entries))
        if after is not None:
            statement = statement.where(values_key > after)
        if within.low is not None:
            statement = statement.where(values_key >= within.low)
        if within.high is not None:
            statement = statement.where(values_key < within.high)
        return list(self._connection.scalars(statement.order_by(values_key).limit(MOST_EXAMINED)))

    def _choose(
        self, table: CatalogTable, bounds: Mapping[str, Bounds]
    ) -> tuple[PartitionIndex, EntryRange] | None:
        """Choose the index of which most keys are bound, unless its range is too wide to sort."""
        active = (index for index in self.of(table) if index.status == "ACTIVE")
        ranges = [(index, found) for index in active if (found := entry_range(bounds, index.keys))]
        for index, entries in sorted(ranges, key=lambda each: -each[1].parts):
            # Entries of one key are in the order of partitions already.
            if entries.low == entries.high or self._count(index, entries) <= MOST_SORTED:
                return index, entries
        return None

    def _count(self, index: PartitionIndex, entries: EntryRange) -> int:
        """Count the entries in a range, no further than matters."""
        few = sa.select(sa.literal(1)).where(*self.entries.within(index, entries)).limit(MOST_SORTED + 1)
        return self._connection.scalar(sa.select(sa.func.count()).select_from(few.subquery())) or 0
