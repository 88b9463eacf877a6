"""The records of a catalog file: one JSON object a line, the same bytes for the same catalog every time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

FORMAT = "isinglass-catalog"
FORMAT_VERSION = 1

CATALOG = "Catalog"
CONNECTION = "Connection"
DATABASE = "Database"
FUNCTION = "Function"
TABLE_VERSION = "TableVersion"
TABLE = "Table"
TABLE_STATISTICS = "TableStatistics"
PARTITION = "Partition"
PARTITION_STATISTICS = "PartitionStatistics"

#: What names a record of each kind, in the order of its members; then what else it may have.
NAMED_BY: dict[str, tuple[str, ...]] = {
    CATALOG: (),
    CONNECTION: ("Name",),
    DATABASE: ("DatabaseName",),
    FUNCTION: ("DatabaseName", "FunctionName"),
    TABLE_VERSION: ("DatabaseName", "TableName", "VersionId"),
    TABLE: ("DatabaseName", "TableName"),
    TABLE_STATISTICS: ("DatabaseName", "TableName", "ColumnName"),
    PARTITION: ("DatabaseName", "TableName", "Values"),
    PARTITION_STATISTICS: ("DatabaseName", "TableName", "Values", "ColumnName"),
}
_MORE = {
    CATALOG: ("Format", "FormatVersion", "CatalogId", "Region"),
    CONNECTION: ("Tags", "SealedSecrets"),
    DATABASE: ("Tags",),
    TABLE: ("PartitionIndexes",),
}
#: Where the name of each kind stands in its Input, when it stands there too.
_NAME_IN_INPUT = {CONNECTION: "Name", DATABASE: "Name", FUNCTION: "FunctionName", TABLE: "Name"}


@dataclass(eq=False)
class Malformed(Exception):
    """A line is no record of a catalog file."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class Record:
    """One thing of a catalog: what names it, the input that makes it, and what goes with that."""

    kind: str
    names: Mapping[str, Any]
    input: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def database(self) -> str:
        """The database it is or belongs to; empty where it has none."""
        return str(self.names.get("DatabaseName", ""))

    @property
    def table(self) -> str:
        """The table it is or belongs to; empty where it has none."""
        return str(self.names.get("TableName", ""))

    def __str__(self) -> str:
        """Name it for a person: `Partition sales.orders 2026/01`."""
        parts = [value for key, value in self.names.items() if key not in {"DatabaseName", "TableName"}]
        shown = ["/".join(part) if isinstance(part, list) else str(part) for part in parts]
        place = ".".join(name for name in (self.database, self.table) if name)
        return " ".join([self.kind, *([place] if place else []), *shown])


def header(catalog_id: str, region: str) -> Record:
    """Make the first record of a file: what the file is, and whose catalog is in it."""
    origin = {"CatalogId": catalog_id, "Region": region}
    return Record(CATALOG, {}, more={"Format": FORMAT, "FormatVersion": FORMAT_VERSION, **origin})


def encode(record: Record) -> bytes:
    """Write a record as its line. What names it comes first: sorted lines are sorted by name."""
    members: dict[str, Any] = {"Kind": record.kind, **record.names}
    members |= {key: value for key, value in record.more.items() if value}
    if record.input:
        members["Input"] = record.input
    parts = (
        orjson.dumps(key) + b":" + orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        for key, value in members.items()
    )
    return b"{" + b",".join(parts) + b"}\n"


def decode(line: bytes | str) -> Record:
    """Read a line; raises Malformed with what is wrong about it."""
    try:
        members = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"it is not JSON: {error}") from error
    if not isinstance(members, dict):
        raise Malformed("it is not a JSON object")
    kind = members.pop("Kind", None)
    if not isinstance(kind, str) or kind not in NAMED_BY:
        raise Malformed(f"its Kind is {kind!r}, not one of {', '.join(NAMED_BY)}")
    names = {name: _name(kind, name, members.pop(name, None)) for name in NAMED_BY[kind]}
    given = members.pop("Input", {})
    if not isinstance(given, dict):
        raise Malformed(f"the Input of this {kind} is not an object")
    unknown = set(members) - set(_MORE.get(kind, ()))
    if unknown:
        raise Malformed(f"a {kind} has no member {', '.join(sorted(unknown))}")
    record = Record(kind, names, given, members)
    _check(record)
    return record


def _name(kind: str, name: str, value: Any) -> Any:
    if name == "Values":
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return value
        raise Malformed(f"the Values of this {kind} are not a list of strings")
    if isinstance(value, str) and value:
        return value
    raise Malformed(f"this {kind} has no {name}")


def _check(record: Record) -> None:
    if record.kind == CATALOG:
        if record.more.get("Format") != FORMAT:
            raise Malformed(f"its Format is {record.more.get('Format')!r}, not {FORMAT!r}")
        if record.more.get("FormatVersion") != FORMAT_VERSION:
            given = record.more.get("FormatVersion")
            raise Malformed(f"its FormatVersion is {given!r}; this program reads {FORMAT_VERSION}")
        return
    for member, kind_of in (("Tags", dict), ("PartitionIndexes", list), ("SealedSecrets", str)):
        if member in record.more and not isinstance(record.more[member], kind_of):
            raise Malformed(f"the {member} of this {record.kind} are not a JSON {kind_of.__name__}")
    inner = _NAME_IN_INPUT.get(record.kind)
    if inner is not None and inner in record.input:
        raise Malformed(f"the Input of this {record.kind} must not repeat its {inner}")
