"""Compiles each input shape into one function that types, checks and cleans a request document.

Unknown members and nulls are dropped, as AWS does. A value of the wrong kind ends the parse at once
(SerializationException); failed constraints are collected, so that the caller learns of all of them.
"""

import base64
import binascii
import re
import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from isinglass.gateway.protocol.violations import Path, Violation, describe, member_name
from isinglass.model.edge_errors import SerializationException, ValidationException

Check = Callable[[Any, Path, list[Violation]], Any]

_RANGES = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
_KINDS = {
    "string": "a String",
    "integer": "an Integer",
    "long": "a Long",
    "double": "a Double",
    "float": "a Float",
    "boolean": "a Boolean",
    "timestamp": "a Timestamp",
    "blob": "a Blob",
}


class InputCompiler:
    """Compiles the input shapes of one service; shapes that occur twice are compiled once."""

    def __init__(self, shapes: dict[str, dict[str, Any]]) -> None:
        self._shapes = shapes
        self._checks: dict[str, Check] = {}

    def compile(self, name: str) -> Callable[[Any], dict[str, Any]]:
        """Compile an operation's input: a function from the decoded body to a checked request."""
        check = self._check(name)
        shapes = self._shapes

        def parse(document: Any) -> dict[str, Any]:
            violations: list[Violation] = []
            request: dict[str, Any] = check(document, None, violations)
            if violations:
                raise ValidationException(describe(violations, shapes))
            return request

        return parse

    def _check(self, name: str) -> Check:
        if name not in self._checks:
            # Shapes may contain themselves: until this one is compiled, it is looked up when called.
            self._checks[name] = lambda value, path, found: self._checks[name](value, path, found)  # noqa: PLW0108 - late
            self._checks[name] = self._build(name, self._shapes[name])
        return self._checks[name]

    def _build(self, name: str, shape: dict[str, Any]) -> Check:
        kind = shape["type"]
        if shape.get("document"):
            return lambda value, _path, _violations: value
        if kind == "structure":
            return self._structure(name, shape)
        if kind == "list":
            return self._list(name, shape)
        if kind == "map":
            return self._map(name, shape)
        return _scalar(name, shape)

    def _structure(self, name: str, shape: dict[str, Any]) -> Check:
        required = set(shape.get("required", ()))
        members = [
            (member, member_name(member), self._check(target), target, member in required)
            for member, target in shape["members"].items()
        ]
        union = shape.get("union", False)

        def check(value: Any, path: Path, violations: list[Violation]) -> dict[str, Any]:
            if value.__class__ is not dict:
                raise _not_expected(value, "structure or map")
            clean = {}
            for member, shown, check_member, target, is_required in members:
                item = value.get(member)
                if item is not None:
                    clean[member] = check_member(item, (path, shown), violations)
                elif is_required:
                    violations.append(Violation((path, shown), target, None, "Member must not be null"))
            if union and len(clean) != 1:
                violations.append(Violation(path, name, clean, "Member must have exactly one member set"))
            return clean

        return check

    def _list(self, name: str, shape: dict[str, Any]) -> Check:
        check_item = self._check(shape["member"])
        # AWS reports a bad scalar at its list, with everything that the scalars must satisfy.
        texts = _constraints(self._shapes[shape["member"]])
        summary = f"Member must satisfy constraint: [{', '.join(texts)}]" if texts else ""
        check_length = _length(name, shape)

        def check(value: Any, path: Path, violations: list[Violation]) -> list[Any]:
            if value.__class__ is not list:
                raise _not_expected(value, "list")
            if check_length:
                check_length(value, path, violations)
            found: list[Violation] = []
            clean = []
            for index, item in enumerate(value, start=1):
                if item is None:
                    found.append(
                        Violation((path, f"{index}.member"), shape["member"], None, "Member must not be null")
                    )
                else:
                    clean.append(check_item(item, (path, f"{index}.member"), found))
            if found:
                violations += [Violation(path, name, value, summary)] if summary else found
            return clean

        return check

    def _map(self, name: str, shape: dict[str, Any]) -> Check:
        check_key, check_value = self._check(shape["key"]), self._check(shape["value"])
        key_texts = ", ".join(_constraints(self._shapes[shape["key"]]))
        value_texts = ", ".join(_constraints(self._shapes[shape["value"]]))
        check_length = _length(name, shape)

        def check(value: Any, path: Path, violations: list[Violation]) -> dict[str, Any]:
            if value.__class__ is not dict:
                raise _not_expected(value, "structure or map")
            if check_length:
                check_length(value, path, violations)
            bad_keys: list[Violation] = []
            bad_values: list[Violation] = []
            clean = {}
            for key, item in value.items():
                check_key(key, path, bad_keys)
                if item is not None:
                    clean[key] = check_value(item, (path, f"{key}.member"), bad_values)
            if bad_keys:
                violations.append(
                    Violation(path, name, value, f"Map keys must satisfy constraint: [{key_texts}]")
                )
            if bad_values and value_texts:
                text = f"Map value must satisfy constraint: [{value_texts}]"
                violations.append(Violation(path, name, value, text))
            else:
                violations += bad_values
            return clean

        return check


def _scalar(name: str, shape: dict[str, Any]) -> Check:
    kind = shape["type"]
    convert = _CONVERTERS.get(kind) or partial(_integer, kind, *_RANGES[kind])
    tests = _tests(shape)
    if not tests:
        return lambda value, _path, _violations: convert(value)

    accepts = _fast_path(shape)

    def check(value: Any, path: Path, violations: list[Violation]) -> Any:
        if accepts is not None and accepts(value):
            return value
        converted = convert(value)
        for fails, text in tests:
            if fails(converted):
                violations.append(Violation(path, name, value, text))
                break
        return converted

    return check


def _fast_path(shape: dict[str, Any]) -> Callable[[Any], bool] | None:
    """Compile the one test that nearly all strings pass; those it refuses are told why at leisure."""
    if shape["type"] != "string" or "enum" in shape:
        return None
    least, most = shape.get("min", 0), shape.get("max", sys.maxsize)
    if "pattern" not in shape:
        return lambda value: value.__class__ is str and least <= len(value) <= most
    match = re.compile(shape["pattern"]).fullmatch
    return lambda value: value.__class__ is str and least <= len(value) <= most and match(value) is not None


def _tests(shape: dict[str, Any]) -> list[tuple[Callable[[Any], bool], str]]:
    """List a scalar's tests, true for what fails; size comes first, as it bounds the pattern's work."""
    tests: list[tuple[Callable[[Any], bool], str]] = []
    if "enum" in shape:
        allowed = frozenset(shape["enum"])
        tests.append(
            (
                lambda value: value not in allowed,
                f"Member must satisfy enum value set: [{', '.join(shape['enum'])}]",
            )
        )
        return tests
    sized = shape["type"] in {"string", "blob"}
    noun = "length" if sized else "value"
    measure: Callable[[Any], Any] = len if sized else (lambda value: value)
    if "max" in shape:
        most = shape["max"]
        tests.append(
            (
                lambda value: measure(value) > most,
                f"Member must have {noun} less than or equal to {most:.15g}",
            )
        )
    if "min" in shape:
        least = shape["min"]
        tests.append(
            (
                lambda value: measure(value) < least,
                f"Member must have {noun} greater than or equal to {least:.15g}",
            )
        )
    if "pattern" in shape:
        match = re.compile(shape["pattern"]).fullmatch
        tests.append(
            (
                lambda value: match(value) is None,
                f"Member must satisfy regular expression pattern: {shape['pattern']}",
            )
        )
    return tests


def _constraints(shape: dict[str, Any]) -> list[str]:
    if shape["type"] in {"structure", "list", "map"}:
        return []
    return [text for _, text in _tests(shape)]


def _length(name: str, shape: dict[str, Any]) -> Callable[[Any, Path, list[Violation]], None] | None:
    least, most = shape.get("min", 0), shape.get("max")
    if not least and most is None:
        return None

    def check(value: Any, path: Path, violations: list[Violation]) -> None:
        if len(value) < least:
            text = f"Member must have length greater than or equal to {least}"
            violations.append(Violation(path, name, value, text))
        elif most is not None and len(value) > most:
            violations.append(
                Violation(path, name, value, f"Member must have length less than or equal to {most}")
            )

    return check


def _string(value: Any) -> str:
    if value.__class__ is not str:
        raise _not_convertible(value, "string")
    return str(value)


def _integer(kind: str, least: int, most: int, value: Any) -> int:
    if value.__class__ is float and value.is_integer():
        value = int(value)
    if value.__class__ is not int or not least <= value <= most:
        raise _not_convertible(value, kind)
    return int(value)


def _double(value: Any) -> float:
    if value in ("NaN", "Infinity", "-Infinity"):
        return float(value)
    if value.__class__ not in (int, float):
        raise _not_convertible(value, "double")
    return float(value)


def _boolean(value: Any) -> bool:
    if value.__class__ is not bool:
        raise _not_convertible(value, "boolean")
    return bool(value)


def _timestamp(value: Any) -> float:
    if value.__class__ in (int, float):
        return float(value)
    try:
        return datetime.fromisoformat(value).timestamp()
    except (TypeError, ValueError) as error:
        raise _not_convertible(value, "timestamp") from error


def _blob(value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise _not_convertible(value, "blob") from error


_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "string": _string,
    "double": _double,
    "float": _double,
    "boolean": _boolean,
    "timestamp": _timestamp,
    "blob": _blob,
}


def _not_convertible(value: Any, kind: str) -> SerializationException:
    """Say what was found by its kind only: the value may be a secret in the wrong place."""
    if value.__class__ is dict:
        return SerializationException("Start of structure or map found where not expected.")
    if value.__class__ is list:
        return SerializationException("Start of list found where not expected")
    found = {str: "STRING_VALUE", bool: "TRUE_VALUE" if value else "FALSE_VALUE"}.get(
        value.__class__, "NUMBER_VALUE"
    )
    return SerializationException(f"{found} can not be converted to {_KINDS[kind]}")


def _not_expected(value: Any, wanted: str) -> SerializationException:
    if value.__class__ is dict:
        return SerializationException("Start of structure or map found where not expected.")
    if value.__class__ is list:
        return SerializationException("Start of list found where not expected")
    return SerializationException(f"Expected a {wanted}")
