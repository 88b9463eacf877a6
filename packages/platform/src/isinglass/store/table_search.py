"""Finds tables by their words, in the order asked for, a page at a time."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from isinglass.domain.table_search import TIMES, Search, Term, TimeTest, has_whole_values
from isinglass.store.catalog_tables import CatalogTable, select_tables, table_of
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.scanning import MOST_EXAMINED
from isinglass.store.tables.catalog import catalog_tables
from isinglass.store.tables.table_search import table_words

#: A word of so few tables is where a search begins; otherwise tables are read in order and tested.
_FEW = 2_000

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


class TableSearch:
    """Searches within one transaction that reads."""

    def __init__(self, connection: sa.Connection, most_examined: int = MOST_EXAMINED) -> None:
        self._connection = connection
        self._most_examined = most_examined

    def page(
        self, catalog_id: str, search: Search, page: PageRequest, order: str, *, descending: bool
    ) -> tuple[list[CatalogTable], tuple[Any, ...] | None]:
        """List the tables found; a page may be short, even empty, and still have a next one."""
        key = ORDERS[order]
        rare = next((term for term in search.terms if self._is_rare(catalog_id, term)), None)
        statement = select_tables().where(
            catalog_tables.c.catalog_id == catalog_id,
            *self._terms(catalog_id, search.terms, rare),
            *_times(search.times),
        )
        # Without a rare term, each table in order is tested: so many for a page, found or not.
        end = None if rare else self._end(catalog_id, key, page, descending=descending)
        if end is not None:
            left, right = sa.tuple_(*key), sa.tuple_(*end)
            statement = statement.where(left >= right if descending else left <= right)
        rows, after = fetch_page(self._connection, statement, key, page, descending=descending)
        tables = (table_of(row) for row in rows)
        return [table for table in tables if _passes(search, table)], after or end

    def _end(
        self, catalog_id: str, key: tuple[sa.Column[Any], ...], page: PageRequest, *, descending: bool
    ) -> tuple[Any, ...] | None:
        """Find the last table to be tested for a page; None when all that are left may be."""
        statement = sa.select(*key).where(catalog_tables.c.catalog_id == catalog_id)
        if page.after is not None:
            left, right = sa.tuple_(*key), sa.tuple_(*page.after)
            statement = statement.where(left < right if descending else left > right)
        order = [column.desc() for column in key] if descending else list(key)
        row = self._connection.execute(
            statement.order_by(*order).offset(self._most_examined).limit(1)
        ).first()
        return None if row is None else tuple(row)

    @staticmethod
    def _terms(
        catalog_id: str, terms: tuple[Term, ...], rare: Term | None
    ) -> Iterator[sa.ColumnElement[bool]]:
        """Build the conditions that a table has all terms; a rare one names the tables to look at."""
        for term in terms:
            of_term = _rows(catalog_id, term)
            if term == rare:
                yield catalog_tables.c.id.in_(sa.select(table_words.c.table_id).where(*of_term))
            else:
                of_table = table_words.c.table_id == catalog_tables.c.id
                yield sa.exists().where(*of_term, of_table).correlate(catalog_tables)

    def _is_rare(self, catalog_id: str, term: Term) -> bool:
        few = sa.select(sa.literal(1)).where(*_rows(catalog_id, term)).limit(_FEW + 1)
        count = self._connection.scalar(sa.select(sa.func.count()).select_from(few.subquery())) or 0
        return count <= _FEW


def _rows(catalog_id: str, term: Term) -> list[sa.ColumnElement[bool]]:
    word, field = term
    rows = [table_words.c.catalog_id == catalog_id, table_words.c.word == word]
    return rows if field is None else [*rows, table_words.c.field == field]


def _times(tests: tuple[TimeTest, ...]) -> Iterator[sa.ColumnElement[bool]]:
    for test in tests:
        column = TIMES[test.field]
        if column is not None:
            yield getattr(catalog_tables.c[column], _COMPARE[test.comparator])(test.value)


def _passes(search: Search, table: CatalogTable) -> bool:
    """Test what no column knows."""
    accessed = table.document.get("LastAccessTime")
    own = (test for test in search.times if TIMES[test.field] is None)
    return has_whole_values(search, table.database_name, table.document) and all(
        test.holds(accessed) for test in own
    )
