"""Holds one asset against a search, where an index knows more of the asset than its searcher may see."""

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from isinglass.domain.business.index import Said, Value, asset_words, values
from isinglass.domain.business.search import (
    Absent,
    AllOf,
    AnyOf,
    AssetSearch,
    ColumnTest,
    Filter,
    Never,
    ValueTest,
)

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": operator.eq,
    "greaterThan": operator.gt,
    "greaterThanOrEquals": operator.ge,
    "lessThan": operator.lt,
    "lessThanOrEquals": operator.le,
}


def matches(search: AssetSearch, said: Said, words: Iterable[str], columns: Mapping[str, Any]) -> bool:
    """Tell whether a search finds an asset of which this is said; `words` are its table's own."""
    present = asset_words(said) | set(words)
    if not present.issuperset(search.words):
        return False
    return search.filter is None or _passes(search.filter, values(said), columns)


def _passes(test: Filter, present: list[Value], columns: Mapping[str, Any]) -> bool:
    match test:
        case AllOf(parts):
            return all(_passes(part, present, columns) for part in parts)
        case AnyOf(parts):
            return any(_passes(part, present, columns) for part in parts)
        case ColumnTest(column, name, wanted):
            return _COMPARE[name](columns[column], wanted)
        case ValueTest(holder, name, comparison, wanted):
            found = (value for value in present if (value.holder, value.name) == (holder, name))
            actual = ((value.text if isinstance(wanted, str) else value.number) for value in found)
            return any(each is not None and _COMPARE[comparison](each, wanted) for each in actual)
        case Absent():
            return not any(_is_within(test, value) for value in present)
        case Never():
            return False


def _is_within(test: Absent, value: Value) -> bool:
    return (
        (value.holder, value.name) == (test.holder, test.name)
        or value.holder == test.attribute
        or value.holder.startswith(test.attribute + ".")
    )
