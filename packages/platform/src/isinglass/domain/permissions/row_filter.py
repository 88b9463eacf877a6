"""Row filters: the text of a data cells filter as a tree of columns and literals, never as SQL.

The language is that of GetPartitions expressions, with `TRUE`, `FALSE`, `DATE '…'` and `TIMESTAMP '…'`. A
filter is true, false or unknown for a row, as in SQL, and lets through the rows for which it is true.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from isinglass.domain.partition_expression import (
    And,
    Between,
    Compare,
    Condition,
    Expression,
    In,
    IsNull,
    Like,
    Not,
    Or,
    UnsupportedExpression,
    parse,
)

_INTEGERS = frozenset({"tinyint", "smallint", "int", "integer", "bigint", "long"})
_NUMBERS = frozenset({"float", "double", "real"})
_TEXTS = frozenset({"string", "char", "varchar"})
_DATE_FORMATS = {
    "date": ("%Y-%m-%d",),
    "timestamp": ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d"),
}


@dataclass(eq=False)
class InvalidRowFilter(Exception):
    """The text is no filter of the table's rows."""

    text: str
    reason: str

    def __str__(self) -> str:
        return f"Invalid row filter {self.text!r}: {self.reason}"


def compile_row_filter(text: str, columns: Sequence[Mapping[str, Any]]) -> Expression | None:
    """Parse a filter and check it against a table's columns; None is a filter that lets every row through."""
    if not text.strip():
        raise InvalidRowFilter(text, "it is blank; use AllRowsWildcard for every row")
    if text.strip().upper() == "TRUE":
        return None
    try:
        tree = parse(text, typed_literals=True)
    except UnsupportedExpression as error:
        reason = (
            "it may have column names, literals, = <> < <= > >=, IN, BETWEEN, LIKE, IS NULL, AND, OR, NOT"
        )
        raise InvalidRowFilter(text, f"{error.reason}; {reason}") from error
    types = {column["Name"].lower(): column.get("Type", "string").lower() for column in columns}
    for test in _tests(tree):
        _check(text, test, types)
    return tree


def _tests(tree: Expression) -> Iterator[Condition]:
    if isinstance(tree, Not):
        yield from _tests(tree.operand)
    elif isinstance(tree, And | Or):
        for operand in tree.operands:
            yield from _tests(operand)
    else:
        yield tree


def _check(text: str, test: Condition, types: Mapping[str, str]) -> None:
    kind = types.get(test.column.lower())
    if kind is None:
        raise InvalidRowFilter(text, f"the table has no column {test.column}")
    base = re.split(r"[(<]", kind)[0].strip()
    if isinstance(test, IsNull):
        return
    if isinstance(test, Like) and base not in _TEXTS:
        raise InvalidRowFilter(text, f"LIKE needs a text column, {test.column} is {kind}")
    for literal in literals(test):
        if not _fits(literal, base):
            raise InvalidRowFilter(text, f"{literal!r} is no value of column {test.column}, which is {kind}")


def literals(test: Condition) -> tuple[str, ...]:
    """List the literals of one test."""
    match test:
        case Compare():
            return (test.literal,)
        case In():
            return test.literals
        case Between():
            return (test.low, test.high)
        case Like():
            return (test.pattern,)
        case _:
            return ()


def _fits(literal: str, base: str) -> bool:
    """Tell whether a literal reads as a value of a type; types that do not compare fit none."""
    if base in _TEXTS:
        return True
    if base in _INTEGERS:
        return re.fullmatch(r"[+-]?\d{1,19}", literal) is not None
    if base in _NUMBERS or base == "decimal":
        try:
            return Decimal(literal).is_finite()
        except InvalidOperation:
            return False
    if base == "boolean":
        return literal.lower() in {"true", "false"}
    return any(_is_time(literal, form) for form in _DATE_FORMATS.get(base, ()))


def _is_time(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007 - as the engine reads it, without a zone
    except ValueError:
        return False
    return True


def columns_tested(tree: Expression | None) -> set[str]:
    """List the columns that a filter tests, in lower case."""
    return set() if tree is None else {test.column.lower() for test in _tests(tree)}


def document_of(tree: Expression) -> dict[str, Any]:
    """Write a filter as plain lists and texts, for the process that applies it to rows."""
    match tree:
        case Compare():
            return {"test": tree.op, "column": tree.column.lower(), "literals": [tree.literal]}
        case In():
            return {"test": "in", "column": tree.column.lower(), "literals": list(tree.literals)}
        case Between():
            return {"test": "between", "column": tree.column.lower(), "literals": [tree.low, tree.high]}
        case Like():
            return {"test": "like", "column": tree.column.lower(), "literals": [tree.pattern]}
        case IsNull():
            return {"test": "null", "column": tree.column.lower(), "literals": []}
        case Not():
            return {"test": "not", "of": [document_of(tree.operand)]}
        case And():
            return {"test": "and", "of": [document_of(operand) for operand in tree.operands]}
        case Or():
            return {"test": "or", "of": [document_of(operand) for operand in tree.operands]}
