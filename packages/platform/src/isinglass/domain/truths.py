"""What conditions decide, as in SQL: true, false, or unknown where a value is missing."""

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from isinglass.domain.partition_expression import (
    And,
    Between,
    Compare,
    Comparison,
    Condition,
    Expression,
    In,
    Like,
    Not,
    Or,
)

_Row = TypeVar("_Row")

#: None is unknown, which a comparison with a missing value gives.
Truth = bool | None
Test = Callable[[_Row], Truth]

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compiled(tree: Expression, test_of: Callable[[Condition], Test[_Row]]) -> Test[_Row]:
    """Build the test of an expression out of those of its conditions."""
    match tree:
        case And(operands):
            return all_of([compiled(each, test_of) for each in operands])
        case Or(operands):
            return any_of([compiled(each, test_of) for each in operands])
        case Not(operand):
            return negated(compiled(operand, test_of))
        case _:
            return test_of(tree)


def all_of(tests: Sequence[Test[_Row]]) -> Test[_Row]:
    """Test that all tests hold."""

    def test(row: _Row) -> Truth:
        answer: Truth = True
        for each in tests:
            part = each(row)
            if part is False:
                return False
            if part is None:
                answer = None
        return answer

    return test


def any_of(tests: Sequence[Test[_Row]]) -> Test[_Row]:
    """Test that any of the tests holds."""

    def test(row: _Row) -> Truth:
        answer: Truth = False
        for each in tests:
            part = each(row)
            if part is True:
                return True
            if part is None:
                answer = None
        return answer

    return test


def negated(inner: Test[_Row]) -> Test[_Row]:
    """Test that a test does not hold; what is unknown stays so."""

    def test(row: _Row) -> Truth:
        answer = inner(row)
        return None if answer is None else not answer

    return test


def comparison(node: Comparison, read: Callable[[str], Any]) -> Callable[[Any], bool]:
    """Build what decides about one value, of the type whose literals `read` reads."""
    match node:
        case Compare(_, op, literal):
            compare, wanted = _OPERATORS[op], read(literal)
            return lambda value: compare(value, wanted)
        case In(_, literals):
            return frozenset(read(literal) for literal in literals).__contains__
        case Between(_, low, high):
            lowest, highest = read(low), read(high)
            return lambda value: bool(lowest <= value <= highest)
        case Like(_, pattern):
            return lambda value: like(value, pattern)


def like(text: str, pattern: str) -> bool:
    """Match SQL's LIKE without going back and forth: % any characters, _ one, nothing escapes."""
    first, *others = pattern.split("%")
    if not others:
        return len(text) == len(first) and _find(first, text, 0, len(text)) == 0
    *middle, last = others
    at, end = len(first), len(text) - len(last)
    if at > end or _find(first, text, 0, at) != 0 or _find(last, text, end, len(text)) != end:
        return False
    for part in middle:
        found = _find(part, text, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _find(part: str, text: str, start: int, end: int) -> int:
    """Find the first place within a text where a part of a pattern fits; -1 where there is none."""
    if "_" not in part:
        return text.find(part, start, end)
    found = re.compile(".".join(map(re.escape, part.split("_"))), re.DOTALL).search(text, start, end)
    return found.start() if found else -1
