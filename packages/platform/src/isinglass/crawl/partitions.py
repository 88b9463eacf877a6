"""Partition keys of a table: which column each folder level below its root becomes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

#: What Hive and Spark write for null.
NULL = "__HIVE_DEFAULT_PARTITION__"

_HIVE = re.compile(r"([^=/]+)=(.*)", re.DOTALL)
_INTEGER = re.compile(r"-?[1-9][0-9]{0,18}|0")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class PartitionKeys:
    """The keys of a table, and which levels carry `key=` in their folder names."""

    columns: tuple[tuple[str, str], ...]
    hive: tuple[bool, ...]
    #: Values are folder names as they are, not decoded.
    verbatim: bool = False

    def values(self, components: Sequence[str]) -> tuple[str, ...]:
        """Read the partition values off the folder names below the table's root."""
        return tuple(
            _value(component, hive=hive, verbatim=self.verbatim)
            for component, hive in zip(components, self.hive, strict=True)
        )


def key_of(component: str) -> str | None:
    """Read the key of a `key=value` folder name; None for other names."""
    match = _HIVE.fullmatch(component)
    return unquote(match[1]) if match else None


def _folded(key: str | None) -> str | None:
    return None if key is None else key.lower()


def looks_like_partition(component: str) -> bool:
    """Tell whether a lone folder's name says that it is one of many: `k=v`, or a number or date."""
    return key_of(component) is not None or re.fullmatch(r"[0-9][0-9_.:T-]*Z?", component) is not None


def partition_keys(
    folders: Sequence[Sequence[str]], *, typed: bool, taken: frozenset[str] = frozenset()
) -> PartitionKeys:
    """Name and type the keys of folders that all lie equally deep below a table's root.

    A level whose names do not all carry the same key is partition_<n>, as in Glue. Names that the
    table's own columns have taken are made unique, because a table cannot have one name twice. Folders
    that would have the same values (`d=a b` and `d=a%20b`) keep their names as values, for else one of
    them could not be registered.
    """
    read = _keys(folders, typed=typed, taken=taken, verbatim=False)
    if len({read.values(folder) for folder in folders}) == len(folders):
        return read
    return _keys(folders, typed=typed, taken=taken, verbatim=True)


def _keys(
    folders: Sequence[Sequence[str]], *, typed: bool, taken: frozenset[str], verbatim: bool
) -> PartitionKeys:
    depth = len(folders[0]) if folders else 0
    columns: list[tuple[str, str]] = []
    hive: list[bool] = []
    used = set(taken)
    for level in range(depth):
        components = [folder[level] for folder in folders]
        keys = {_folded(key_of(component)) for component in components}
        key = keys.pop() if len(keys) == 1 and not verbatim else None
        name = _unused(key or f"partition_{level}", used)
        values = {_value(component, hive=key is not None, verbatim=verbatim) for component in components}
        columns.append((name, key_type(values) if typed else "string"))
        hive.append(key is not None)
    return PartitionKeys(tuple(columns), tuple(hive), verbatim)


def key_type(values: set[str]) -> str:
    """Type a key: int, bigint or date when every value reads back exactly as written, else string.

    `01` stays a string: as a number it would come back as `1` and no longer name its folder.
    """
    known = [value for value in values if value not in (NULL, "")]
    if not known:
        return "string"
    if all(_INTEGER.fullmatch(value) for value in known):
        numbers = [int(value) for value in known]
        if all(-(2**31) <= number < 2**31 for number in numbers):
            return "int"
        return "bigint" if all(-(2**63) <= number < 2**63 for number in numbers) else "string"
    return "date" if all(_is_date(value) for value in known) else "string"


def _is_date(value: str) -> bool:
    if not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _value(component: str, *, hive: bool, verbatim: bool) -> str:
    if verbatim:
        return component
    return unquote(component.partition("=")[2] if hive else component)


def _unused(name: str, used: set[str]) -> str:
    candidate, number = name, 0
    while candidate in used:
        number += 1
        candidate = f"{name}_{number}"
    used.add(candidate)
    return candidate
