"""Searches in the store: a page costs no more than so much, and all pages together are what was asked for."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isinglass.domain.catalog_changes import Change
from isinglass.domain.catalog_objects import database_document, table_document
from isinglass.domain.table_search import TIMES, Search, has_terms, parse_search
from isinglass.flow.table_words import catch_up
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.paging import PageRequest
from isinglass.store.store import Store
from isinglass.store.table_search import Limits, TableSearch

ACCOUNT, OTHER = "123456789012", "444455556666"
#: So few tables are listed by cost alone: what the limits of a page are is for the tests to say.
TABLES = 45
TEAMS = ("north sea", "south", "north")


def _change(number: int) -> Change:
    return Change(float(number), "me", "Test")


def _document(number: int) -> dict[str, Any]:
    given: dict[str, Any] = {"Name": f"{'cab'[number % 3]}{number:02}", "Description": TEAMS[number % 3]}
    if number % 2:
        given["Parameters"] = {"owner": "ana", "part": f"p{number % 5}"}
    if number % 4 == 0:
        given["LastAccessTime"] = float(number)
    return table_document(given)


@pytest.fixture
def filled(store: Store) -> Store:
    """A catalog of tables in two databases, and one like it of another account."""
    with store.begin() as tx:
        for account, database in ((ACCOUNT, "db"), (ACCOUNT, "b2"), (OTHER, "db")):
            tx.databases.insert(account, database_document({"Name": database}), _change(0))
        for number in range(TABLES):
            for account, database in ((ACCOUNT, "db" if number % 2 else "b2"), (OTHER, "db")):
                tx.tables.insert(account, database, _document(number), _change(number % 7))
    while catch_up(store):
        pass
    return store


_FILTERS: list[dict[str, str]] = [
    {"Key": "DatabaseName", "Value": "b2"},
    {"Key": "Description", "Value": "sea"},
    {"Key": "part", "Value": "p3"},
    {"Key": "Name", "Value": "a01"},
    {"Key": "CreateTime", "Value": "3", "Comparator": "GREATER_THAN"},
    {"Key": "UpdateTime", "Value": "2", "Comparator": "LESS_THAN_EQUALS"},
    {"Key": "LastAccessTime", "Value": "20", "Comparator": "LESS_THAN"},
    {"Key": "CreateTime", "Value": "99"},
]
_SEARCHES = st.builds(
    parse_search,
    st.lists(st.sampled_from(_FILTERS), max_size=2),
    st.sampled_from(["", "north", "south north", "north ana", '"north sea"', '"north"', "nowhere"]),
)
_LIMITS = st.builds(
    Limits,
    few=st.sampled_from([0, 3, 2_000]),
    listed=st.sampled_from([0, 12, 25_000]),
    looked_at=st.sampled_from([1, 7, 50_000]),
    tested=st.sampled_from([1, 5, 6_000]),
    read=st.sampled_from([1, 10, 500]),
)
_KEYS: dict[str, Callable[[CatalogTable], Any]] = {
    "databasename": lambda table: (table.database_name, table.name),
    "name": lambda table: (table.name, table.id),
    "createtime": lambda table: (table.created_at, table.id),
    "updatetime": lambda table: (table.updated_at, table.id),
}


def _is_found(search: Search, table: CatalogTable) -> bool:
    """Hold a table against a search without any index."""
    actual = {"created_at": table.created_at, "updated_at": table.updated_at}
    times = (
        test.holds(
            table.document.get("LastAccessTime") if (name := TIMES[test.field]) is None else actual[name]
        )
        for test in search.times
    )
    return has_terms(search, table.database_name, table.document) and all(times)


def _all(store: Store) -> list[CatalogTable]:
    with store.read() as tx:
        listed = (tx.tables.page(ACCOUNT, database, PageRequest(1_000)) for database in ("db", "b2"))
        return [table for tables, _ in listed for table in tables]


def _pages(
    store: Store, search: Search, limits: Limits, order: str, size: int, *, descending: bool
) -> Iterator[list[CatalogTable]]:
    after = None
    while True:
        with store.read() as tx:
            searching = TableSearch(tx.connection, tx.documents, limits)
            page = PageRequest(size, after)
            found, after = searching.page(ACCOUNT, search, page, order, descending=descending)
        assert len(found) <= size
        yield found
        if after is None:
            return


@given(_SEARCHES, _LIMITS, st.sampled_from(sorted(_KEYS)), st.sampled_from([1, 4, 100]), st.booleans())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_together_are_all_that_is_found_in_order(
    filled: Store, search: Search, limits: Limits, order: str, size: int, descending: bool
) -> None:
    expected = [table for table in _all(filled) if _is_found(search, table)]
    expected.sort(key=_KEYS[order], reverse=descending)
    pages = list(_pages(filled, search, limits, order, size, descending=descending))
    assert [table for page in pages for table in page] == expected


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, TABLES + 20)), max_size=30),
    st.sampled_from(["", "north", '"north sea"']),
    _LIMITS,
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_search_while_tables_come_and_go_finds_each_that_stays_once(
    filled: Store, changes: list[tuple[bool, int]], text: str, limits: Limits
) -> None:
    search = parse_search([], text)
    staying = {table.id: table.name for table in _all(filled) if _is_found(search, table)}
    seen: list[CatalogTable] = []
    for page in _pages(filled, search, limits, "name", 3, descending=False):
        seen += page
        for comes, number in [changes.pop() for _ in changes[:2]]:
            gone = _come_or_go(filled, number, comes=comes)
            staying.pop(gone or 0, None)
    assert len({table.id for table in seen}) == len(seen)
    assert {table.id for table in seen} >= staying.keys()
    assert [table.name for table in seen] == sorted(table.name for table in seen)


def _come_or_go(store: Store, number: int, *, comes: bool) -> int | None:
    """Make a table or delete one; returns the id of what went."""
    name = _document(number)["Name"]
    with store.begin() as tx:
        table = None if comes else tx.tables.find(ACCOUNT, "db", name)
        if comes:
            tx.tables.insert(ACCOUNT, "db", _document(number), _change(number))
        if table is not None:
            tx.deleted_tables.keep(table, _change(number))
    catch_up(store)
    return None if table is None else table.id


def test_page_ends_after_so_many_tables_were_tested(filled: Store) -> None:
    search = parse_search([], "north ana")
    limits = Limits(few=0, listed=0, tested=20)  # ten tables, as two words are looked up
    pages = list(_pages(filled, search, limits, "name", 100, descending=False))
    assert [len(page) for page in pages] == [0, 2, 5, 5, 2]
