"""Tables listed by name: pages together are all whose names match, however little a page may examine."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isinglass.domain.catalog_changes import Change
from isinglass.domain.catalog_objects import database_document, table_document
from isinglass.domain.name_pattern import compile_pattern
from isinglass.store import scanning
from isinglass.store.paging import PageRequest
from isinglass.store.store import Store

ACCOUNT = "1"
CHANGE = Change(1.0, "me", "Test")
NAMES = sorted(
    {"ab", "b", "größe", "a😀", "a\uffee", "a_1", "z"} | {f"{a}{b}" for a in "abc" for b in range(9)}
)


@pytest.fixture
def filled(store: Store) -> Store:
    """A database of these tables, beside one that has them, too."""
    with store.begin() as tx:
        for database in ("da", "db"):
            tx.databases.insert(ACCOUNT, database_document({"Name": database}), CHANGE)
            for name in NAMES:
                tx.tables.insert(ACCOUNT, database, table_document({"Name": name}), CHANGE)
    return store


def _listed(store: Store, pattern: str, size: int) -> list[list[str]]:
    pages: list[list[str]] = []
    after = None
    while True:
        with store.read() as tx:
            found, after = tx.tables.page(ACCOUNT, "db", PageRequest(size, after), compile_pattern(pattern))
        pages.append([table.name for table in found])
        if after is None:
            return pages


_PATTERNS = st.sampled_from(
    [
        ".*",
        "a.*",
        "(a|c)[0-4]",
        "(c|a).*",
        "b",
        "(b3|b|c8)",
        "[abc]1",
        "größ.",
        "(z|a😀)",
        "x.*",
        "a_?1",
        ".*8",
    ]
)


@given(_PATTERNS, st.integers(1, 7), st.sampled_from([1, 3, 10_000]), st.sampled_from([1, 2, 500]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_together_are_all_tables_whose_names_match(
    filled: Store, pattern: str, size: int, examined: int, read: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "MOST_EXAMINED", examined)
        patch.setattr(scanning, "_FIRST_READ", read)
        pages = _listed(filled, pattern, size)
    assert [name for page in pages for name in page] == [
        name for name in NAMES if re.fullmatch(pattern, name)
    ]
    assert max(map(len, pages)) <= min(size, examined)


def test_page_that_examined_enough_is_empty_and_has_a_next_one(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "MOST_EXAMINED", 10)
    pages = _listed(filled, ".*z", 100)
    assert [len(page) for page in pages] == [0, 0, 0, 1]


def test_names_outside_of_what_a_pattern_begins_with_are_not_examined(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "MOST_EXAMINED", 10)
    assert _listed(filled, "(c7|z|größe)", 100) == [["c7", "größe", "z"]]
