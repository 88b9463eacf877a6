"""Hive partition folders: `key=value` paths read and written as Spark does."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

#: The folder value that stands for null and for the empty string.
DEFAULT_PARTITION = "__HIVE_DEFAULT_PARTITION__"
#: What Spark escapes in a partition's name and value, besides control characters.
_ESCAPED = frozenset("\"#%'*/:=?\\{[]^\x7f")


@dataclass(frozen=True, slots=True)
class PartitionPath:
    """The partition folders of one object, in path order; a value of None is null."""

    keys: tuple[str, ...]
    values: tuple[str | None, ...]


def escape(text: str) -> str:
    """Escape a partition's name or value for a path."""
    return "".join(f"%{ord(c):02X}" if c < " " or c in _ESCAPED else c for c in text)


def unescape(text: str) -> str:
    """Undo `escape`, and any other percent-encoding a writer used."""
    return unquote(text)


def component(key: str, value: str | None) -> str:
    """The folder of one value; null and empty share Hive's default partition."""
    return f"{escape(key)}={DEFAULT_PARTITION if value is None or value == '' else escape(value)}"


def parse_component(text: str) -> tuple[str, str | None] | None:
    """Read one folder name; None when it is not `key=value`."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        return None
    return unescape(key), None if value in {"", DEFAULT_PARTITION} else unescape(value)


def parse(relative_path: str) -> PartitionPath:
    """The `key=value` folders of a path relative to its table; other folders are passed over."""
    found = [parse_component(part) for part in relative_path.split("/")[:-1]]
    pairs = [pair for pair in found if pair is not None]
    return PartitionPath(tuple(key for key, _ in pairs), tuple(value for _, value in pairs))


def path(keys: Sequence[str], values: Sequence[str | None]) -> str:
    """The relative folder of one partition, without slashes at its ends."""
    return "/".join(component(key, value) for key, value in zip(keys, values, strict=True))
