"""Filters and orders as PostgreSQL takes them: fields as quoted names, literals as bound parameters."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from isinglass.domain.entities.names import InvalidEntityName, orderings
from isinglass.domain.partition_expression import (
    And,
    Between,
    Compare,
    Expression,
    In,
    IsNull,
    Like,
    Not,
    Or,
    UnsupportedExpression,
    parse,
)
from isinglass.operations.connections.postgresql.columns import Column, named
from isinglass.operations.connections.sources import BadQuery

if TYPE_CHECKING:
    from psycopg import sql

_MOST_LITERALS = 10_000


class Predicate:
    """A filter as SQL; `parameters` are its literals, which PostgreSQL reads as their fields' types."""

    def __init__(self, text: str, columns: Sequence[Column]) -> None:
        self._columns = columns
        self.parameters: list[str] = []
        try:
            self.condition = self._compile(parse(text, typed_literals=True))
        except UnsupportedExpression as error:
            raise BadQuery(f"FilterPredicate is not understood: {error.reason}") from error
        if len(self.parameters) > _MOST_LITERALS:
            raise BadQuery(f"FilterPredicate has more than {_MOST_LITERALS} literals")

    def _compile(self, tree: Expression) -> "sql.Composable":
        from psycopg import sql

        match tree:
            case And(operands) | Or(operands):
                word = " AND " if isinstance(tree, And) else " OR "
                return sql.SQL("({})").format(sql.SQL(word).join(self._compile(each) for each in operands))
            case Not(operand):
                return sql.SQL("(NOT {})").format(self._compile(operand))
            case Compare(column, op, literal):
                return sql.SQL("{} {} {}").format(self._field(column), sql.SQL(op), self._bound(literal))
            case In(column, literals):
                listed = sql.SQL(", ").join([self._bound(each) for each in literals])
                return sql.SQL("{} IN ({})").format(self._field(column), listed)
            case Between(column, low, high):
                field = self._field(column)
                return sql.SQL("{} BETWEEN {} AND {}").format(field, self._bound(low), self._bound(high))
            case Like(column, pattern):
                return sql.SQL("{} LIKE {}").format(self._field(column), self._bound(pattern))
            case IsNull(column):
                return sql.SQL("{} IS NULL").format(self._field(column))

    def _field(self, name: str) -> "sql.Identifier":
        column = named(self._columns, name)
        if not column.operators:
            raise BadQuery(f"{column.name} is {column.native}, which is not filtered by")
        return column.identifier()

    def _bound(self, literal: str) -> "sql.Placeholder":
        from psycopg import sql

        self.parameters.append(literal)
        return sql.Placeholder()


def ordered(text: str, columns: Sequence[Column]) -> "list[sql.Composed]":
    """Read OrderBy into what ORDER BY takes."""
    from psycopg import sql

    try:
        wanted = orderings(text)
    except InvalidEntityName as error:
        raise BadQuery(f"OrderBy is not understood: it has the form {error.form}") from error
    found: list[sql.Composed] = []
    for each in wanted:
        column = named(columns, each.field)
        if "ORDER_BY" not in column.operators:
            raise BadQuery(f"{column.name} is {column.native}, which is not ordered by")
        form = "{} DESC NULLS LAST" if each.descending else "{} ASC NULLS LAST"
        found.append(sql.SQL(form).format(column.identifier()))
    return found
