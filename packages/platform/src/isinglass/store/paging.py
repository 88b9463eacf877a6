"""Keyset paging: the same row-value comparison on both databases, never offsets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

Key = Sequence[sa.ColumnElement[Any]]
After = tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Where a listing goes on and how many rows it may return."""

    size: int
    after: After = None


def fetch_page(
    connection: sa.Connection,
    statement: sa.Select[Any],
    key: Key,
    page: PageRequest,
    *,
    descending: bool = False,
    end: After = None,
) -> tuple[list[sa.Row[*tuple[Any, ...]]], After]:
    """Fetch one page of a statement ordered by a unique key that it selects.

    Returns the rows and the key to go on after, None when the listing is exhausted. Rows beyond `end` are
    left for another page.
    """
    statement = statement.where(*_following(key, page.after, descending=descending))
    if end is not None:
        left, right = sa.tuple_(*key), sa.tuple_(*end)
        statement = statement.where(left >= right if descending else left <= right)
    rows = list(connection.execute(statement.order_by(*_order(key, descending)).limit(page.size + 1)))
    if len(rows) <= page.size:
        return rows, end
    rows = rows[: page.size]
    return rows, key_of(rows[-1], key)


def window_end(
    connection: sa.Connection,
    key: Key,
    within: Sequence[sa.ColumnElement[bool]],
    page: PageRequest,
    rows: int,
    *,
    descending: bool = False,
) -> After:
    """Find the key of the last of so many rows that a page may be looked for among; None for all left.

    The index of the key is walked, nothing else is read.
    """
    statement = sa.select(*key).where(*within, *_following(key, page.after, descending=descending))
    found = connection.execute(statement.order_by(*_order(key, descending)).offset(rows - 1).limit(1)).first()
    return None if found is None else tuple(found)


def key_of(row: sa.Row[*tuple[Any, ...]], key: Key) -> tuple[Any, ...]:
    """Read the key of a row, after which a listing goes on."""
    columns = row._mapping  # noqa: SLF001 - the documented way to read a row by column
    return tuple(columns[column] for column in key)


def _following(key: Key, after: After, *, descending: bool) -> list[sa.ColumnElement[bool]]:
    if after is None:
        return []
    left, right = sa.tuple_(*key), sa.tuple_(*after)
    return [left < right if descending else left > right]


def _order(key: Key, descending: bool) -> list[sa.ColumnElement[Any]]:
    return [column.desc() for column in key] if descending else list(key)
