"""Partition values as one text that sorts like the list of values: the key partitions are stored under.

Each value ends with U+0001; the characters U+0000 to U+0002 inside values are escaped to two characters
that begin with U+0002. So comparing two keys by code point compares the lists value by value, a prefix of
values is a range of keys, and no key holds U+0000, which PostgreSQL cannot store.
"""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

#: How Hive writes a missing value.
NULL = "__HIVE_DEFAULT_PARTITION__"

_END = "\x01"
_AFTER_END = "\x02"
_ESCAPES = str.maketrans({"\x00": "\x02\x03", "\x01": "\x02\x04", "\x02": "\x02\x05"})

#: PostgreSQL indexes at most 2704 bytes per row; a character takes up to four.
_LONGEST_KEY = 600


@dataclass(frozen=True, slots=True)
class KeyRange:
    """Keys from `low` on and before `high`; None is unbounded."""

    low: str | None = None
    high: str | None = None


EVERYTHING = KeyRange()


def _escape(value: str) -> str:
    return value.translate(_ESCAPES)


def encode(values: Sequence[str]) -> str:
    """Encode a list of values; distinct lists have distinct keys.

    A key too long to be indexed keeps its beginning, which is all that ranges compare, and a digest.
    """
    key = _END.join([*values, ""])
    if key.count(_END) != len(values) or "\x00" in key or _AFTER_END in key:
        key = "".join([_escape(value) + _END for value in values])
    if len(key) <= _LONGEST_KEY:
        return key
    return key[:_LONGEST_KEY] + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def segment_of(values: Sequence[str], total: int) -> int:
    """Number the segment that a partition belongs to, out of a total: the same at every call."""
    return zlib.crc32(_END.join(values).encode("utf-8", "surrogatepass")) % total


def key_range(
    prefix: Sequence[str],
    low: tuple[str, bool] | None = None,
    high: tuple[str, bool] | None = None,
) -> KeyRange:
    """Find the keys whose first values are `prefix` and whose next value is within the bounds.

    A bound is its value and whether the value itself is within.
    """
    start = "".join(_escape(value) + _END for value in prefix)
    lower, upper = start or None, start[:-1] + _AFTER_END if start else None
    if low is not None:
        lower = start + _escape(low[0]) + (_END if low[1] else _AFTER_END)
    if high is not None:
        upper = start + _escape(high[0]) + (_AFTER_END if high[1] else _END)
    if max(len(lower or ""), len(upper or "")) > _LONGEST_KEY // 2:
        return EVERYTHING  # shortened keys compare rightly within their beginning only
    return KeyRange(lower, upper)
