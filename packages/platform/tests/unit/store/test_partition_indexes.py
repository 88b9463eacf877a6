"""Partition indexes in the store: the same answers as without, and building that survives anything."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isinglass.domain.catalog_changes import Change
from isinglass.domain.catalog_objects import database_document, table_document
from isinglass.domain.partition_filter import compile_filter
from isinglass.domain.partition_index import index_keys
from isinglass.domain.partition_values import NULL
from isinglass.flow import index_building
from isinglass.model.glue.errors import InvalidInputException
from isinglass.store import partition_indexes
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.paging import PageRequest
from isinglass.store.partitions import Selection
from isinglass.store.store import Store
from isinglass.store.work_context import WorkContext

ACCOUNT = "1"
CHANGE = Change(1.0, "me", "Test")
KEYS = [{"Name": "city", "Type": "string"}, {"Name": "year", "Type": "int"}, {"Name": "n", "Type": "bigint"}]


def _table(store: Store) -> CatalogTable:
    """Make an empty table, in place of the last one."""
    with store.begin() as tx:
        tx.databases.insert(ACCOUNT, database_document({"Name": "db"}), CHANGE)
        old = tx.tables.find(ACCOUNT, "db", "t")
        if old is not None:
            tx.deleted_tables.keep(old, CHANGE)
        document = table_document({"Name": "t", "PartitionKeys": KEYS})
        tx.tables.insert(ACCOUNT, "db", document, CHANGE)
        return tx.tables.require(ACCOUNT, "db", "t")


def _add_index(store: Store, table: CatalogTable, *names: str, status: str = "CREATING") -> int:
    with store.begin() as tx:
        found = tx.tables.lock(ACCOUNT, "db", "t")
        added = tx.partition_indexes.insert(found, "i", index_keys(KEYS, names), status, 1.0)
        tx.work.enqueue(index_building.KIND, ACCOUNT, {"index_id": added}, now=1.0)
        return added


def _run_work(store: Store) -> None:
    with store.begin() as tx:
        items = tx.work.claim([index_building.KIND], worker="w", now=2.0, lease_seconds=60, limit=10)
    for item in items:
        index_building.handle(WorkContext(store, lambda: 2.0), item)


def _statuses(store: Store, table: CatalogTable) -> list[str]:
    with store.read() as tx:
        return [index.status for index in tx.partition_indexes.of(table)]


def _insert(store: Store, table: CatalogTable, values: Sequence[Sequence[str]]) -> None:
    with store.begin() as tx:
        tx.partitions.insert(table, [(list(each), {}) for each in values], 1.0)


def _listed(
    store: Store, table: CatalogTable, expression: str, size: int = 100, *, indexed: bool = True
) -> list[tuple[str, ...]]:
    compiled = compile_filter(expression, KEYS)
    assert compiled is not None
    selection = Selection(compiled.keys, compiled.matches, compiled.bounds if indexed else {})
    listed: list[tuple[str, ...]] = []
    after = None
    while True:
        with store.read() as tx:
            page, after = tx.partitions.page(table, PageRequest(size, after), selection)
        listed.extend(tuple(partition.values) for partition in page)
        if after is None:
            return listed


number = st.integers(-3, 12).map(str) | st.sampled_from(["007", "-0", NULL])
partition = st.tuples(st.sampled_from(["a", "b", "é", "😀", "o'k", "x" * 130, NULL]), number, number)
literal = st.integers(-3, 12).map(str)
condition = (
    st.builds("{} {} {}".format, st.sampled_from(["year", "n"]), st.sampled_from(["=", "<", ">=", "<>"]), literal)
    | st.builds("{} BETWEEN {} AND {}".format, st.sampled_from(["year", "n"]), literal, literal)
    | st.builds("{} IN ({}, {})".format, st.sampled_from(["year", "n"]), literal, literal)
    | st.sampled_from(["city = 'a'", "city = 'o''k'", "city > 'a'", "city LIKE '%x'", "city IS NULL", "year IS NOT NULL"])
)  # fmt: skip
steps = st.lists(
    st.tuples(st.just("insert"), partition, partition)
    | st.tuples(st.just("delete"), partition, partition)
    | st.tuples(st.just("move"), partition, partition)
    | st.tuples(
        st.just("index"), st.just(("",)), st.permutations(["city", "year", "n"]).map(lambda k: k[:2])
    ),
    max_size=25,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=steps,
    expressions=st.lists(
        st.lists(condition, min_size=1, max_size=3).map(" AND ".join), min_size=1, max_size=4
    ),
    size=st.integers(1, 5),
)
def test_listing_with_an_index_equals_listing_without(
    store: Store, steps: list[Any], expressions: list[str], size: int
) -> None:
    table = _table(store)
    present: set[tuple[str, ...]] = set()
    indexes = 0
    for step, one, other in steps:
        if step == "insert":
            _insert(store, table, [one])
            present.add(one)
        elif step == "index" and indexes < 3:
            _add_index(store, table, *other)
            indexes += 1
            if indexes % 2:  # every second one is built late, while partitions change
                _run_work(store)
        elif step == "delete" and one in present:
            with store.begin() as tx:
                tx.partitions.delete(table, one)
            present.discard(one)
        elif step == "move" and one in present and other not in present:
            with store.begin() as tx:
                tx.partitions.replace(table, one, other, {})
            present.discard(one)
            present.add(other)
    _run_work(store)
    assert _statuses(store, table) == ["ACTIVE"] * indexes
    for expression in expressions:
        without = _listed(store, table, expression, size, indexed=False)
        assert _listed(store, table, expression, size) == without
        compiled = compile_filter(expression, KEYS)
        assert set(without) == {values for values in present if compiled and compiled.matches(values)}


def test_selective_expression_reads_only_what_the_index_names(store: Store) -> None:
    table = _table(store)
    _insert(store, table, [(city, str(year), "1") for city in "abcdef" for year in range(40)])
    _add_index(store, table, "year", "city")
    _run_work(store)
    read: list[Sequence[str]] = []

    def matches(values: Sequence[str]) -> bool:
        read.append(values)
        return True

    for expression, keys in [("year = 7", 6), ("year = 07 AND city = 'c'", 1), ("year >= 38", 12)]:
        read.clear()
        compiled = compile_filter(expression, KEYS)
        assert compiled is not None
        with store.read() as tx:
            selection = Selection(compiled.keys, matches, compiled.bounds)
            tx.partitions.page(table, PageRequest(100), selection)
        assert len(read) == keys, expression


def test_range_too_wide_to_sort_is_read_in_the_order_of_partitions(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = _table(store)
    _insert(store, table, [("a", str(year), "1") for year in range(30)])
    _add_index(store, table, "year")
    _run_work(store)
    monkeypatch.setattr(partition_indexes, "MOST_SORTED", 10)
    assert _listed(store, table, "year >= 5", 7) == _listed(store, table, "year >= 5", 7, indexed=False)


def test_building_interrupted_goes_on_where_it_was(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    table = _table(store)
    _insert(store, table, [("a", str(year), "1") for year in range(50)])
    index_id = _add_index(store, table, "year")
    monkeypatch.setattr(index_building, "STEP", 20)
    ctx = WorkContext(store, lambda: 2.0)
    with store.begin() as tx:
        [item] = tx.work.claim([index_building.KIND], worker="w", now=2.0, lease_seconds=60, limit=1)
        index = tx.partition_indexes.lock(index_id)
        assert index is not None
        assert not index_building._step(tx, index)
    ctx.stopping.set()
    index_building.handle(ctx, item)
    assert _statuses(store, table) == ["CREATING"]
    with store.begin() as tx:
        index = tx.partition_indexes.lock(index_id)
        assert index is not None
        assert index.built_to is not None
    _run_work(store)
    assert _statuses(store, table) == ["ACTIVE"]
    assert len(_listed(store, table, "year >= 0")) == 50


def test_index_of_values_that_cannot_be_indexed_fails_and_keeps_no_entries(store: Store) -> None:
    table = _table(store)
    _insert(store, table, [("a", "1", "1"), ("a", "x", "1"), ("a", "y", "1")])
    _add_index(store, table, "year")
    _run_work(store)
    with store.begin() as tx:
        [index] = tx.partition_indexes.of(table)
        assert (index.status, tx.partition_indexes.entries.purge(index, 10)) == ("FAILED", 0)
    partitions = [{"Values": ["a", "x", "1"]}, {"Values": ["a", "y", "1"]}]
    assert index.errors == [{"Code": "INVALID_PARTITION_TYPE_DATA_ERROR", "Partitions": partitions}]
    _insert(store, table, [("a", "z", "1")])  # nothing checks any more


def test_index_deleted_loses_its_entries_in_steps(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    table = _table(store)
    index_id = _add_index(store, table, "year", status="ACTIVE")
    _insert(store, table, [("a", str(year), "1") for year in range(50)])
    _run_work(store)  # finds nothing to do
    monkeypatch.setattr(index_building, "STEP", 20)
    with store.begin() as tx:
        index = tx.partition_indexes.lock(index_id)
        assert index is not None
        tx.partition_indexes.set(index, status="DELETING")
        tx.work.enqueue(index_building.KIND, ACCOUNT, {"index_id": index_id}, now=1.0)
    _run_work(store)
    with store.begin() as tx:
        assert tx.partition_indexes.of(table) == []
        assert tx.partition_indexes.entries.purge(index, 100) == 0


def test_insert_of_values_an_index_cannot_hold_is_refused_and_writes_nothing(store: Store) -> None:
    table = _table(store)
    _add_index(store, table, "year", status="ACTIVE")
    with pytest.raises(InvalidInputException, match="'x' of index key year is not of type int"):
        _insert(store, table, [("a", "1", "1"), ("a", "x", "1")])
    assert _listed(store, table, "n = 1") == []
