"""Finds assets by words and filters, in the order asked for, a page at a time."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import sqlalchemy as sa

from isinglass.domain.business.search import (
    OPERATORS,
    Absent,
    AllOf,
    AnyOf,
    AssetSearch,
    ColumnTest,
    Filter,
    Never,
    ValueTest,
)
from isinglass.store.assets import Asset, asset_of, select_assets
from isinglass.store.documents import Blind, Documents
from isinglass.store.paging import PageRequest, fetch_page, window_end
from isinglass.store.probing import has, is_among
from isinglass.store.tables.business import asset_values, asset_words, assets
from isinglass.store.tables.catalog import catalog_tables, databases
from isinglass.store.tables.table_search import table_words

#: What matches so few assets is where a search begins; otherwise assets are read in order and tested.
_FEW = 2_000
#: Tables and assets that have words, listed beforehand, so that looking whether one is among them costs next
#: to nothing, and how many are then looked at for a page.
_MOST_LISTED, _MOST_LOOKED_AT = 25_000, 15_000
#: Assets tested for a page otherwise, times what each is tested for.
_MOST_TESTED = 2_500
#: Words that are counted: finding out how many have one takes time, too.
_MOST_COUNTED = 4

#: What a listing can be sorted by, each an index that ends in what makes it unique.
ORDERS: dict[str, tuple[sa.Column[Any], ...]] = {
    "name": (assets.c.name, assets.c.id),
    "type_id": (assets.c.type_id, assets.c.id),
    "created_at": (assets.c.created_at, assets.c.id),
    "updated_at": (assets.c.updated_at, assets.c.id),
}

_Ids = sa.Select[tuple[int]]

#: A table that was deleted may come back, and is not found until then.
_LIVES = sa.or_(
    assets.c.table_id.is_(None),
    has(sa.select(sa.literal(1)).where(catalog_tables.c.id == assets.c.table_id).correlate(assets)),
)


class AssetSearches:
    """Searches within one transaction that reads."""

    def __init__(self, connection: sa.Connection, documents: Documents) -> None:
        self._connection = connection
        self._documents = documents

    def page(
        self, account_id: str, search: AssetSearch, page: PageRequest, order: str, *, descending: bool
    ) -> tuple[list[Asset], tuple[Any, ...] | None]:
        """List the assets found; a page may be short, even empty, and still have a next one."""
        compiler = _Compiler(self._connection, account_id, self._documents.blinders(account_id))
        conditions, window = compiler.plan(search)
        of_account, key, end = assets.c.account_id == account_id, ORDERS[order], None
        if window is not None:
            end = window_end(self._connection, key, [of_account], page, window, descending=descending)
        statement = select_assets().where(of_account, *conditions, _LIVES)
        rows, after = fetch_page(self._connection, statement, key, page, descending=descending, end=end)
        return [asset_of(row) for row in rows], after


class _Compiler:
    """Turns a search into conditions on assets."""

    def __init__(self, connection: sa.Connection, account_id: str, blinders: Sequence[Blind]) -> None:
        self._connection = connection
        self._blinders = blinders
        self._account_id = account_id
        self._catalogs = _catalogs(connection, account_id)

    def plan(self, search: AssetSearch) -> tuple[list[sa.ColumnElement[bool]], int | None]:
        """Build the conditions, and say how many assets in order are looked at for a page.

        Where a part of the search is of few assets, the search begins with these instead of the next ones in
        order: then that is None.
        """
        filters = [] if search.filter is None else [self._passes(search.filter)]
        counted = sorted((self._count(self._worded(word)), word) for word in search.words[:_MOST_COUNTED])
        few: list[_Ids] | None = None
        if counted and counted[0][0] <= _FEW:
            few = self._with_word(counted[0][1])
        elif search.filter is not None:
            few = self._few(search.filter)
        if few is not None:
            # Not nested: SQLite has no unions inside unions.
            those = assets.c.id.in_(sa.union_all(*few) if len(few) > 1 else few[0])
            return [those, *map(self._has_word, search.words), *filters], None
        listed, left = set(), _MOST_LISTED
        for count, word in counted:
            if count <= left:
                left -= count
                listed.add(word)
        words = (self._is_among(word) if word in listed else self._has_word(word) for word in search.words)
        tests = len(search.words) - len(listed) + _tests_of(search.filter)
        return [*words, *filters], max(_MOST_TESTED // tests, 1) if tests else _MOST_LOOKED_AT

    def _worded(self, word: str) -> list[_Ids]:
        """Select the assets of which a word is said, and apart from them the tables that have it."""
        said = sa.select(asset_words.c.asset_id).where(
            asset_words.c.account_id == self._account_id, asset_words.c.word == word
        )
        of_table = sa.select(table_words.c.table_id).where(
            table_words.c.catalog_id.in_(self._catalogs), table_words.c.word.in_(self._written(word))
        )
        return [said, of_table]

    def _is_among(self, word: str) -> sa.ColumnElement[bool]:
        said, of_table = self._worded(word)
        return sa.or_(is_among(assets.c.id, said), is_among(assets.c.table_id, of_table))

    def _has_word(self, word: str) -> sa.ColumnElement[bool]:
        said = sa.select(sa.literal(1)).where(
            asset_words.c.account_id == self._account_id,
            asset_words.c.word == word,
            asset_words.c.asset_id == assets.c.id,
        )
        of_table = sa.select(sa.literal(1)).where(
            table_words.c.catalog_id.in_(self._catalogs),
            table_words.c.word.in_(self._written(word)),
            table_words.c.table_id == assets.c.table_id,
        )
        return sa.or_(has(of_table.correlate(assets)), has(said.correlate(assets)))

    def _with_word(self, word: str) -> list[_Ids]:
        said = sa.select(asset_words.c.asset_id).where(
            asset_words.c.account_id == self._account_id, asset_words.c.word == word
        )
        inner = assets.alias("worded")
        of_table = (
            sa.select(inner.c.id)
            .join(table_words, table_words.c.table_id == inner.c.table_id)
            .where(
                inner.c.account_id == self._account_id,
                table_words.c.catalog_id.in_(self._catalogs),
                table_words.c.word.in_(self._written(word)),
            )
        )
        return [said, of_table]

    def _written(self, word: str) -> list[str]:
        """Write a word as it stands for tables: as it is, and as for those that are encrypted."""
        return [word, *(blind(word) for blind in self._blinders)]

    def _passes(self, test: Filter) -> sa.ColumnElement[bool]:
        match test:
            case AllOf(parts):
                return sa.and_(*map(self._passes, parts))
            case AnyOf(parts):
                return sa.or_(*map(self._passes, parts))
            case ColumnTest(column, operator, value):
                # Not the bare column, by whose index SQLite would read, and then sort, all assets.
                tested = assets.c[column] + ("" if isinstance(value, str) else 0)
                passes: sa.ColumnElement[bool] = getattr(tested, OPERATORS[operator])(value)
                return passes
            case ValueTest():
                of_asset = asset_values.c.asset_id == assets.c.id
                at_value = sa.select(sa.literal(1)).where(*self._at_value(test), of_asset)
                return has(at_value.correlate(assets))
            case Absent():
                within = sa.select(sa.literal(1)).where(*self._within(test))
                return sa.not_(has(within.correlate(assets)))
            case Never():
                return sa.false()

    def _few(self, test: Filter) -> list[_Ids] | None:
        """Select all assets that may pass a filter where they are few; None where they are not."""
        match test:
            case AllOf(parts):
                return next((few for part in parts if (few := self._few(part)) is not None), None)
            case AnyOf(parts):
                each = [few for part in parts if (few := self._few(part)) is not None]
                return list(chain.from_iterable(each)) if len(each) == len(parts) else None
            case ColumnTest(column, _, _):
                inner = assets.alias("tested")
                test_of = getattr(inner.c[column], OPERATORS[test.operator])(test.value)
                ids = sa.select(inner.c.id).where(inner.c.account_id == self._account_id, test_of)
            case ValueTest():
                ids = sa.select(asset_values.c.asset_id).where(*self._at_value(test))
            case _:
                return None
        return [ids] if self._count([ids], _FEW) <= _FEW else None

    def _at_value(self, test: ValueTest) -> list[sa.ColumnElement[bool]]:
        column = asset_values.c.text if isinstance(test.value, str) else asset_values.c.number
        return [
            asset_values.c.account_id == self._account_id,
            asset_values.c.holder == test.holder,
            asset_values.c.name == test.name,
            getattr(column, OPERATORS[test.operator])(test.value),
        ]

    def _within(self, test: Absent) -> list[sa.ColumnElement[bool]]:
        """Find anything at an attribute, or inside it: `.` is followed by `/` among the characters."""
        holder = asset_values.c.holder
        return [
            asset_values.c.asset_id == assets.c.id,
            sa.or_(
                sa.and_(holder == test.holder, asset_values.c.name == test.name),
                holder == test.attribute,
                sa.and_(holder > test.attribute + ".", holder < test.attribute + "/"),
            ),
        ]

    def _count(self, ids: list[_Ids], most: int = _MOST_LISTED) -> int:
        """Count what is selected, no further than matters."""
        counts = (sa.select(sa.func.count()).select_from(each.limit(most + 1).subquery()) for each in ids)
        return sum(self._connection.scalar(count) or 0 for count in counts)


def _tests_of(test: Filter | None) -> int:
    """Count the comparisons that a filter makes."""
    match test:
        case AllOf(parts) | AnyOf(parts):
            return sum(map(_tests_of, parts))
        case None | Never():
            return 0
        case _:
            return 1


def _catalogs(connection: sa.Connection, account_id: str) -> list[str]:
    """List the catalogs of an account that have databases: its own, and those nested in it."""
    nested = sa.select(databases.c.catalog_id).where(
        databases.c.catalog_id > f"{account_id}:", databases.c.catalog_id < f"{account_id};"
    )
    return [account_id, *connection.scalars(nested.distinct())]
