"""Filters of records that arrive as JSON, in the language of GetPartitions expressions, decided here.

A field is compared as what its entity's type says that it is, or else as what each value of it is: numbers
by their value, truth values, and everything else as text.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Literal

from isinglass.domain.entities.names import matching
from isinglass.domain.partition_expression import (
    Comparison,
    Condition,
    IsNull,
    Like,
    UnsupportedExpression,
    parse,
)
from isinglass.domain.truths import Test, Truth, comparison, compiled

Record = Mapping[str, Any]
Kind = Literal["number", "truth value", "text", "structure", "date in a form of its own"]

_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(
        ("BYTE", "SHORT", "SMALLINT", "INT", "BIGINT", "LONG", "FLOAT", "DOUBLE", "DECIMAL"), "number"
    ),
    **dict.fromkeys(("STRING", "DATE", "TIMESTAMP"), "text"),
    **dict.fromkeys(("ARRAY", "MAP", "STRUCT", "UNION", "BINARY"), "structure"),
    "BOOLEAN": "truth value",
    "FORMATTED": "date in a form of its own",
}
#: How dates are written that compare as texts do.
_COMPARABLE_DATE = "yyyy-MM-dd"
_COMPARED = (
    "EQUAL_TO", "NOT_EQUAL_TO", "LESS_THAN", "LESS_THAN_OR_EQUAL_TO", "GREATER_THAN",
    "GREATER_THAN_OR_EQUAL_TO", "BETWEEN",
)  # fmt: skip
#: What filters may do with a field of each kind, in Glue's words.
_OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    "number": _COMPARED,
    "text": (*_COMPARED, "CONTAINS"),
    "truth value": ("EQUAL_TO", "NOT_EQUAL_TO"),
    "structure": (),
    "date in a form of its own": (),
}
#: Of a LIKE: texts may have millions of characters, and all wait while they are searched.
_LONGEST_PATTERN = 256
_TRUTHS = {"true": True, "false": False}


@dataclass(eq=False)
class BadFilter(Exception):
    """The text is no filter of such records."""

    reason: str

    def __str__(self) -> str:
        return self.reason


def filtered_as(field_type: str, date_format: str | None) -> str:
    """Say as which type a field is filtered: dates as 31/01/2026 are none that could be compared."""
    if field_type in ("DATE", "TIMESTAMP") and date_format and not date_format.startswith(_COMPARABLE_DATE):
        return "FORMATTED"
    return field_type


def operators(field_type: str) -> tuple[str, ...]:
    """List what filters may do with a field that is filtered as a type."""
    return _OPERATORS[_KINDS[field_type]]


def compile_record_filter(text: str, types: Mapping[str, str]) -> Callable[[Record], bool]:
    """Compile a filter for records whose fields have these types, by name; none where the values tell.

    Raises BadFilter, as does the filter itself for a value that it cannot compare.
    """
    try:
        test = compiled(parse(text, typed_literals=True), partial(_test_of, types))
    except UnsupportedExpression as error:
        raise BadFilter(f"FilterPredicate is not understood: {error.reason}") from error
    return lambda record: test(record) is True


def _test_of(types: Mapping[str, str], condition: Condition) -> Test[Record]:
    name = field_named(types, condition.column)
    if isinstance(condition, IsNull):
        return lambda record: record.get(name) is None
    return _compared(condition, name, types)


def field_named(names: Iterable[str], wanted: str) -> str:
    """Find the field that somebody names; where no names are known, it is taken at its word."""
    known = sorted(names)
    found = matching(known, wanted) if known else wanted
    if found is None:
        raise BadFilter(f"There is no field {wanted}; there are {', '.join(known)}")
    return found


def _compared(node: Comparison, name: str, types: Mapping[str, str]) -> Test[Record]:
    if isinstance(node, Like) and len(node.pattern) > _LONGEST_PATTERN:
        raise BadFilter(f"The pattern for {name} has more than {_LONGEST_PATTERN} characters")
    decisions: dict[Kind, Callable[[Any], bool]] = {}

    def decision(kind: Kind) -> Callable[[Any], bool]:
        if kind not in decisions:
            if not _OPERATORS[kind] or (isinstance(node, Like) and kind != "text"):
                means = "LIKE is not for" if isinstance(node, Like) else "is not filtered by"
                raise BadFilter(f"{name} is a {kind}, which {means}")
            decisions[kind] = comparison(node, lambda literal: _literal(kind, name, literal))
        return decisions[kind]

    declared = _KINDS[types[name]] if types else None
    if declared is not None:
        decision(declared)  # what it cannot be compared with is told before anything is read

    def test(record: Record) -> Truth:
        value = record.get(name)
        if value is None:
            return None
        kind = declared or _kind_of(value)
        comparable = _READ[kind](value)
        return None if comparable is None else decision(kind)(comparable)

    return test


def _kind_of(value: Any) -> Kind:
    if isinstance(value, bool):
        return "truth value"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else "structure"


def _literal(kind: Kind, name: str, literal: str) -> Any:
    found = _READ[kind](literal)
    if found is None:
        raise BadFilter(f"{name} is a {kind}, and {literal!r} is none")
    return found


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else _TRUTHS.get(str(value).lower())


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None


#: How values and literals are read as what they are compared as; None for what cannot be.
_READ: Mapping[Kind, Callable[[Any], Any]] = {
    "number": _number,
    "truth value": _truth,
    "text": _text,
    "structure": lambda value: value,
    "date in a form of its own": lambda value: value,
}
