"""Compiles scalar shapes: converts a JSON value to the shape's kind and tests it against its constraints."""

import base64
import binascii
import re
import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from isinglass.gateway.protocol.violations import Path, Violation
from isinglass.model.edge_errors import SerializationException

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


def compile_scalar(name: str, shape: dict[str, Any]) -> Check:
    """Compile one scalar shape."""
    kind = shape["type"]
    convert = _CONVERTERS.get(kind) or partial(_integer, kind, *_RANGES[kind])
    tests = _tests(shape)
    if not tests:
        return lambda value, _path, _violations: convert(value)

    def check(value: Any, path: Path, violations: list[Violation]) -> Any:
        converted = convert(value)
        for fails, text in tests:
            if fails(converted):
                violations.append(Violation(path, name, value, text))
                break
        return converted

    return _fast_path(shape, check) if kind == "string" and "enum" not in shape else check


def _fast_path(shape: dict[str, Any], refuse: Check) -> Check:
    """Put the one test that nearly all strings pass before a check, which tells at leisure why others do not.

    One call for each string of a request, as it has many.
    """
    least, most = shape.get("min", 0), shape.get("max", sys.maxsize)
    if "pattern" not in shape:

        def sized(value: Any, path: Path, violations: list[Violation]) -> Any:
            if value.__class__ is str and least <= len(value) <= most:
                return value
            return refuse(value, path, violations)

        return sized
    match = re.compile(shape["pattern"]).fullmatch

    def matching(value: Any, path: Path, violations: list[Violation]) -> Any:
        if value.__class__ is str and least <= len(value) <= most and match(value) is not None:
            return value
        return refuse(value, path, violations)

    return matching


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


def constraint_texts(shape: dict[str, Any]) -> list[str]:
    """List everything that a scalar must satisfy; other shapes have nothing to list."""
    if shape["type"] in {"structure", "list", "map"}:
        return []
    return [text for _, text in _tests(shape)]


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


#: The seconds of the years 1 to 9999: clients read no others.
_EARLIEST, _END = -62_135_596_800, 253_402_300_800


def _timestamp(value: Any) -> float:
    seconds = value
    if value.__class__ not in (int, float):
        try:
            seconds = datetime.fromisoformat(value).timestamp()
        except (TypeError, ValueError) as error:
            raise _not_convertible(value, "timestamp") from error
    if not _EARLIEST <= seconds < _END:
        raise _not_convertible(value, "timestamp")
    return float(seconds)


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
