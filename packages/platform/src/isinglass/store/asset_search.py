"""Finds assets by words and filters, in the order asked for, a page at a time."""

from collections.abc import Iterator
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
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.tables.business import asset_values, asset_words, assets
from isinglass.store.tables.catalog import catalog_tables, databases
from isinglass.store.tables.table_search import table_words

#: What matches so few assets is where a search begins; otherwise assets are read in order and tested.
_FEW = 2_000

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
    sa.exists().where(catalog_tables.c.id == assets.c.table_id).correlate(assets),
)


class AssetSearches:
    """Searches within one transaction that reads."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def page(
        self, account_id: str, search: AssetSearch, page: PageRequest, order: str, *, descending: bool
    ) -> tuple[list[Asset], tuple[Any, ...] | None]:
        """List the assets found."""
        compiled = _Compiler(self._connection, account_id)
        statement = select_assets().where(assets.c.account_id == account_id, *compiled.conditions(search))
        rows, after = fetch_page(
            self._connection, statement.where(_LIVES), ORDERS[order], page, descending=descending
        )
        return [asset_of(row) for row in rows], after


class _Compiler:
    """Turns a search into conditions on assets."""

    def __init__(self, connection: sa.Connection, account_id: str) -> None:
        self._connection = connection
        self._account_id = account_id
        self._catalogs = _catalogs(connection, account_id)
        self._rare: dict[Filter | str, bool] = {}

    def conditions(self, search: AssetSearch) -> Iterator[sa.ColumnElement[bool]]:
        """Build the conditions; where a part is rare, one of them names the assets to look at."""
        few: list[_Ids] | None = None
        for word in search.words:
            yield self._has_word(word)
            if few is None and self._is_rare(word, self._with_word(word)):
                few = self._with_word(word)
        if search.filter is not None:
            yield self._passes(search.filter)
            few = self._few(search.filter) if few is None else few
        if few is not None:
            # Not nested: SQLite has no unions inside unions.
            yield assets.c.id.in_(sa.union_all(*few) if len(few) > 1 else few[0])

    def _has_word(self, word: str) -> sa.ColumnElement[bool]:
        said = sa.exists().where(
            asset_words.c.account_id == self._account_id,
            asset_words.c.word == word,
            asset_words.c.asset_id == assets.c.id,
        )
        of_table = sa.exists().where(
            table_words.c.catalog_id.in_(self._catalogs),
            table_words.c.word == word,
            table_words.c.table_id == assets.c.table_id,
        )
        return sa.or_(said.correlate(assets), of_table.correlate(assets))

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
                table_words.c.word == word,
            )
        )
        return [said, of_table]

    def _passes(self, test: Filter) -> sa.ColumnElement[bool]:
        match test:
            case AllOf(parts):
                return sa.and_(*map(self._passes, parts))
            case AnyOf(parts):
                return sa.or_(*map(self._passes, parts))
            case ColumnTest(column, operator, value):
                passes: sa.ColumnElement[bool] = getattr(assets.c[column], OPERATORS[operator])(value)
                return passes
            case ValueTest():
                of_asset = asset_values.c.asset_id == assets.c.id
                return sa.exists().where(*self._at_value(test), of_asset).correlate(assets)
            case Absent():
                return sa.not_(sa.exists().where(*self._within(test)).correlate(assets))
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
        return [ids] if self._is_rare(test, [ids]) else None

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

    def _is_rare(self, part: Filter | str, ids: list[_Ids]) -> bool:
        if part not in self._rare:
            counts = (sa.select(sa.func.count()).select_from(each.limit(_FEW + 1).subquery()) for each in ids)
            self._rare[part] = sum(self._connection.scalar(count) or 0 for count in counts) <= _FEW
        return self._rare[part]


def _catalogs(connection: sa.Connection, account_id: str) -> list[str]:
    """List the catalogs of an account that have databases: its own, and those nested in it."""
    nested = sa.select(databases.c.catalog_id).where(
        databases.c.catalog_id > f"{account_id}:", databases.c.catalog_id < f"{account_id};"
    )
    return [account_id, *connection.scalars(nested.distinct())]
