"""Partitions in the store: paging while others write, and what two databases must agree on."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isinglass.domain.catalog_changes import Change
from isinglass.domain.catalog_objects import database_document, table_document
from isinglass.domain.partition_values import key_range
from isinglass.store import scanning
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.paging import PageRequest
from isinglass.store.partitions import Selection
from isinglass.store.store import Store

ACCOUNT = "1"
CHANGE = Change(1.0, "me", "Test")


def _table(store: Store) -> CatalogTable:
    """Make an empty table partitioned by two strings, in place of the last one."""
    keys = [{"Name": "a", "Type": "string"}, {"Name": "b", "Type": "string"}]
    with store.begin() as tx:
        tx.databases.insert(ACCOUNT, database_document({"Name": "db"}), CHANGE)
        old = tx.tables.find(ACCOUNT, "db", "t")
        if old is not None:
            tx.deleted_tables.keep(old, CHANGE)
        document = table_document({"Name": "t", "PartitionKeys": keys})
        tx.tables.insert(ACCOUNT, "db", document, CHANGE)
        return tx.tables.require(ACCOUNT, "db", "t")


def _insert(store: Store, table: CatalogTable, values: Sequence[Sequence[str]]) -> list[bool]:
    with store.begin() as tx:
        return tx.partitions.insert(table, [(each, {}) for each in values], 1.0)


values = st.tuples(st.text("aZé\x01😀_", max_size=3), st.text("ab", max_size=2))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.sets(values, max_size=12),
    between=st.lists(st.sets(values, max_size=3), max_size=6),
    size=st.integers(1, 5),
    filtered=st.booleans(),
)
def test_paging_while_others_insert_shows_each_partition_once(
    store: Store, before: set[tuple[str, str]], between: list[set[tuple[str, str]]], size: int, filtered: bool
) -> None:
    table = _table(store)
    _insert(store, table, sorted(before))
    selection = Selection(matches=lambda found: found[1] != "a") if filtered else Selection()
    seen: list[tuple[str, ...]] = []
    after, arriving = None, list(between)
    while True:
        with store.read() as tx:
            page, after = tx.partitions.page(table, PageRequest(size, after), selection)
        seen.extend(tuple(partition.values) for partition in page)
        if after is None:
            break
        if arriving:
            _insert(store, table, sorted(arriving.pop()))
    wanted = {each for each in before if not filtered or each[1] != "a"}
    assert seen == sorted(set(seen))
    assert wanted <= set(seen)


def test_insert_tells_which_values_were_new(store: Store) -> None:
    table = _table(store)
    _insert(store, table, [("a", "1")])
    assert _insert(store, table, [("a", "2"), ("a", "1"), ("a", "2"), ("b", "1")]) == [
        True,
        False,
        False,
        True,
    ]


def test_page_of_a_key_range_lists_it_in_the_order_of_values(store: Store) -> None:
    table = _table(store)
    _insert(store, table, [("b", "Z"), ("b", "é"), ("b", "a"), ("a", "x"), ("ba", "x"), ("B", "x")])
    with store.read() as tx:
        found, after = tx.partitions.page(
            table, PageRequest(9), Selection(key_range(["b"], low=("Z", False)))
        )
    assert ([partition.values for partition in found], after) == ([["b", "a"], ["b", "é"]], None)


def test_page_of_a_rare_match_stops_after_enough_rows(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "MOST_EXAMINED", 4)
    table = _table(store)
    _insert(store, table, [("k", str(n)) for n in range(10)])
    pages, after = [], None
    while True:
        with store.read() as tx:
            rare = Selection(matches=lambda found: found[1] == "9")
            found, after = tx.partitions.page(table, PageRequest(5, after), rare)
        pages.append([partition.values for partition in found])
        if after is None:
            break
    assert pages == [[], [], [["k", "9"]]]


def test_delete_all_of_a_database_leaves_others_alone(store: Store) -> None:
    table = _table(store)
    _insert(store, table, [("a", "1")])
    with store.begin() as tx:
        tx.databases.insert(ACCOUNT, database_document({"Name": "gone"}), CHANGE)
        tx.tables.insert(ACCOUNT, "gone", table_document({"Name": "t2"}), CHANGE)
        tx.databases.insert("2", database_document({"Name": "db"}), CHANGE)
        kept = tx.deleted_tables
        deleted = kept.keep_all(ACCOUNT, "gone", CHANGE, 1), kept.keep_all("2", "db", CHANGE, 2)
    with store.read() as tx:
        left = tx.partitions.page(table, PageRequest(9))
    assert (deleted, [partition.values for partition in left[0]]) == ((["t2"], []), [["a", "1"]])
