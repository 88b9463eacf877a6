"""Pages of the rows that a filter outside the database lets through, at a bounded cost per page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

#: Rows examined for one page at most; a page may be short, even empty, and still have a next one.
MOST_EXAMINED = 10_000


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
) -> Scan:
    """Examine rows in the order of a key until `size` match or enough were seen.

    The statement selects the key first and then what `matches` takes.
    """
    matched: list[str] = []
    last: str | None = None
    rows = connection.execute(statement.order_by(key).limit(MOST_EXAMINED))
    examined = 0
    for row in rows:
        examined += 1
        last = row[0]
        if matches(*row[1:]):
            matched.append(row[0])
            if len(matched) == size:
                break
    rows.close()
    more = examined == MOST_EXAMINED or len(matched) == size
    return Scan(matched, last if more else None)
