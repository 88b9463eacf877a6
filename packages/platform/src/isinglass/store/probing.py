"""Conditions on rows that cost what they say, whatever a database makes of the statement around them.

Planners without figures, or with figures of another day, turn `EXISTS` and `IN` into one another, and then
read all of a table to test a hundred rows of it.
"""

from typing import Any

import sqlalchemy as sa


def has(correlated: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """Tell whether a selection that names the row in question has any row: one look-up for each row."""
    return correlated.limit(1).scalar_subquery().is_not(None)


def is_among(column: sa.ColumnElement[Any], listed: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """Tell whether a column's value is one of those selected, which are listed once, before any row."""
    return column.in_(listed).is_(sa.true())
