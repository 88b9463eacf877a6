"""What a GetPartitions expression means for a table: a test of partition values, and the keys to look at."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from isinglass.domain.partition_expression import (
    And,
    Between,
    Compare,
    Condition,
    Expression,
    IsNull,
    Like,
    UnsupportedExpression,
    parse,
)
from isinglass.domain.partition_types import KeyType, NotOfType, UnknownType, is_ordered_as_text, key_type
from isinglass.domain.partition_values import EVERYTHING, NULL, KeyRange, key_range
from isinglass.domain.truths import Test, Truth, comparison, compiled
from isinglass.model.glue.errors import InvalidInputException, InvalidStateException

_Test = Test[Sequence[str]]


@dataclass(slots=True)
class Bounds:
    """What a conjunction asks of one column, as literals; a bound is its value and whether that is within."""

    equal: str | None = None
    low: tuple[str, bool] | None = None
    high: tuple[str, bool] | None = None


@dataclass(frozen=True, slots=True)
class PartitionFilter:
    """A compiled expression: `matches` decides; `keys` and `bounds` (by folded column) hold all matches."""

    matches: Callable[[Sequence[str]], bool]
    keys: KeyRange
    bounds: Mapping[str, Bounds]


def compile_filter(text: str, partition_keys: Sequence[Any]) -> PartitionFilter | None:
    """Compile an expression for a table's partition keys; None for a blank one, which lets all through.

    A literal that its column's type cannot read is the caller's error; a stored value that it cannot read is
    an InvalidStateException when the test meets it.
    """
    if not text.strip():
        return None
    columns = {
        key["Name"].lower(): _Column(i, key.get("Type", "string")) for i, key in enumerate(partition_keys)
    }
    try:
        tree = parse(text)
        test = compiled(tree, partial(_test_of, columns))
    except (UnsupportedExpression, NotOfType, UnknownType) as error:
        raise InvalidInputException(str(error)) from error
    ordered = [(key["Name"].lower(), key.get("Type", "string")) for key in partition_keys]

    def matches(values: Sequence[str]) -> bool:
        try:
            return test(values) is True
        except NotOfType as error:
            raise InvalidStateException(str(error)) from error

    bounds = _bounds(tree)
    return PartitionFilter(matches, _keys(bounds, ordered), bounds)


@dataclass(frozen=True, slots=True)
class _Column:
    position: int
    type_name: str

    @property
    def type(self) -> KeyType:
        return key_type(self.type_name)


def _test_of(columns: dict[str, _Column], node: Condition) -> _Test:
    column = columns.get(node.column.lower())
    if column is None:
        there = f"The partition keys are {', '.join(columns)}." if columns else "There are none."
        reason = f"{node.column} is no partition key of the table. {there}"
        raise InvalidInputException(f"Invalid partition expression! {reason}")
    position = column.position
    if isinstance(node, IsNull):
        return lambda values: position >= len(values) or values[position] == NULL
    kind = column.type
    if isinstance(node, Like) and kind.family != "String":
        raise InvalidInputException(f"{kind.family} data type doesn't support operation 'LIKE'")
    read = kind.read
    decide = comparison(node, read)

    def test(values: Sequence[str]) -> Truth:
        if position >= len(values):
            return None  # the table got another key after this partition was made
        text = values[position]
        return None if text == NULL else decide(read(text))

    return test


def _keys(bounds: Mapping[str, Bounds], partition_keys: Sequence[tuple[str, str]]) -> KeyRange:
    """Find a range of keys that holds every match: equality on the leading keys, then bounds on the next."""
    prefix: list[str] = []
    for name, type_name in partition_keys:
        if not is_ordered_as_text(type_name):
            break
        bound = bounds.get(name, Bounds())
        if bound.equal is None:
            return key_range(prefix, bound.low, bound.high)
        prefix.append(bound.equal)
    return key_range(prefix) if prefix else EVERYTHING


def _bounds(tree: Expression) -> dict[str, Bounds]:
    """Read bounds off the conditions that must all hold; where several bound one side the last one serves."""
    found: dict[str, Bounds] = {}
    for condition in tree.operands if isinstance(tree, And) else (tree,):
        if not isinstance(condition, Compare | Between) or getattr(condition, "op", "") == "<>":
            continue
        bounds = found.setdefault(condition.column.lower(), Bounds())
        match condition:
            case Compare(_, "=", literal):
                bounds.equal = literal
            case Compare(_, ">" | ">=" as op, literal):
                bounds.low = (literal, op == ">=")
            case Compare(_, "<" | "<=" as op, literal):
                bounds.high = (literal, op == "<=")
            case Between(_, low, high):
                bounds.low, bounds.high = (low, True), (high, True)
    return found
