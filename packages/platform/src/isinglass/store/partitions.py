"""Partitions of a table, kept and listed in the order of their values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.domain.column_statistics import columns_of
from isinglass.domain.partition_filter import Bounds
from isinglass.domain.partition_values import EVERYTHING, KeyRange, encode
from isinglass.model.glue.errors import AlreadyExistsException, EntityNotFoundException
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.column_statistics import ColumnStatistics
from isinglass.store.conflicts import insert_new
from isinglass.store.documents import Documents
from isinglass.store.listing import Listing
from isinglass.store.lookup import Lookup
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.partition_forms import PartitionForms
from isinglass.store.partition_indexes import PartitionIndexes
from isinglass.store.prepared import Prepared
from isinglass.store.scanning import MOST_EXAMINED, scan
from isinglass.store.tables.catalog import partitions


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition as stored; `document` is domain.catalog_objects.partition_document's."""

    values: list[str]
    document: Any
    created_at: float


@dataclass(frozen=True, slots=True)
class Selection:
    """Which partitions to list: a range of keys, and a test of their values."""

    keys: KeyRange = EVERYTHING
    matches: Callable[[Sequence[str]], bool] | None = None
    #: What the test asks of single columns, by folded name: an index may know where that is.
    bounds: Mapping[str, Bounds] = field(default_factory=dict)


ALL = Selection()

#: Candidates read at once, however small the page.
_SMALLEST_READ = 200


#: One partition, by its key.
_ONE = (
    partitions.c.catalog_id == sa.bindparam("of_catalog"),
    partitions.c.table_id == sa.bindparam("of_table"),
    partitions.c.values_key == sa.bindparam("of_values"),
)
_ROW = (
    partitions.c.values_key,
    partitions.c.partition_values,
    partitions.c.document,
    partitions.c.form,
    partitions.c.created_at,
)
_LISTED = Listing(sa.select(*_ROW).where(*_ONE[:2]), partitions.c.values_key)
_FIND_MANY = Lookup(sa.select(*_ROW).where(*_ONE[:2]), partitions.c.values_key)
_FIND = Prepared(sa.select(*_ROW).where(*_ONE))
_LOCK = Prepared(sa.select(*_ROW).where(*_ONE).with_for_update())
_DELETE = Prepared(partitions.delete().where(*_ONE))
_REPLACED = ("values_key", "partition_values", "document", "form")
_REPLACE = Prepared(
    partitions.update().where(*_ONE).values({name: sa.bindparam(f"new_{name}") for name in _REPLACED})
)


def _of(table: CatalogTable) -> dict[str, Any]:
    return {"of_catalog": table.catalog_id, "of_table": table.id}


def _key(table: CatalogTable, values_key: str) -> dict[str, Any]:
    return {"of_catalog": table.catalog_id, "of_table": table.id, "of_values": values_key}


class Partitions:
    """Reads and writes the partitions table within one transaction; writers hold the table first."""

    def __init__(self, connection: sa.Connection, indexes: PartitionIndexes, documents: Documents) -> None:
        self._connection = connection
        self._indexes = indexes
        self._documents = documents
        self._statistics = ColumnStatistics(connection, documents)
        self._forms = PartitionForms(connection, documents)

    def insert(
        self, table: CatalogTable, new: Iterable[tuple[Sequence[str], Mapping[str, Any]]], now: float
    ) -> list[bool]:
        """Insert partitions given as values and document; tells for each whether its values were new."""
        rows: dict[str, dict[str, Any]] = {}
        given: dict[str, Sequence[str]] = {}
        order: list[str | None] = []
        for values, document in new:
            key = encode(values)
            given[key] = values
            order.append(None if key in rows else key)
            if key not in rows:
                own, form = self._forms.divide(table, document)
                rows[key] = {
                    "catalog_id": table.catalog_id,
                    "table_id": table.id,
                    "values_key": key,
                    "partition_values": orjson.dumps(values).decode(),
                    "document": self._documents.dump(own, table.catalog_id, "partition", table.id, key),
                    "form": form,
                    "created_at": now,
                }
        if not rows:
            return []
        # In one order for everyone: two writers of the same partitions must not wait for each other.
        in_order = [rows[key] for key in sorted(rows)]
        inserted = insert_new(self._connection, partitions.c.values_key, in_order)
        if indexes := self._indexes.maintained(table):
            self._indexes.entries.add(indexes, [given[key] for key in sorted(inserted)])
        return [key in inserted for key in order]

    def find(self, table: CatalogTable, values: Sequence[str]) -> Partition | None:
        """Find the partition of exactly these values."""
        row = _FIND.first(self._connection, _key(table, encode(values)))
        return None if row is None else self._partition(table, row)

    def lock(self, table: CatalogTable, values: Sequence[str]) -> Partition | None:
        """Find a partition and keep everyone else from changing it until the transaction ends."""
        row = _LOCK.first(self._connection, _key(table, encode(values)))
        return None if row is None else self._partition(table, row)

    def find_all(self, table: CatalogTable, wanted: Iterable[Sequence[str]]) -> list[Partition]:
        """Find the partitions of these values, those that exist, in the order of their values."""
        return self._with_keys(table, [encode(values) for values in wanted])

    def page(
        self, table: CatalogTable, page: PageRequest, selection: Selection = ALL
    ) -> tuple[list[Partition], tuple[Any, ...] | None]:
        """List selected partitions; a page may be short, even empty, and still have a next one."""
        matches, key = selection.matches, partitions.c.values_key
        if matches is None and selection.keys == EVERYTHING:
            listed, following = _LISTED.page(self._connection, _of(table), page)
            return [self._partition(table, row) for row in listed], following
        within = [partitions.c.catalog_id == table.catalog_id, partitions.c.table_id == table.id]
        if selection.keys.low is not None:
            within.append(key >= selection.keys.low)
        if selection.keys.high is not None:
            within.append(key < selection.keys.high)
        if matches is None:
            rows, after = fetch_page(self._connection, self._select().where(*within), [key], page)
            return [self._partition(table, row) for row in rows], after
        if selection.bounds:
            after = page.after[0] if page.after else None
            candidates = self._indexes.candidates(table, selection.bounds, selection.keys, after)
            if candidates is not None:
                return self._matching(table, candidates, matches, page.size)
        if page.after is not None:
            within.append(key > page.after[0])
        found = scan(
            self._connection,
            sa.select(key, partitions.c.partition_values).where(*within),
            key,
            lambda values: matches(orjson.loads(values)),
            page.size,
        )
        listed = self._with_keys(table, found.matched)
        return listed, None if found.after is None else (found.after,)

    def _matching(
        self,
        table: CatalogTable,
        candidates: list[str],
        matches: Callable[[Sequence[str]], bool],
        size: int,
    ) -> tuple[list[Partition], tuple[Any, ...] | None]:
        """Read candidates in order until a page of them matches."""
        found: list[Partition] = []
        step = max(size, _SMALLEST_READ)
        for start in range(0, len(candidates), step):
            for partition in self._with_keys(table, candidates[start : start + step]):
                if matches(partition.values):
                    found.append(partition)
                    if len(found) == size:
                        return found, (encode(partition.values),)
        return found, (candidates[-1],) if len(candidates) == MOST_EXAMINED else None

    def replace(
        self,
        table: CatalogTable,
        values: Sequence[str],
        new_values: Sequence[str],
        document: Mapping[str, Any],
    ) -> None:
        """Replace a partition's values and definition; it must exist, and the new values must be free."""
        key, new_key = encode(values), encode(new_values)
        own, form = self._forms.divide(table, document)
        row = {
            **_key(table, key),
            "new_values_key": new_key,
            "new_partition_values": orjson.dumps(new_values).decode(),
            "new_document": self._documents.dump(own, table.catalog_id, "partition", table.id, new_key),
            "new_form": form,
        }
        try:
            # The savepoint keeps the transaction usable when another one took the new values first.
            with nullcontext() if new_key == key else self._connection.begin_nested():
                changed = _REPLACE.run(self._connection, row)
        except sa.exc.IntegrityError as error:
            raise AlreadyExistsException("Partition already exists.") from error
        if changed == 0:
            raise EntityNotFoundException("Cannot find partition.")
        self._statistics.move(table, values, new_values, columns_of(document))
        if new_key != key and (indexes := self._indexes.maintained(table)):
            self._indexes.entries.remove(indexes, values)
            self._indexes.entries.add(indexes, [new_values])

    def delete(self, table: CatalogTable, values: Sequence[str]) -> bool:
        """Delete a partition; False when there is none."""
        key = encode(values)
        if _DELETE.run(self._connection, _key(table, key)) == 0:
            return False
        self._statistics.delete_all(table, values)
        self._indexes.entries.remove(self._indexes.maintained(table), values)
        return True

    def _partition(self, table: CatalogTable, row: Any) -> Partition:
        key, values, text, form, created_at = row
        own = self._documents.load(text, table.catalog_id, "partition", table.id, key)
        return Partition(orjson.loads(values), self._forms.join(table, own, form), created_at)

    @staticmethod
    def _select() -> sa.Select[Any]:
        return sa.select(*_ROW)

    def _with_keys(self, table: CatalogTable, keys: Sequence[str]) -> list[Partition]:
        rows = _FIND_MANY.all(self._connection, _of(table), keys)
        return [self._partition(table, row) for row in sorted(rows, key=itemgetter(0))]
