"""Types of Iceberg columns, as its metadata files write them: names, or objects of nested types."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from isinglass.model.glue.errors import InvalidInputException

_SIMPLE = {
    "boolean": "boolean",
    "int": "int",
    "long": "bigint",
    "float": "float",
    "double": "double",
    "date": "date",
    "time": "string",
    "timestamp": "timestamp",
    "timestamptz": "timestamp",
    "string": "string",
    "uuid": "string",
    "binary": "binary",
}
#: Types that came with version 3 of the format.
_LATER = {"timestamp_ns": "timestamp", "timestamptz_ns": "timestamp", "unknown": "void", "variant": "binary"}
_DECIMAL = re.compile(r"decimal\(\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\)")
_FIXED = re.compile(r"fixed\[(\d{1,9})\]")
_PROMOTIONS = {("int", "long"), ("float", "double")}
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Nested:
    """A field inside a nested type; `free` says that it can be chosen alone."""

    id: int
    name: str
    type: Any
    required: bool
    free: bool


def check_type(given: Any, version: int, where: str, depth: int = 0) -> Any:
    """Return a type as metadata files write it, or refuse it."""
    if depth > _DEEPEST:
        raise InvalidInputException(f"The type of {where} is nested more than {_DEEPEST} deep")
    if isinstance(given, str):
        return _check_simple(given.strip(), version, where)
    if not isinstance(given, Mapping) or "type" not in given:
        raise InvalidInputException(
            f"The type of {where} must be a name or an object with a type, not {given!r}"
        )
    match given["type"]:
        case "struct":
            return {
                "type": "struct",
                "fields": [_field(each, version, where, depth) for each in _fields(given)],
            }
        case "list":
            element = check_type(given.get("element"), version, f"{where}.element", depth + 1)
            ids = _ids(given, where, "element-id")
            return {"type": "list", **ids, "element-required": _flag(given, "element"), "element": element}
        case "map":
            key = check_type(given.get("key"), version, f"{where}.key", depth + 1)
            value = check_type(given.get("value"), version, f"{where}.value", depth + 1)
            ids = _ids(given, where, "key-id", "value-id")
            return {"type": "map", **ids, "key": key, "value-required": _flag(given, "value"), "value": value}
    raise InvalidInputException(f"The type of {where} is {given['type']!r}; there are struct, list and map")


def _check_simple(name: str, version: int, where: str) -> str:
    if name in _SIMPLE or _FIXED.fullmatch(name):
        return name
    if found := _DECIMAL.fullmatch(name):
        precision, scale = int(found[1]), int(found[2])
        if not (1 <= precision <= 38 and scale <= precision):
            raise InvalidInputException(f"The type {name} of {where} has a precision or scale out of range")
        return f"decimal({precision}, {scale})"
    if name in _LATER:
        if version < 3:
            raise InvalidInputException(f"The type {name} of {where} needs version 3 of the format")
        return name
    raise InvalidInputException(f"There is no Iceberg type {name!r}, which {where} has")


def _fields(given: Mapping[str, Any]) -> list[Any]:
    fields = given.get("fields")
    if not isinstance(fields, list) or not all(isinstance(field, Mapping) for field in fields):
        raise InvalidInputException("A struct must have a list of fields")
    return fields


def _field(given: Mapping[str, Any], version: int, where: str, depth: int) -> dict[str, Any]:
    name = given.get("name")
    if not isinstance(name, str) or not name:
        raise InvalidInputException(f"A field of {where} has no name")
    kept = {key: given[key] for key in ("doc", "initial-default", "write-default") if key in given}
    return {
        **_ids(given, f"{where}.{name}", "id"),
        "name": name,
        "required": given.get("required") is True,
        "type": check_type(given.get("type"), version, f"{where}.{name}", depth + 1),
        **kept,
    }


def _ids(given: Mapping[str, Any], where: str, *members: str) -> dict[str, int]:
    for member in members:
        if isinstance(given.get(member), bool) or not isinstance(given.get(member), int):
            raise InvalidInputException(f"{where} must have a number as its {member}")
    return {member: given[member] for member in members}


def _flag(given: Mapping[str, Any], part: str) -> bool:
    return given.get(f"{part}-required") is True


def inside(kind: Any, *, free: bool = True) -> Iterator[Nested]:
    """List the fields inside a checked type, at any depth."""
    if isinstance(kind, str):
        return
    found: list[Nested] = []
    match kind["type"]:
        case "struct":
            found.extend(
                Nested(field["id"], field["name"], field["type"], field["required"], free)
                for field in kind["fields"]
            )
        case "list":
            required = kind["element-required"]
            found.append(Nested(kind["element-id"], "element", kind["element"], required, free=False))
        case "map":
            found.append(Nested(kind["key-id"], "key", kind["key"], required=True, free=False))
            found.append(Nested(kind["value-id"], "value", kind["value"], kind["value-required"], free=False))
    for field in found:
        yield field
        yield from inside(field.type, free=field.free)


def can_become(old: Any, new: Any) -> bool:
    """Tell whether files of the old type can be read as the new one."""
    if isinstance(old, str) and isinstance(new, str):
        if old == new or (old, new) in _PROMOTIONS:
            return True
        before, after = _DECIMAL.fullmatch(old), _DECIMAL.fullmatch(new)
        return bool(before and after and before[2] == after[2] and int(before[1]) <= int(after[1]))
    # What is inside is compared by its own ids.
    return isinstance(old, Mapping) and isinstance(new, Mapping) and old["type"] == new["type"]


def hive_type(kind: Any) -> str:
    """Give the type that the catalog shows a column with."""
    if isinstance(kind, str):
        if decimal := _DECIMAL.fullmatch(kind):
            return f"decimal({decimal[1]},{decimal[2]})"
        return _SIMPLE.get(kind) or _LATER.get(kind) or "binary"
    if kind["type"] == "struct":
        fields = (f"{field['name']}:{hive_type(field['type'])}" for field in kind["fields"])
        return f"struct<{','.join(fields)}>"
    if kind["type"] == "list":
        return f"array<{hive_type(kind['element'])}>"
    return f"map<{hive_type(kind['key'])},{hive_type(kind['value'])}>"
