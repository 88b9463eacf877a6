"""The records of a catalog file: one JSON object a line, the same bytes for the same catalog every time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from isinglass.transfer import forms, wanted
from isinglass.transfer.forms import misfit

#: No input of the API is nearly as deep; what is deeper would exhaust who goes through it.
_DEEPEST = 100

FORMAT = "isinglass-catalog"
FORMAT_VERSION = 1

CATALOG = "Catalog"
ENCRYPTION_SETTINGS = "EncryptionSettings"
SECURITY_CONFIGURATION = "SecurityConfiguration"
CONNECTION_TYPE = "ConnectionType"
CONNECTION = "Connection"
NESTED_CATALOG = "NestedCatalog"
DATABASE = "Database"
FUNCTION = "Function"
TABLE_VERSION = "TableVersion"
TABLE = "Table"
TABLE_STATISTICS = "TableStatistics"
STATISTICS_TASK = "StatisticsTask"
PARTITION = "Partition"
PARTITION_STATISTICS = "PartitionStatistics"
FORM_TYPE = "FormType"
ASSET_TYPE = "AssetType"
GLOSSARY = "Glossary"
GLOSSARY_TERM = "GlossaryTerm"
ASSET = "Asset"
USAGE_PROFILE = "UsageProfile"
LOCATION = "Location"
CELLS_FILTER = "DataCellsFilter"
RESTRICTION = "Restriction"
PERMISSION = "Permission"
DATA_LAKE_SETTINGS = "DataLakeSettings"
RESOURCE_POLICY = "ResourcePolicy"
CRAWLER = "Crawler"

#: Where a kind stands in a file: among databases, or as a thing of the account before or after them.
Stage = Literal["before", "data", "after"]


@dataclass(frozen=True, slots=True)
class Shape:
    """How records of a kind are made up.

    `named_by` are the members that name one, `more` those beside its Input. `part` is what leaves the kind
    out of a transfer. `own_name` is the member of what the API shows that its Input must not repeat.
    """

    named_by: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    part: str = ""
    own_name: str = ""
    stage: Stage = "data"


_OF_TABLE = ("DatabaseName", "TableName")

#: Every kind of record, in the order of a file.
SHAPES: Mapping[str, Shape] = {
    CATALOG: Shape(more=("Format", "FormatVersion", "CatalogId", "Region"), stage="before"),
    ENCRYPTION_SETTINGS: Shape(part=wanted.SECURITY, stage="before"),
    SECURITY_CONFIGURATION: Shape(("Name",), part=wanted.SECURITY, stage="before"),
    CONNECTION_TYPE: Shape(("ConnectionType",), ("Tags",), wanted.CONNECTIONS, stage="before"),
    CONNECTION: Shape(("Name",), ("Tags", "SealedSecrets"), wanted.CONNECTIONS, "Name", "before"),
    NESTED_CATALOG: Shape(("CatalogName",), ("Tags",), wanted.CATALOGS, stage="before"),
    DATABASE: Shape(("DatabaseName",), ("Tags",), own_name="Name"),
    FUNCTION: Shape(("DatabaseName", "FunctionName"), part=wanted.FUNCTIONS, own_name="FunctionName"),
    TABLE_VERSION: Shape((*_OF_TABLE, "VersionId"), part=wanted.VERSIONS),
    TABLE: Shape(_OF_TABLE, ("PartitionIndexes",), own_name="Name"),
    TABLE_STATISTICS: Shape((*_OF_TABLE, "ColumnName"), part=wanted.STATISTICS),
    STATISTICS_TASK: Shape(_OF_TABLE, ("ScheduleState",), wanted.STATISTICS_TASKS),
    PARTITION: Shape((*_OF_TABLE, "Values"), part=wanted.PARTITIONS),
    PARTITION_STATISTICS: Shape((*_OF_TABLE, "Values", "ColumnName"), part=wanted.PARTITION_STATISTICS),
    FORM_TYPE: Shape(("Name",), part=wanted.BUSINESS, stage="after"),
    ASSET_TYPE: Shape(("Name",), part=wanted.BUSINESS, stage="after"),
    GLOSSARY: Shape(("Name",), part=wanted.BUSINESS, stage="after"),
    GLOSSARY_TERM: Shape(("GlossaryName", "Name"), part=wanted.BUSINESS, stage="after"),
    ASSET: Shape(("Identifier",), ("Terms", "Attachments", "Items"), wanted.BUSINESS, stage="after"),
    USAGE_PROFILE: Shape(("Name",), ("Tags",), wanted.SECURITY, stage="after"),
    LOCATION: Shape(("ResourceArn",), part=wanted.PERMISSIONS, stage="after"),
    CELLS_FILTER: Shape((*_OF_TABLE, "Name"), part=wanted.PERMISSIONS, stage="after"),
    RESTRICTION: Shape(("Resource",), part=wanted.PERMISSIONS, stage="after"),
    PERMISSION: Shape(("Principal", "Resource"), part=wanted.PERMISSIONS, stage="after"),
    DATA_LAKE_SETTINGS: Shape(part=wanted.PERMISSIONS, stage="after"),
    RESOURCE_POLICY: Shape(part=wanted.PERMISSIONS, stage="after"),
    CRAWLER: Shape(("Name",), ("Tags", "ScheduleState"), wanted.CRAWLERS, "Name", "after"),
}
#: Kinds whose Input an import takes nothing out of.
_PASSED_ON = frozenset({CONNECTION_TYPE})
#: Members of names that are no text.
_COMPOUND_NAMES = frozenset({"Values", "Resource"})


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
    def stage(self) -> Stage:
        """Where it stands in a file."""
        return SHAPES[self.kind].stage

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
        parts = [value for key, value in self.names.items() if key not in _OF_TABLE]
        shown = [_shown(part) for part in parts]
        place = ".".join(name for name in (self.database, self.table) if name)
        return " ".join([self.kind, *([place] if place else []), *shown])


def _shown(part: Any) -> str:
    if isinstance(part, dict):
        return orjson.dumps(part, option=orjson.OPT_SORT_KEYS).decode()
    return "/".join(part) if isinstance(part, list) else str(part)


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
    opened = line if isinstance(line, bytes) else line.encode(errors="replace")
    if opened.count(b"{") + opened.count(b"[") > _DEEPEST and _is_too_deep(members):
        raise Malformed(f"its lists and objects are more than {_DEEPEST} deep")
    kind = members.pop("Kind", None)
    if not isinstance(kind, str) or kind not in SHAPES:
        raise Malformed(f"its Kind is {kind!r}, not one of {', '.join(SHAPES)}")
    shape = SHAPES[kind]
    names = {name: _name(kind, name, members.pop(name, None)) for name in shape.named_by}
    given = members.pop("Input", {})
    if not isinstance(given, dict):
        raise Malformed(f"the Input of this {kind} is not an object")
    unknown = set(members) - set(shape.more)
    if unknown:
        raise Malformed(f"a {kind} has no member {', '.join(sorted(unknown))}")
    record = Record(kind, names, given, {name: value for name, value in members.items() if value is not None})
    _check(record)
    return record


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def _name(kind: str, name: str, value: Any) -> Any:
    if name in _COMPOUND_NAMES and value is not None:
        return value
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
    wrong = (
        misfit(record.names, forms.MEMBERS)
        or misfit(record.more, forms.MEMBERS)
        or misfit(record.input, {} if record.kind in _PASSED_ON else forms.INPUT)
    )
    if wrong:
        raise Malformed(f"{wrong} in this {record.kind}")
    inner = SHAPES[record.kind].own_name
    if inner and inner in record.input:
        raise Malformed(f"the Input of this {record.kind} must not repeat its {inner}")
