"""Finds tables by their words, in the order asked for, a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from isinglass.domain.table_search import TIMES, Search, Term, TimeTest, blinded_field, has_whole_values
from isinglass.store.catalog_tables import CatalogTable, select_tables, table_of
from isinglass.store.documents import Blind, Documents
from isinglass.store.paging import After, PageRequest, fetch_page, key_of, window_end
from isinglass.store.probing import has, is_among
from isinglass.store.tables.catalog import catalog_tables
from isinglass.store.tables.table_search import table_words

#: What a listing can be sorted by, each an index that ends in what makes it unique.
ORDERS: dict[str, tuple[sa.Column[Any], ...]] = {
    "databasename": (catalog_tables.c.database_name, catalog_tables.c.name),
    "name": (catalog_tables.c.name, catalog_tables.c.id),
    "createtime": (catalog_tables.c.created_at, catalog_tables.c.id),
    "updatetime": (catalog_tables.c.updated_at, catalog_tables.c.id),
}

_COMPARE = {
    "EQUALS": "__eq__",
    "GREATER_THAN": "__gt__",
    "LESS_THAN": "__lt__",
    "GREATER_THAN_EQUALS": "__ge__",
    "LESS_THAN_EQUALS": "__le__",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may cost; a page may be short, even empty, and still have a next one."""

    #: What so few tables have is where a search begins; otherwise tables are looked at in order.
    few: int = 2_000
    #: Tables listed beforehand, so that looking whether one is among them costs next to nothing, and how
    #: many are then looked at.
    listed: int = 25_000
    looked_at: int = 20_000
    #: Tables whose words are looked up one by one, times words.
    tested: int = 3_000
    #: Documents read where they are tested themselves.
    read: int = 500


#: Parts of a search that it may begin with: finding out of how many tables each is takes time, too.
_MOST_COUNTED = 4
#: Documents read at once where they are tested themselves.
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing that a search asks for: the tables that have it, and the test of one."""

    ids: sa.Select[tuple[int]]
    test: sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where to look: `window` tables in their order, or all that pass where it is None."""

    conditions: list[sa.ColumnElement[bool]]
    window: int | None


class TableSearch:
    """Searches within one transaction that reads."""

    def __init__(self, connection: sa.Connection, documents: Documents, limits: Limits | None = None) -> None:
        self._connection = connection
        self._documents = documents
        self._limits = limits or Limits()

    def page(
        self, catalog_id: str, search: Search, page: PageRequest, order: str, *, descending: bool
    ) -> tuple[list[CatalogTable], After]:
        """List the tables found; a page may be short, even empty, and still have a next one."""
        key = ORDERS[order]
        plan = self._plan(catalog_id, search)
        of_catalog = [catalog_tables.c.catalog_id == catalog_id]
        end = None
        if plan.window is not None:
            end = window_end(self._connection, key, of_catalog, page, plan.window, descending=descending)
        columns = dict.fromkeys([catalog_tables.c.id, *key])
        statement = sa.select(*columns).where(*plan.conditions)
        # Without documents, which are tested only where no index knows what is asked for.
        tested = _tests_documents(search)
        found: list[CatalogTable] = []
        after, read = page.after, 0
        while True:
            asked = PageRequest(max(page.size, _AT_ONCE) if tested else page.size, after)
            rows, after = fetch_page(self._connection, statement, key, asked, descending=descending, end=end)
            for row, table in self._loaded(rows):
                if tested and not _passes(search, table):
                    continue
                found.append(table)
                if len(found) == page.size:
                    return found, after if row is rows[-1] else key_of(row, key)
            read += len(rows)
            if after is None or after == end or read >= self._limits.read:
                return found, after

    def _loaded(self, rows: list[Any]) -> Iterator[tuple[Any, CatalogTable]]:
        """Read the tables of rows, in their order."""
        statement = select_tables().where(catalog_tables.c.id.in_([row.id for row in rows]))
        tables = {row.id: row for row in self._connection.execute(statement)} if rows else {}
        for row in rows:
            if row.id in tables:
                yield row, table_of(self._documents, tables[row.id])

    def _plan(self, catalog_id: str, search: Search) -> _Plan:
        """Decide where to begin: at the few tables that have a part, or at the next ones in order."""
        of_catalog = catalog_tables.c.catalog_id == catalog_id
        blinders = self._documents.blinders(catalog_id)
        worded = (_having(catalog_id, term, blinders) for term in search.terms)
        parts = [*_times(catalog_id, search.times), *worded]
        if not parts:
            return _Plan([of_catalog], None)
        limits = self._limits
        counted = sorted((self._count(part), number) for number, part in enumerate(parts[:_MOST_COUNTED]))
        if counted[0][0] <= limits.few:
            first = parts[counted[0][1]]
            # That it is of the catalog goes without saying; said, it would have SQLite walk an index.
            tests = [part.test for part in parts if part is not first]
            return _Plan([catalog_tables.c.id.in_(first.ids), *tests], None)
        left, listed = limits.listed, set()
        for count, number in counted:
            if count <= left:
                left -= count
                listed.add(number)
        conditions = [
            is_among(catalog_tables.c.id, part.ids) if number in listed else part.test
            for number, part in enumerate(parts)
        ]
        tests_left = len(parts) - len(listed)
        window = limits.tested // tests_left if tests_left else limits.looked_at
        return _Plan([of_catalog, *conditions], max(window, 1))

    def _count(self, part: _Part) -> int:
        """Count the tables that have a part, no further than matters."""
        some = part.ids.limit(self._limits.listed + 1).subquery()
        return self._connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def _having(catalog_id: str, term: Term, blinders: Sequence[Blind]) -> _Part:
    """Look for a term as it is and, where tables are encrypted, as their words are written."""
    word, field = term
    words = [word, *(blind(word) for blind in blinders)]
    rows = [table_words.c.catalog_id == catalog_id, _is_one(table_words.c.word, words)]
    if field is not None:
        fields = dict.fromkeys([field, *(blinded_field(field, blind) for blind in blinders)])
        rows.append(_is_one(table_words.c.field, list(fields)))
    of_table = table_words.c.table_id == catalog_tables.c.id
    return _Part(
        sa.select(table_words.c.table_id).where(*rows),
        has(sa.select(sa.literal(1)).where(*rows, of_table).correlate(catalog_tables)),
    )


def _is_one(column: sa.Column[str], values: Sequence[str]) -> sa.ColumnElement[bool]:
    return column == values[0] if len(values) == 1 else column.in_(values)


def _times(catalog_id: str, tests: tuple[TimeTest, ...]) -> Iterator[_Part]:
    for test in tests:
        name = TIMES[test.field]
        if name is not None:
            compare = _COMPARE[test.comparator]
            inner = catalog_tables.alias("timed")
            ids = sa.select(inner.c.id).where(
                inner.c.catalog_id == catalog_id, getattr(inner.c[name], compare)(test.value)
            )
            # Not the bare column, by whose index SQLite would read, and then sort, all tables.
            yield _Part(ids, getattr(catalog_tables.c[name] + 0, compare)(test.value))


def _tests_documents(search: Search) -> bool:
    return bool(search.whole_values) or any(TIMES[test.field] is None for test in search.times)


def _passes(search: Search, table: CatalogTable) -> bool:
    """Test what no index knows."""
    accessed = table.document.get("LastAccessTime")
    own = (test for test in search.times if TIMES[test.field] is None)
    return has_whole_values(search, table.database_name, table.document) and all(
        test.holds(accessed) for test in own
    )
