"""Keyset paging: the same row-value comparison on both databases, never offsets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Where a listing goes on and how many rows it may return."""

    size: int
    after: tuple[Any, ...] | None = None


def fetch_page(
    connection: sa.Connection,
    statement: sa.Select[Any],
    key: Sequence[sa.ColumnElement[Any]],
    page: PageRequest,
    *,
    descending: bool = False,
) -> tuple[list[sa.Row[*tuple[Any, ...]]], tuple[Any, ...] | None]:
    """Fetch one page of a statement ordered by a unique key that it selects.

    Returns the rows and the key to go on after, None when the listing is exhausted.
    """
    if page.after is not None:
        left, right = sa.tuple_(*key), sa.tuple_(*page.after)
        statement = statement.where(left < right if descending else left > right)
    order = [column.desc() for column in key] if descending else list(key)
    rows = list(connection.execute(statement.order_by(*order).limit(page.size + 1)))
    if len(rows) <= page.size:
        return rows, None
    rows = rows[: page.size]
    last = rows[-1]._mapping  # noqa: SLF001 - the documented way to read a row by column
    return rows, tuple(last[column] for column in key)
