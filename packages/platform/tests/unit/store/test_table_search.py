"""Searches in the store: a page examines a bounded number of tables, and all pages together miss none."""

import pytest

from isinglass.domain.catalog_changes import Change
from isinglass.domain.catalog_objects import database_document, table_document
from isinglass.domain.table_search import parse_search
from isinglass.flow.table_words import catch_up
from isinglass.store.paging import PageRequest
from isinglass.store.store import Store
from isinglass.store.table_search import TableSearch

ACCOUNT = "1"
CHANGE = Change(1.0, "me", "Test")
#: So many tables that the word `every` is in too many of them to begin with.
TABLES = 2_050


@pytest.fixture
def filled(store: Store) -> Store:
    """A catalog of many tables with a word in common."""
    with store.begin() as tx:
        tx.databases.insert(ACCOUNT, database_document({"Name": "db"}), CHANGE)
        for number in range(TABLES):
            document = table_document({"Name": f"t{number:04}", "Description": "every"})
            tx.tables.insert(ACCOUNT, "db", document, CHANGE)
    while catch_up(store):
        pass
    return store


@pytest.mark.parametrize("descending", [False, True])
def test_search_of_a_frequent_word_ends_each_page_after_so_many_tables(
    filled: Store, descending: bool
) -> None:
    search = parse_search([{"Key": "Name", "Value": "t2049"}], "")
    frequent = parse_search([], "every")
    pages, names = 0, []
    after = None
    with filled.read() as tx:
        searching = TableSearch(tx.connection, tx.documents, most_examined=400)
        [only], _ = searching.page(ACCOUNT, search, PageRequest(10), "name", descending=descending)
        while True:
            page = PageRequest(1_000, after)
            found, after = searching.page(ACCOUNT, frequent, page, "name", descending=descending)
            pages += 1
            assert len(found) <= 401
            names += [table.name for table in found]
            if after is None:
                break
    assert only.name == "t2049"
    assert pages == 6
    assert names == sorted((f"t{number:04}" for number in range(TABLES)), reverse=descending)
