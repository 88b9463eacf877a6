"""Partition indexes: which keys they can have, and the order-keeping text they sort partitions by.

An entry's key is the indexed values, each encoded so that texts sort like the values and ended by U+0001:
strings as in domain.partition_values, integers as their sign, their number of digits and the digits
(complemented for negative numbers). Keys are cut at a length; what a cut lets through, the filter removes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from isinglass.domain.partition_filter import Bounds
from isinglass.domain.partition_types import NotOfType, key_type
from isinglass.domain.partition_values import NULL
from isinglass.model.glue.errors import InvalidInputException

#: How many indexes one table may have, and how many failed ones it still tells of.
MAX_INDEXES = 3
MAX_FAILED = 10
#: How many partitions an index names as the reason why it failed.
MAX_ERRED = 10

_TYPES = frozenset({"string", "int", "bigint", "long", "tinyint", "smallint"})
_END = "\x01"
_AFTER_END = "\x02"
#: PostgreSQL indexes at most 2704 bytes per row, of which the partition's own key takes most.
_LONGEST_ENTRY = 100
_RESERVED = re.compile("[\x00-\x02]")
_NINES = str.maketrans("0123456789", "9876543210")


@dataclass(frozen=True, slots=True)
class IndexKey:
    """One key of an index; `position` is the key's place among the table's partition keys."""

    name: str
    type_name: str
    position: int


@dataclass(frozen=True, slots=True)
class EntryRange:
    """Entries from `low` to `high`, both included; None is unbounded. `parts` keys are bound."""

    low: str
    high: str | None
    parts: int


@dataclass(eq=False)
class UnindexableValue(Exception):
    """A partition's values cannot be indexed; `code` is how a failed index tells of it."""

    code: str
    message: str

    def __str__(self) -> str:
        return self.message


def index_keys(partition_keys: Sequence[Any], names: Sequence[str]) -> tuple[IndexKey, ...]:
    """Find the partition keys an index names, or refuse them."""
    positions = {key["Name"].lower(): i for i, key in enumerate(partition_keys)}
    keys: dict[str, IndexKey] = {}
    for name in names:
        position = positions.get(name.lower())
        if position is None:
            raise InvalidInputException(f"Index key {name} is not a partition key of the table")
        if name.lower() in keys:
            raise InvalidInputException(f"Index key {name} is given twice")
        key = partition_keys[position]
        type_name = key.get("Type", "string")
        if type_name.lower() not in _TYPES:
            raise InvalidInputException(
                f"Index key {name} is of type {type_name}; indexes support {', '.join(sorted(_TYPES))}"
            )
        keys[name.lower()] = IndexKey(key["Name"], type_name.lower(), position)
    return tuple(keys.values())


def check_indexable(values: Sequence[str], indexes: Sequence[Sequence[IndexKey]]) -> None:
    """Refuse partition values that an index of the table could not hold."""
    for keys in indexes:
        try:
            entry_key(values, keys)
        except UnindexableValue as error:
            raise InvalidInputException(str(error)) from error


def entry_key(values: Sequence[str], keys: Sequence[IndexKey]) -> str:
    """Encode the indexed values of a partition, or raise UnindexableValue."""
    return "".join([_stored(values, key) + _END for key in keys])[:_LONGEST_ENTRY]


def entry_range(bounds: Mapping[str, Bounds], keys: Sequence[IndexKey]) -> EntryRange | None:
    """Find the entries that hold every match of bounds by folded column; None when the index cannot help."""
    prefix, parts = "", 0
    for key in keys:
        bound = bounds.get(key.name.lower())
        if bound is None:
            break
        parts += 1
        if bound.equal is None:
            low = prefix if bound.low is None else prefix + _encode(bound.low[0], key) + _END
            high = _after(prefix) if bound.high is None else prefix + _encode(bound.high[0], key) + _AFTER_END
            return EntryRange(low[:_LONGEST_ENTRY], high and high[:_LONGEST_ENTRY], parts)
        prefix += _encode(bound.equal, key) + _END
    if not parts:
        return None
    cut = prefix[:_LONGEST_ENTRY]
    whole = parts == len(keys) or len(prefix) >= _LONGEST_ENTRY
    return EntryRange(cut, cut if whole else _after(prefix), parts)


def _after(prefix: str) -> str | None:
    return prefix[:-1] + _AFTER_END if prefix else None


def _stored(values: Sequence[str], key: IndexKey) -> str:
    value = values[key.position] if key.position < len(values) else ""
    if not value:
        raise UnindexableValue("MISSING_PARTITION_VALUE_ERROR", f"Index key {key.name} has no value")
    if _RESERVED.search(value):
        raise UnindexableValue(
            "UNSUPPORTED_PARTITION_CHARACTER_ERROR",
            f"The value of index key {key.name} contains a character from U+0000 to U+0002",
        )
    try:
        return "" if value == NULL and key.type_name != "string" else _encode(value, key)
    except NotOfType as error:
        raise UnindexableValue(
            "INVALID_PARTITION_TYPE_DATA_ERROR",
            f"The value {value!r} of index key {key.name} is not of type {key.type_name}",
        ) from error


def _encode(text: str, key: IndexKey) -> str:
    if key.type_name == "string":
        return text
    number = key_type(key.type_name).read(text)
    digits = str(abs(number))
    if number < 0:
        return f"0{999 - len(digits):03}{digits.translate(_NINES)}"
    return f"1{len(digits):03}{digits}"
