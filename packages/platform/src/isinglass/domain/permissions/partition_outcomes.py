"""Which partitions may hold rows that a row filter lets through, by their values alone."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

from isinglass.domain.partition_expression import And, Between, Compare, Expression, In, IsNull, Like, Not
from isinglass.domain.partition_types import KeyType, NotOfType, UnknownType, key_type

_NULL = "__HIVE_DEFAULT_PARTITION__"
#: What a test may come to for the rows of a partition: true, false, or unknown as NULL makes it.
_Outcome = bool | None
_Outcomes = frozenset[_Outcome]
_ANY: _Outcomes = frozenset({True, False, None})
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: bool(left == right),
    "<>": lambda left, right: bool(left != right),
    "<": lambda left, right: bool(left < right),
    "<=": lambda left, right: bool(left <= right),
    ">": lambda left, right: bool(left > right),
    ">=": lambda left, right: bool(left >= right),
}


def may_hold(tree: Expression | None, keys: Sequence[Mapping[str, Any]], values: Sequence[str]) -> bool:
    """Tell whether a filter may be true for some row of a partition."""
    if tree is None:
        return True
    known = {
        key["Name"].lower(): (key.get("Type", "string"), value)
        for key, value in zip(keys, values, strict=False)
    }
    return True in _outcomes(tree, known)


def _outcomes(tree: Expression, known: Mapping[str, tuple[str, str]]) -> _Outcomes:
    if isinstance(tree, Not):
        return frozenset(_not(each) for each in _outcomes(tree.operand, known))
    if not isinstance(tree, Compare | In | Between | Like | IsNull):
        operands = [_outcomes(operand, known) for operand in tree.operands]
        join = _and if isinstance(tree, And) else _or
        return frozenset(join(each) for each in product(*(set(operand) for operand in operands)))
    if tree.column.lower() not in known:
        return _ANY
    type_name, value = known[tree.column.lower()]
    if isinstance(tree, IsNull):
        return frozenset({value == _NULL})
    if value == _NULL:
        return frozenset({None})
    try:
        return frozenset({_test(tree, key_type(type_name), value)})
    except (NotOfType, UnknownType):
        return _ANY


def _test(tree: Compare | In | Between | Like, kind: KeyType, text: str) -> bool:
    if isinstance(tree, Like):
        pattern = re.escape(tree.pattern).replace("%", ".*").replace("_", ".")
        return re.fullmatch(pattern, text, re.DOTALL) is not None
    value = kind.read(text)
    if isinstance(tree, Compare):
        return _COMPARE[tree.op](value, kind.read(tree.literal))
    if isinstance(tree, In):
        return value in {kind.read(literal) for literal in tree.literals}
    return bool(kind.read(tree.low) <= value <= kind.read(tree.high))


def _not(outcome: _Outcome) -> _Outcome:
    return None if outcome is None else not outcome


def _and(outcomes: Sequence[_Outcome]) -> _Outcome:
    return False if False in outcomes else None if None in outcomes else True


def _or(outcomes: Sequence[_Outcome]) -> _Outcome:
    return True if True in outcomes else None if None in outcomes else False
