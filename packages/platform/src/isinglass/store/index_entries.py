"""The entries of partition indexes: what lists partitions in the order of other keys."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import orjson
import sqlalchemy as sa

from isinglass.domain.partition_index import (
    EntryRange,
    IndexKey,
    UnindexableValue,
    entry_key,
)
from isinglass.domain.partition_values import encode
from isinglass.model.glue.errors import InvalidInputException
from isinglass.store.conflicts import insert_ignoring
from isinglass.store.sealed_texts import MARK
from isinglass.store.tables.catalog import partitions
from isinglass.store.tables.partition_indexes import partition_index_entries


class Index(Protocol):
    """The index that entries belong to."""

    @property
    def id(self) -> int: ...
    @property
    def catalog_id(self) -> str: ...
    @property
    def table_id(self) -> int: ...
    @property
    def keys(self) -> tuple[IndexKey, ...]: ...
    @property
    def built_to(self) -> str | None: ...


class IndexEntries:
    """Reads and writes the partition_index_entries table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, indexes: Iterable[Index], partitions_values: Sequence[Sequence[str]]) -> None:
        """Enter partitions, by their values, in each index; values that it cannot hold are refused."""
        try:
            rows = [_entry(index, values) for index in indexes for values in partitions_values]
        except UnindexableValue as error:
            raise InvalidInputException(str(error)) from error
        self._insert(rows)

    def remove(self, indexes: Iterable[Index], values: Sequence[str]) -> None:
        """Take a partition out of each index."""
        for index in indexes:
            try:
                entry = _entry(index, values)
            except UnindexableValue:
                continue  # it was there before the index, which is still being built
            columns = partition_index_entries.c
            gone = [columns[name] == value for name, value in entry.items()]
            self._connection.execute(partition_index_entries.delete().where(*gone))

    def build(self, index: Index, limit: int) -> tuple[str | None, dict[str, list[list[str]]]]:
        """Enter the next partitions of an index being built.

        Returns the key of the last one, None when there are no more, and by error code the values that
        cannot be entered.
        """
        sealed = sa.func.substr(partitions.c.document, 1, 1) == MARK
        statement = sa.select(partitions.c.values_key, partitions.c.partition_values, sealed).where(
            partitions.c.catalog_id == index.catalog_id, partitions.c.table_id == index.table_id
        )
        if index.built_to is not None:
            statement = statement.where(partitions.c.values_key > index.built_to)
        rows = self._connection.execute(statement.order_by(partitions.c.values_key).limit(limit)).all()
        entries: list[dict[str, Any]] = []
        bad: dict[str, list[list[str]]] = {}
        for _, text, encrypted in rows:
            values = orjson.loads(text)
            if encrypted:
                bad.setdefault("ENCRYPTED_PARTITION_ERROR", []).append(values)
                continue
            try:
                entries.append(_entry(index, values))
            except UnindexableValue as error:
                bad.setdefault(error.code, []).append(values)
        if not bad:
            self._insert(entries)
        return rows[-1].values_key if len(rows) == limit else None, bad

    def purge(self, index: Index, limit: int) -> int:
        """Remove some entries of an index that is not maintained any more; returns how many."""
        key = sa.tuple_(partition_index_entries.c.entry_key, partition_index_entries.c.values_key)
        of_index = self._of(index)
        some = (
            sa.select(partition_index_entries.c.entry_key, partition_index_entries.c.values_key)
            .where(*of_index)
            .limit(limit)
        )
        return self._connection.execute(
            partition_index_entries.delete().where(*of_index, key.in_(some))
        ).rowcount

    def within(self, index: Index, entries: EntryRange) -> list[sa.ColumnElement[bool]]:
        """Build the conditions of a range of an index's entries."""
        entry = partition_index_entries.c.entry_key
        if entries.low == entries.high:
            return [*self._of(index), entry == entries.low]
        found = [*self._of(index), entry >= entries.low]
        return found if entries.high is None else [*found, entry <= entries.high]

    def _insert(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            # In one order for everyone: two writers must not wait for each other.
            rows.sort(key=lambda row: (row["index_id"], row["entry_key"], row["values_key"]))
            self._connection.execute(insert_ignoring(self._connection, partition_index_entries), rows)

    @staticmethod
    def _of(index: Index) -> list[sa.ColumnElement[bool]]:
        return [
            partition_index_entries.c.catalog_id == index.catalog_id,
            partition_index_entries.c.table_id == index.table_id,
            partition_index_entries.c.index_id == index.id,
        ]


def _entry(index: Index, values: Sequence[str]) -> dict[str, Any]:
    return {
        "catalog_id": index.catalog_id,
        "table_id": index.table_id,
        "index_id": index.id,
        "entry_key": entry_key(values, index.keys),
        "values_key": encode(values),
    }
