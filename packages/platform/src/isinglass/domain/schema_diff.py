"""What differs between two definitions of a table, and what each difference asks of those who use it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from isinglass.domain.column_types import ColumnType, parse_type, widens
from isinglass.domain.member_pairing import Member, members, pair


class Compatibility(StrEnum):
    """What a change asks of those who read the table, the mildest first."""

    IDENTICAL = "IDENTICAL"
    #: Safe: what reads the table goes on reading it, old data and new.
    BACKWARD = "BACKWARD"
    #: To be planned: data can be read, but what names or expects the old form must follow.
    FORWARD = "FORWARD"
    #: Data that is there cannot be read as the new definition says, or means something else.
    BREAKING = "BREAKING"


_RANKS = list(Compatibility)
BACKWARD, FORWARD, BREAKING = Compatibility.BACKWARD, Compatibility.FORWARD, Compatibility.BREAKING

#: Formats that find columns by their place in a line, not by name.
_POSITIONAL = ("LazySimpleSerDe", "OpenCSVSerde", "RegexSerDe", "MultiDelimitSerDe")
#: Parameters of tables that decide how, or which, data is read; all others describe.
_READING_PARAMETERS = (
    "projection.", "storage.location.template", "skip.header.line.count", "skip.footer.line.count",
    "classification", "compressionType", "delimiter", "table_type",
)  # fmt: skip
#: Members of a definition that others rely on; all others describe.
_RELIED_ON = frozenset({
    "TableType", "ViewOriginalText", "ViewExpandedText", "TargetTable", "BucketColumns", "NumberOfBuckets",
    "SkewedInfo", "Compressed", "StoredAsSubDirectories", "ViewDefinition",
})  # fmt: skip
_FORMAT = ("InputFormat", "OutputFormat")
#: What members are written out as that say nothing, and are as good as left out; -1 buckets are none.
_NOTHING: tuple[Any, ...] = (None, "", 0, -1, [], {})
#: Members compared by what they hold.
_TAKEN_APART = frozenset({"StorageDescriptor", "PartitionKeys", "Parameters"})
_DESCRIPTOR_TAKEN_APART = frozenset({"Columns", "Location", "SerdeInfo", "Parameters", *_FORMAT})


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; `path` names the column, the nested field (`contact.email`) or the member."""

    #: COLUMN, PARTITION_KEY, COMMENT, PARAMETER, LOCATION, FORMAT, SERDE or ATTRIBUTE.
    kind: str
    #: ADDED, REMOVED, RENAMED, RETYPED, MOVED or CHANGED.
    change: str
    path: str
    before: str | None
    after: str | None
    compatibility: Compatibility
    reason: str

    def __str__(self) -> str:
        what = self.path if self.kind == "ATTRIBUTE" else f"{self.kind.lower().replace('_', ' ')} {self.path}"
        what = "location" if self.kind == "LOCATION" else what
        match self.change:
            case "RENAMED":
                return f"{what} renamed to {self.after}"
            case "RETYPED":
                return f"{what} {self.before} is {self.after} now"
            case "ADDED" if self.kind in {"COLUMN", "PARTITION_KEY"}:
                return f"{what} {self.after} added"
        return f"{what} {self.change.lower()}"


def worst(differences: Iterable[Difference]) -> Compatibility:
    """Judge a whole change by its worst part."""
    return max(
        (each.compatibility for each in differences), key=_RANKS.index, default=Compatibility.IDENTICAL
    )


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Compare two definitions of a table, as domain.catalog_objects.table_document writes them."""
    old, new = before.get("StorageDescriptor") or {}, after.get("StorageDescriptor") or {}
    return [
        *_columns(old, new),
        *_partition_keys(before.get("PartitionKeys") or [], after.get("PartitionKeys") or []),
        *_storage(old, new),
        *_parameters(before.get("Parameters") or {}, after.get("Parameters") or {}),
        *_attributes(before, after, _TAKEN_APART | {"Name"}),
        *_attributes(old, new, _DESCRIPTOR_TAKEN_APART),
    ]


def database_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Compare two definitions of a database; its name is one of its attributes."""
    parameters = _parameters(before.get("Parameters") or {}, after.get("Parameters") or {})
    return [*parameters, *_attributes(before, after, {"Parameters"})]


def _columns(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    library = str((new.get("SerdeInfo") or {}).get("SerializationLibrary", ""))
    before, after = old.get("Columns") or [], new.get("Columns") or []
    yield from _lists("COLUMN", "", _typed(before), _typed(after), positional=library.endswith(_POSITIONAL))
    yield from _comments(before, after)


def _partition_keys(before: Sequence[Any], after: Sequence[Any]) -> Iterator[Difference]:
    for found in _lists("PARTITION_KEY", "", _typed(before), _typed(after), positional=True):
        if found.change == "REMOVED":
            yield _at(found, BREAKING, "partitions that are there have a value too many")
        else:
            yield found
    yield from _comments(before, after)


def _typed(columns: Sequence[Any]) -> list[tuple[str, ColumnType]]:
    return [(column["Name"], parse_type(column.get("Type", "string"))) for column in columns]


def _lists(
    kind: str,
    prefix: str,
    before: Iterable[tuple[str, ColumnType]],
    after: Iterable[tuple[str, ColumnType]],
    *,
    positional: bool = False,
) -> Iterator[Difference]:
    """Compare columns, keys or fields of a struct."""
    old, new = members(before), members(after)
    found = pair(old, new)
    last_kept = max((one.position for one, _ in [*found.kept, *found.renamed]), default=-1)
    last_now = max((one.position for _, one in [*found.kept, *found.renamed]), default=-1)
    for was, now in found.kept:
        yield from _types(kind, prefix + now.name, was.type, now.type)
    for was, now in found.renamed:
        reason = "probably the same column under another name; what uses the old one must follow"
        yield Difference(kind, "RENAMED", prefix + was.name, was.name, now.name, FORWARD, reason)
    for gone in found.removed:
        yield _removed(kind, prefix, gone, in_the_middle=positional and gone.position < last_kept)
    for come in found.added:
        yield _added(kind, prefix, come, in_the_middle=positional and come.position < last_now)
    places = {now.key: (was.position, now) for was, now in [*found.kept, *found.renamed]}
    for key in sorted(found.moved, key=lambda each: places[each][1].position):
        was_at, now = places[key]
        verdict, reason = BACKWARD, "found by its name, wherever it stands"
        if positional:
            verdict, reason = BREAKING, "values are found by their place"
        path = prefix + now.name
        yield Difference(kind, "MOVED", path, str(was_at + 1), str(now.position + 1), verdict, reason)


def _removed(kind: str, prefix: str, gone: Member, *, in_the_middle: bool) -> Difference:
    verdict, reason = FORWARD, "what reads it must stop first"
    if in_the_middle:
        verdict, reason = BREAKING, "values are found by their place, and those after it move"
    return Difference(kind, "REMOVED", prefix + gone.name, str(gone.type), None, verdict, reason)


def _added(kind: str, prefix: str, come: Member, *, in_the_middle: bool) -> Difference:
    verdict, reason = BACKWARD, "data that is there has no value for it"
    if in_the_middle:
        verdict, reason = BREAKING, "values are found by their place, and those after it move"
    return Difference(kind, "ADDED", prefix + come.name, None, str(come.type), verdict, reason)


def _types(kind: str, path: str, was: ColumnType, now: ColumnType) -> Iterator[Difference]:
    if was == now:
        return
    if was.name == now.name == "struct":
        yield from _lists(kind, f"{path}.", was.inner, now.inner)
    elif was.name == now.name and was.inner and [n for n, _ in was.inner] == [n for n, _ in now.inner]:
        for (name, old), (_, new) in zip(was.inner, now.inner, strict=True):
            yield from _types(kind, f"{path}.{name}", old, new)
    else:
        verdict, reason = _retyped(was, now)
        yield Difference(kind, "RETYPED", path, str(was), str(now), verdict, reason)


def _retyped(was: ColumnType, now: ColumnType) -> tuple[Compatibility, str]:
    if was.inner or now.inner:
        return BREAKING, "nested and plain values cannot be read as each other"
    if widens(was, now):
        return BACKWARD, f"every {was} is a {now}"
    if now.name == "string":
        return FORWARD, "every value can be written as text, but what computes with it must follow"
    return BREAKING, f"not every {was} is a {now}"


def _comments(before: Sequence[Any], after: Sequence[Any]) -> Iterator[Difference]:
    said = {column["Name"].lower(): column.get("Comment") for column in before}
    for column in after:
        key, now = column["Name"].lower(), column.get("Comment")
        if key in said and (said[key] or None) != (now or None):
            yield _valued("COMMENT", column["Name"], said[key], now, BACKWARD, "a description only")


def _storage(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    was, now = old.get("Location"), new.get("Location")
    if was != now:
        yield _valued("LOCATION", "Location", was, now, FORWARD, "data is read and written elsewhere")
    unreadable = "files that are there may not be readable this way"
    for name in _FORMAT:
        if old.get(name) != new.get(name):
            yield _valued("FORMAT", name, old.get(name), new.get(name), BREAKING, unreadable)
    was_serde, serde = old.get("SerdeInfo") or {}, new.get("SerdeInfo") or {}
    library = "SerializationLibrary"
    if was_serde.get(library) != serde.get(library):
        yield _valued("SERDE", library, was_serde.get(library), serde.get(library), BREAKING, unreadable)
    options = _entries(was_serde.get("Parameters") or {}, serde.get("Parameters") or {})
    for key, before, after in options:
        yield _valued("SERDE", key, before, after, FORWARD, "an option of how files are read")
    for key, before, after in _entries(old.get("Parameters") or {}, new.get("Parameters") or {}):
        yield _parameter(key, before, after, "StorageDescriptor.")


def _parameters(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for key, was, now in _entries(before, after):
        yield _parameter(key, was, now)


def _parameter(key: str, was: Any, now: Any, prefix: str = "") -> Difference:
    if key.startswith(_READING_PARAMETERS):
        return _valued("PARAMETER", prefix + key, was, now, FORWARD, "decides how data is read")
    return _valued("PARAMETER", prefix + key, was, now, BACKWARD, "a description only")


def _attributes(
    before: Mapping[str, Any], after: Mapping[str, Any], skipped: Iterable[str]
) -> Iterator[Difference]:
    for key, was, now in _entries(before, after):
        if key in skipped or (was in _NOTHING and now in _NOTHING):
            continue
        if key in _RELIED_ON:
            yield _valued("ATTRIBUTE", key, was, now, FORWARD, "changes what the table gives")
        else:
            yield _valued("ATTRIBUTE", key, was, now, BACKWARD, "a description only")


def _entries(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """List, by name, the entries that differ."""
    for key in sorted({*before, *after}):
        if before.get(key) != after.get(key):
            yield key, before.get(key), after.get(key)


def _valued(kind: str, path: str, was: Any, now: Any, verdict: Compatibility, reason: str) -> Difference:
    change = "ADDED" if was is None else "REMOVED" if now is None else "CHANGED"
    return Difference(kind, change, path, _text(was), _text(now), verdict, reason)


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _at(found: Difference, verdict: Compatibility, reason: str) -> Difference:
    return Difference(found.kind, found.change, found.path, found.before, found.after, verdict, reason)
