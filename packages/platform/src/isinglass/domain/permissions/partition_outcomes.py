"""Which partitions may hold rows that a row filter lets through, by their values alone."""

from collections.abc import Mapping, Sequence
from functools import partial, reduce
from typing import Any

from isinglass.domain.partition_expression import And, Comparison, Expression, IsNull, Like, Not, Or
from isinglass.domain.partition_types import KeyType, NotOfType, UnknownType, key_type
from isinglass.domain.truths import Truth, comparison

_NULL = "__HIVE_DEFAULT_PARTITION__"
#: What a test may come to for the rows of a partition: true, false, or unknown as NULL makes it.
_Outcomes = frozenset[Truth]
_ANY: _Outcomes = frozenset({True, False, None})


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
    if isinstance(tree, And | Or):
        # Two by two: of twenty conditions of unknown outcome there are three thousand million combinations.
        decisive = isinstance(tree, Or)
        return reduce(partial(_joined, decisive), (_outcomes(each, known) for each in tree.operands))
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


def _test(tree: Comparison, kind: KeyType, text: str) -> bool:
    return comparison(tree, kind.read)(text if isinstance(tree, Like) else kind.read(text))


def _not(outcome: Truth) -> Truth:
    return None if outcome is None else not outcome


def _joined(decisive: bool, left: _Outcomes, right: _Outcomes) -> _Outcomes:
    """Give what two may come to together; one that is decisive decides, as true does of OR."""
    return frozenset(
        decisive if decisive in (one, other) else None if None in (one, other) else not decisive
        for one in left
        for other in right
    )
