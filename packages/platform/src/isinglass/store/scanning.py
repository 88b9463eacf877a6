"""Pages of the rows that a filter outside the database lets through, at a bounded cost per page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from isinglass.domain.partition_values import EVERYTHING, KeyRange
from isinglass.store.paging import Key, PageRequest, fetch_page

#: Rows examined for one page at most; a page may be short, even empty, and still have a next one.
MOST_EXAMINED = 10_000

#: Rows read at once: few where most match, more as fewer do. PostgreSQL sends all that were asked for.
_FIRST_READ, _LARGEST_READ = 500, 4_000


@dataclass(frozen=True, slots=True)
class Scan:
    """The keys that matched, and the key to go on after, None at the end."""

    matched: list[str]
    after: str | None


def scan(
    connection: sa.Connection,
    statement: sa.Select[Any],
    key: sa.ColumnElement[str],
    matches: Callable[..., bool],
    size: int,
    *,
    ranges: Sequence[KeyRange] = (EVERYTHING,),
    after: str | None = None,
) -> Scan:
    """Examine rows in the order of a key until `size` match or enough were seen.

    The statement selects the key first and then what `matches` takes. Only keys after `after` and within
    the ranges, which are disjoint and in order, are examined.
    """
    matched: list[str] = []
    left = MOST_EXAMINED
    for within in ranges:
        for row in _rows(connection, statement, key, within, after):
            left -= 1
            if matches(*row[1:]):
                matched.append(row[0])
            if left == 0 or len(matched) == size:
                return Scan(matched, row[0])
    return Scan(matched, None)


def read_in_order(
    connection: sa.Connection, statement: sa.Select[Any], key: Key, page: PageRequest
) -> Iterator[sa.Row[Any]]:
    """Read the rows of a statement in the order of a key that it selects: whoever reads them may stop."""
    most = max(page.size, _FIRST_READ)
    while True:
        rows, after = fetch_page(connection, statement, key, PageRequest(most, page.after))
        yield from rows
        if after is None:
            return
        page, most = PageRequest(page.size, after), min(4 * most, _LARGEST_READ)


def _rows(
    connection: sa.Connection,
    statement: sa.Select[Any],
    key: sa.ColumnElement[str],
    within: KeyRange,
    after: str | None,
) -> Iterator[sa.Row[Any]]:
    """Read the rows of a range in its order."""
    if after is not None and within.high is not None and within.high <= after:
        return
    if within.high is not None:
        statement = statement.where(key < within.high)
    if within.low is not None and (after is None or after < within.low):
        statement, after = statement.where(key >= within.low), None
    limit = _FIRST_READ
    while True:
        following = statement if after is None else statement.where(key > after)
        rows = connection.execute(following.order_by(key).limit(limit)).all()
        yield from rows
        if len(rows) < limit:
            return
        after, limit = rows[-1][0], min(4 * limit, _LARGEST_READ)
