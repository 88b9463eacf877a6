"""Hive types as crawls merge them: two files of one table may disagree, the table must hold both."""

import re
from collections.abc import Iterator

#: What a column is called that no sampled record had a value for; it becomes a string in the catalog.
VOID = "void"

_INTEGERS = ("tinyint", "smallint", "int", "bigint")
_DIGITS = {"tinyint": 3, "smallint": 5, "int": 10, "bigint": 19}
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")
_MAXIMUM_PRECISION = 38


def catalog_type(hive: str) -> str:
    """Name a type for the catalog, where unknown means string."""
    return re.sub(rf"\b{VOID}\b(?!:)", "string", hive)


def is_nested(hive: str) -> bool:
    """Tell structs, arrays and maps from scalars."""
    return hive.startswith(("struct<", "array<", "map<"))


def merge(left: str, right: str) -> str:
    """Find the narrowest type that holds both; string when they have nothing in common."""
    if right in (left, VOID):
        return left
    if left == VOID:
        return right
    for constructor in ("struct", "array", "map"):
        if left.startswith(f"{constructor}<") and right.startswith(f"{constructor}<"):
            return _merge_nested(constructor, left, right)
    return _merge_numbers(left, right) or _merge_times(left, right) or "string"


def holds(wide: str, narrow: str) -> bool:
    """Tell whether values of the narrow type fit the wide one."""
    return catalog_type(merge(wide, narrow)) == catalog_type(wide)


def _merge_nested(constructor: str, left: str, right: str) -> str:
    if constructor != "struct":
        pairs = zip(_arguments(left), _arguments(right), strict=False)
        return f"{constructor}<{','.join(merge(a, b) for a, b in pairs)}>"
    fields = dict(_fields(left))
    for name, hive in _fields(right):
        fields[name] = merge(fields[name], hive) if name in fields else hive
    return f"struct<{','.join(f'{name}:{hive}' for name, hive in fields.items())}>"


def _merge_numbers(left: str, right: str) -> str | None:
    if left in _INTEGERS and right in _INTEGERS:
        return max(left, right, key=_INTEGERS.index)
    floats = {"float", "double"}
    if left in floats or right in floats:
        other = right if left in floats else left
        return "double" if other in floats or other in _INTEGERS or _DECIMAL.fullmatch(other) else None
    return _merge_decimals(left, right)


def _merge_decimals(left: str, right: str) -> str | None:
    sizes = [_decimal_size(hive) for hive in (left, right)]
    if sizes[0] is None or sizes[1] is None:
        return None
    scale = max(sizes[0][1], sizes[1][1])
    precision = scale + max(sizes[0][0] - sizes[0][1], sizes[1][0] - sizes[1][1])
    return f"decimal({precision},{scale})" if precision <= _MAXIMUM_PRECISION else "double"


def _decimal_size(hive: str) -> tuple[int, int] | None:
    if hive in _DIGITS:
        return _DIGITS[hive], 0
    match = _DECIMAL.fullmatch(hive)
    return (int(match[1]), int(match[2])) if match else None


def _merge_times(left: str, right: str) -> str | None:
    return "timestamp" if {left, right} == {"date", "timestamp"} else None


def _fields(struct: str) -> Iterator[tuple[str, str]]:
    for argument in _arguments(struct):
        name, _, hive = argument.partition(":")
        yield name, hive


def _arguments(nested: str) -> Iterator[str]:
    """Split what stands between the outer angle brackets at its top-level commas."""
    inside = nested[nested.index("<") + 1 : -1]
    depth = start = 0
    for position, character in enumerate(inside):
        depth += (character in "<(") - (character in ">)")
        if character == "," and depth == 0:
            yield inside[start:position]
            start = position + 1
    if inside:
        yield inside[start:]
