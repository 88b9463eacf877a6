"""Holds JSON contents against a structure of a schema."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from isinglass.domain.smithy.shapes import NONE, Bounds, Constraints, Schema, Shape

#: Contents nested deeper are refused, so that none exhausts the stack.
_DEEPEST = 100

_WHOLE = {
    "Byte": (-(2**7), 2**7 - 1),
    "Short": (-(2**15), 2**15 - 1),
    "Integer": (-(2**31), 2**31 - 1),
    "Long": (-(2**63), 2**63 - 1),
    "BigInteger": (None, None),
}


@dataclass(eq=False)
class ContentError(Exception):
    """A content does not fit its schema; `path` says where, as in `$.owners[0].email`."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


def read_content(text: str) -> Any:
    """Parse the JSON of a content, stricter than most: no key twice, no NaN; raises ContentError."""
    try:
        content = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
        if "\\u" in text:
            json.dumps(content, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ContentError("$", "it nests too deeply") from error
    except UnicodeEncodeError as error:
        raise ContentError("$", "it has half a character (a lone surrogate)") from error
    except ValueError as error:
        raise ContentError("$", f"it is no JSON: {error}") from error
    _check_depth(content)
    return content


def _check_depth(content: Any) -> None:
    level = [content]
    for _ in range(_DEEPEST):
        nested = [each for each in level if isinstance(each, dict | list)]
        if not nested:
            return
        level = [inner for each in nested for inner in (each.values() if isinstance(each, dict) else each)]
    raise ContentError("$", "it nests too deeply")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ContentError("$", f"{max(names, key=names.count)!r} stands twice in one object")
    return found


def _constant(name: str) -> Any:
    raise ContentError("$", f"{name} is no JSON")


def check_content(schema: Schema, structure: str, content: Any) -> None:
    """Refuse a parsed content that does not fit; raises ContentError."""
    _Checker(schema).check(schema[structure], NONE, content, "$", 0)


class _Checker:
    """Walks a content and a schema together."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def check(self, shape: Shape, own: Constraints, value: Any, path: str, depth: int) -> None:
        if depth > _DEEPEST:
            raise ContentError(path, "it nests too deeply")
        match shape.kind:
            case "structure":
                self._structure(shape, _mapping(value, path), path, depth)
            case "union":
                self._union(shape, _mapping(value, path), path, depth)
            case "list":
                self._list(shape, own, value, path, depth)
            case "map":
                self._map(shape, own, _mapping(value, path), path, depth)
            case "enum" | "intEnum":
                if type(value) is bool or value not in shape.values:
                    raise ContentError(path, f"it is one of {', '.join(map(str, shape.values))}")
                _check_scalar(shape, own, value, path)
            case _:
                _SIMPLE[shape.simple](value, path)
                if shape.simple == "Timestamp":
                    _check_timestamp(shape, own, value, path)
                _check_scalar(shape, own, value, path)

    def _structure(self, shape: Shape, value: Mapping[str, Any], path: str, depth: int) -> None:
        for member in shape.members:
            found = value.get(member.name)
            inner = f"{path}.{member.name}"
            if found is not None:
                self.check(self._schema[member.target], member.constraints, found, inner, depth + 1)
            elif member.constraints.required:
                raise ContentError(inner, "it is required")
        known = {member.name for member in shape.members}
        for name in value:
            if name not in known:
                have = ", ".join(sorted(known)) or "none"
                raise ContentError(path, f"{shape.name} has no member {name!r}; it has {have}")

    def _union(self, shape: Shape, value: Mapping[str, Any], path: str, depth: int) -> None:
        given = [name for name, found in value.items() if found is not None]
        if len(given) != 1:
            raise ContentError(path, f"exactly one member of {shape.name} must be given")
        self._structure(shape, value, path, depth)

    def _list(self, shape: Shape, own: Constraints, value: Any, path: str, depth: int) -> None:
        if not isinstance(value, list):
            raise ContentError(path, f"it must be a list, not {_noun(value)}")
        member = shape.members[0]
        target = self._schema[member.target]
        for constraints in (shape.constraints, own):
            _check_length(constraints.length, len(value), path, "items")
            if constraints.unique and _repeats(value):
                raise ContentError(path, "its items must differ")
        for index, item in enumerate(value):
            inner = f"{path}[{index}]"
            if item is not None:
                self.check(target, member.constraints, item, inner, depth + 1)
            elif not shape.constraints.sparse:
                raise ContentError(inner, "it must not be null")

    def _map(self, shape: Shape, own: Constraints, value: Mapping[str, Any], path: str, depth: int) -> None:
        key, member = (shape.member(name) for name in ("key", "value"))
        assert key is not None
        assert member is not None
        for constraints in (shape.constraints, own):
            _check_length(constraints.length, len(value), path, "entries")
        for name, item in value.items():
            inner = f"{path}[{name!r}]"
            self.check(self._schema[key.target], key.constraints, name, f"the key of {inner}", depth + 1)
            if item is not None:
                self.check(self._schema[member.target], member.constraints, item, inner, depth + 1)
            elif not shape.constraints.sparse:
                raise ContentError(inner, "it must not be null")


def _check_scalar(shape: Shape, own: Constraints, value: Any, path: str) -> None:
    for constraints in (shape.constraints, own):
        if constraints.length is not None:
            size = len(base64.b64decode(value)) if shape.simple == "Blob" else len(value)
            _check_length(constraints.length, size, path, "bytes" if shape.simple == "Blob" else "characters")
        if constraints.range is not None and not isinstance(value, str):
            least, most = constraints.range
            if (least is not None and value < least) or (most is not None and value > most):
                raise ContentError(path, f"{value} is not {_between(constraints.range)}")
        if constraints.matches is not None and not constraints.matches(value):
            raise ContentError(path, f"it does not match the pattern {constraints.pattern}")


def _check_timestamp(shape: Shape, own: Constraints, value: Any, path: str) -> None:
    wanted = own.timestamp_format or shape.constraints.timestamp_format
    number = not isinstance(value, str)
    if number and wanted in (None, "epoch-seconds"):
        return
    if not number and wanted in (None, "date-time") and _is_moment(value):
        return
    if not number and wanted == "http-date" and _is_http_date(value):
        return
    raise ContentError(path, f"it is no timestamp ({wanted or 'epoch-seconds or date-time'})")


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _is_http_date(text: str) -> bool:
    try:
        return parsedate_to_datetime(text).tzinfo is not None
    except ValueError:
        return False


def _check_length(bounds: Bounds | None, size: int, path: str, noun: str) -> None:
    if bounds is None:
        return
    least, most = bounds
    if (least is not None and size < least) or (most is not None and size > most):
        raise ContentError(path, f"it has {size} {noun}, which is not {_between(bounds)}")


def _between(bounds: Bounds) -> str:
    least, most = bounds
    if least is None:
        return f"at most {most}"
    return f"at least {least}" if most is None else f"from {least} to {most}"


def _repeats(items: list[Any]) -> bool:
    return len({json.dumps(item, sort_keys=True) for item in items}) < len(items)


def _mapping(value: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ContentError(path, f"it must be an object, not {_noun(value)}")
    return value


def _noun(value: Any) -> str:
    for kinds, noun in ((bool, "a boolean"), (str, "a text"), (int | float, "a number"), (list, "a list")):
        if isinstance(value, kinds):
            return noun
    return "null" if value is None else "an object"


def _text(value: Any, path: str) -> None:
    if not isinstance(value, str):
        raise ContentError(path, f"it must be a text, not {_noun(value)}")


def _boolean(value: Any, path: str) -> None:
    if not isinstance(value, bool):
        raise ContentError(path, f"it must be true or false, not {_noun(value)}")


def _whole(name: str) -> Callable[[Any, str], None]:
    least, most = _WHOLE[name]

    def check(value: Any, path: str) -> None:
        if type(value) is not int:
            raise ContentError(path, f"it must be a whole number, not {_noun(value)}")
        if (least is not None and value < least) or (most is not None and value > most):
            raise ContentError(path, f"{value} does not fit into a {name}")

    return check


def _number(value: Any, path: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ContentError(path, f"it must be a number, not {_noun(value)}")
    if value in (float("inf"), float("-inf")):
        raise ContentError(path, "the number is too large")


def _timestamp(value: Any, path: str) -> None:
    if not isinstance(value, str):
        _number(value, path)


def _blob(value: Any, path: str) -> None:
    _text(value, path)
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ContentError(path, "it is no Base64") from error


def _document(_value: Any, _path: str) -> None:
    """Accept anything."""


_SIMPLE: Mapping[str, Callable[[Any, str], None]] = {
    "String": _text, "Boolean": _boolean, "Timestamp": _timestamp, "Blob": _blob, "Document": _document,
    "Float": _number, "Double": _number, "BigDecimal": _number, **{name: _whole(name) for name in _WHOLE},
}  # fmt: skip
