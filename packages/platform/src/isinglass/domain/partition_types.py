"""What partition values mean: text read as the type of its partition key."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

_INTEGER = re.compile(r"[+-]?[0-9]{1,400}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMESTAMP = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?")


@dataclass(eq=False)
class NotOfType(Exception):
    """A text does not read as a value of its type."""

    text: str
    message: str

    def __str__(self) -> str:
        return self.message


@dataclass(eq=False)
class UnknownType(Exception):
    """Partition keys of this type cannot be compared."""

    type_name: str

    def __str__(self) -> str:
        return f"Unknown type : '{self.type_name}'"


@dataclass(frozen=True, slots=True)
class KeyType:
    """How one type reads its values; `family` names it in messages."""

    family: str
    read: Callable[[str], Any]
    #: Text order is value order and equal values are equal texts, so ranges of values are ranges of texts.
    ordered_as_text: bool = False


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise NotOfType(text, f'"{text}" is not an integer.')
    return int(text)


def _decimal(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise NotOfType(text, f"{text} is not a decimal.")
    return Decimal(text)


def _date(text: str) -> str:
    """Check a date; its text compares as the date does."""
    try:
        if _DATE.fullmatch(text):
            date.fromisoformat(text)
            return text
    except ValueError:
        pass
    raise NotOfType(text, f"{text} is not a date.")


def _timestamp(text: str) -> str:
    """Check a timestamp; the text with nine digits of fraction compares as the timestamp does."""
    match = _TIMESTAMP.fullmatch(text)
    try:
        if match:
            datetime.fromisoformat(match[1])
            return f"{match[1]}.{match[2] or '':0<9}"
    except ValueError:
        pass
    message = f"Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff] {text} is not a timestamp."
    raise NotOfType(text, message)


_STRING = KeyType("String", str, ordered_as_text=True)
_INTEGRAL = KeyType("Integral", _integer)
_TYPES = {
    "string": _STRING,
    "char": _STRING,
    "varchar": _STRING,
    "tinyint": _INTEGRAL,
    "smallint": _INTEGRAL,
    "int": _INTEGRAL,
    "integer": _INTEGRAL,
    "bigint": _INTEGRAL,
    "long": _INTEGRAL,
    "decimal": KeyType("Decimal", _decimal),
    "date": KeyType("Date", _date, ordered_as_text=True),
    "timestamp": KeyType("Timestamp", _timestamp),
}


def key_type(type_name: str) -> KeyType:
    """Find how a Hive type of a partition key reads values: `int`, `decimal(10,2)`, `varchar(20)` …"""
    found = _TYPES.get(type_name.partition("(")[0].strip().lower())
    if found is None:
        raise UnknownType(type_name)
    return found


def is_ordered_as_text(type_name: str) -> bool:
    """Tell whether ranges of a type's values are ranges of their texts; False for types that are unknown."""
    try:
        return key_type(type_name).ordered_as_text
    except UnknownType:
        return False
