"""Pages of what is listed the same way each time, by statements that are prepared once."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from isinglass.store.paging import PageRequest
from isinglass.store.prepared import Prepared


class Listing:
    """The rows of a statement in the order of a unique key among the columns that it selects."""

    def __init__(self, statement: sa.Select[Any], *key: sa.Column[Any], descending: bool = False) -> None:
        after = [sa.bindparam(f"after_{place}", type_=column.type) for place, column in enumerate(key)]
        order = [column.desc() for column in key] if descending else key
        ordered = statement.order_by(*order).limit(sa.bindparam("most_rows", type_=sa.Integer))
        here, there = sa.tuple_(*key), sa.tuple_(*after)
        self._first = Prepared(ordered)
        self._next = Prepared(ordered.where(here < there if descending else here > there))
        selected = list(statement.selected_columns)
        self._key = [next(n for n, one in enumerate(selected) if one is column) for column in key]

    def page(
        self, connection: sa.Connection, values: Mapping[str, Any], page: PageRequest
    ) -> tuple[list[Any], tuple[Any, ...] | None]:
        """Fetch one page; returns its rows and the key to go on after, None when there are no more."""
        asked = {**values, "most_rows": page.size + 1}
        if page.after is None:
            rows = self._first.all(connection, asked)
        else:
            following = {f"after_{place}": value for place, value in enumerate(page.after)}
            rows = self._next.all(connection, asked | following)
        if len(rows) <= page.size:
            return rows, None
        del rows[page.size :]
        return rows, tuple([rows[-1][place] for place in self._key])
