"""What a crawl would change in the catalog, decided from what is there and what is wanted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from isinglass.crawl import types
from isinglass.crawl.descriptor import STATISTICS
from isinglass.crawl.settings import CrawlSettings

DEPRECATED = "DEPRECATED_BY_CRAWLER"
OWNER = "UPDATED_BY_CRAWLER"
RUN = "CRAWL_RUN_ID"

#: Parameters whose change is no change of the table.
_PASSING = STATISTICS | {RUN}
#: All that crawlers set; what else a table carries is its users'.
_CRAWLERS_OWN = _PASSING | {
    DEPRECATED,
    OWNER,
    "CrawlerSchemaDeserializerVersion",
    "CrawlerSchemaSerializerVersion",
    "areColumnsQuoted",
    "classification",
    "columnsOrdered",
    "compressionType",
    "delimiter",
    "exclusions",
    "partition_filtering.enabled",
    "skip.header.line.count",
    "typeOfData",
}
#: A table that changes one of these is another table to its readers.
_IDENTITY = ("classification", "compressionType", "delimiter")


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """One column or key that differs; no type means it is not there."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class TableChange:
    """What becomes of one table."""

    #: create, update (a new version), refresh (statistics only), log, deprecate, or none.
    action: str
    document: dict[str, Any] = field(default_factory=dict)
    columns: tuple[ColumnChange, ...] = ()
    #: Existing partitions do not fit the new keys.
    keys_changed: bool = False
    note: str = ""


def created(wanted: Mapping[str, Any], crawl_id: str) -> TableChange:
    """Create a table that is not there."""
    columns = _column_changes({}, wanted)
    return TableChange("create", _stamped(wanted, crawl_id), columns)


def updated(
    existing: Mapping[str, Any],
    wanted: Mapping[str, Any],
    settings: CrawlSettings,
    *,
    now: float,
    crawl_id: str,
) -> TableChange:
    """Decide what becomes of a table that is there."""
    if settings.merge_new_columns and _identity(existing) not in (None, _identity(wanted)):
        note = f"the files are {_identity(wanted)} now, the table is {_identity(existing)}"
        if DEPRECATED in existing.get("Parameters", {}):
            return TableChange("none", dict(existing), note=note)
        return TableChange("deprecate", deprecated(existing, now), note=note)
    result = _merged(existing, wanted, settings)
    if _essence(result) == _essence(existing):
        if _statistics(result) == _statistics(existing):
            return TableChange("none", dict(existing))
        if settings.update_behavior == "LOG" and not settings.merge_new_columns:
            return TableChange("none", dict(existing))
        return TableChange("refresh", _stamped(result, crawl_id))
    columns = _column_changes(existing, result)
    keys_changed = _key_names(existing) != _key_names(result)
    if settings.update_behavior == "LOG" and not settings.merge_new_columns:
        return TableChange("log", dict(existing), columns, keys_changed, "UpdateBehavior is LOG")
    return TableChange("update", _stamped(result, crawl_id), columns, keys_changed)


def deprecated(document: Mapping[str, Any], now: float) -> dict[str, Any]:
    """Mark a table or partition whose files are gone."""
    return {
        **document,
        "Parameters": {**document.get("Parameters", {}), DEPRECATED: str(int(now * 1000))},
    }


def partition_differs(existing: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Tell whether a partition must be written again."""
    ours = {key: existing.get(key) for key in wanted}
    return _without_run(ours) != _without_run(wanted) or DEPRECATED in existing.get("Parameters", {})


def inheriting(partition: Mapping[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    """Give a partition its table's classification, formats, SerDe and columns."""
    of_table = table["StorageDescriptor"]
    inherited = {
        name: of_table[name]
        for name in ("Columns", "Compressed", "InputFormat", "OutputFormat", "SerdeInfo")
        if name in of_table
    }
    counts = {k: v for k, v in partition["Parameters"].items() if k in STATISTICS}
    given = {
        k: v for k, v in table["Parameters"].items() if k in _CRAWLERS_OWN and k not in _PASSING
    } | counts
    return {
        **partition,
        "StorageDescriptor": {**partition["StorageDescriptor"], **inherited, "Parameters": given},
        "Parameters": given,
    }


def _merged(
    existing: Mapping[str, Any], wanted: Mapping[str, Any], settings: CrawlSettings
) -> dict[str, Any]:
    """Lay what is wanted over what is there, keeping what users added."""
    descriptor = {**existing.get("StorageDescriptor", {}), **wanted["StorageDescriptor"]}
    before = existing.get("StorageDescriptor", {}).get("Columns", [])
    descriptor["Columns"] = _columns(before, descriptor["Columns"], settings)
    parameters = dict(wanted["Parameters"])
    if settings.keep_user_metadata or settings.merge_new_columns:
        kept = {k: v for k, v in existing.get("Parameters", {}).items() if k not in _CRAWLERS_OWN}
        parameters = kept | parameters
        kept = {k: v for k, v in _descriptor_parameters(existing).items() if k not in _CRAWLERS_OWN}
        descriptor["Parameters"] = kept | descriptor["Parameters"]
    base = dict(existing) if settings.keep_user_metadata else {}
    keys = _keys(existing.get("PartitionKeys", []), wanted["PartitionKeys"])
    return {
        **base,
        **wanted,
        "Name": existing["Name"],
        "Owner": existing.get("Owner", wanted["Owner"]),
        "Retention": existing.get("Retention", 0),
        "StorageDescriptor": descriptor,
        "PartitionKeys": keys,
        "Parameters": parameters,
    }


def _columns(before: list[Any], after: list[Any], settings: CrawlSettings) -> list[Any]:
    known = {column["Name"]: column for column in before}
    if settings.merge_new_columns:
        names = set(known)
        nested = {column["Name"]: column["Type"] for column in after}
        kept = [_with_new_fields(column, nested.get(column["Name"])) for column in before]
        return kept + [column for column in after if column["Name"] not in names]
    if not settings.keep_user_metadata:
        return after
    return [{**known.get(column["Name"], {}), **column} for column in after]


def _with_new_fields(column: dict[str, Any], found: str | None) -> dict[str, Any]:
    """Add nested fields that are new; never change a type otherwise."""
    if found is None or not (types.is_nested(found) and types.is_nested(column.get("Type", ""))):
        return column
    merged = types.merge(column["Type"], found)
    return {**column, "Type": merged} if types.is_nested(merged) else column


def _keys(before: list[Any], after: list[Any]) -> list[Any]:
    """Keep a key's type wide enough for the partitions that are already there."""
    if [key["Name"] for key in before] != [key["Name"] for key in after]:
        return after
    return [
        {**old, "Type": types.merge(old.get("Type", "string"), new["Type"])}
        for old, new in zip(before, after, strict=True)
    ]


def _identity(document: Mapping[str, Any]) -> tuple[str | None, ...] | None:
    parameters = document.get("Parameters", {})
    found = tuple(parameters.get(name) for name in _IDENTITY)
    return found if any(found) else None


def _key_names(document: Mapping[str, Any]) -> list[str]:
    return [key["Name"] for key in document.get("PartitionKeys", [])]


def _descriptor_parameters(document: Mapping[str, Any]) -> Mapping[str, str]:
    parameters: Mapping[str, str] = document.get("StorageDescriptor", {}).get("Parameters", {})
    return parameters


def _stamped(document: Mapping[str, Any], crawl_id: str) -> dict[str, Any]:
    stamp = {RUN: crawl_id}
    descriptor = document["StorageDescriptor"]
    return {
        **document,
        "Parameters": {**document["Parameters"], **stamp},
        "StorageDescriptor": {**descriptor, "Parameters": {**descriptor["Parameters"], **stamp}},
    }


def _without(document: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    left_out = frozenset(names)
    descriptor = document.get("StorageDescriptor") or {}
    return {
        **document,
        "Parameters": {k: v for k, v in (document.get("Parameters") or {}).items() if k not in left_out},
        "StorageDescriptor": {
            **descriptor,
            "Parameters": {
                k: v for k, v in (descriptor.get("Parameters") or {}).items() if k not in left_out
            },
        },
    }


def _essence(document: Mapping[str, Any]) -> dict[str, Any]:
    return _without(document, _PASSING)


def _without_run(document: Mapping[str, Any]) -> dict[str, Any]:
    return _without(document, (RUN, DEPRECATED))


def _statistics(document: Mapping[str, Any]) -> dict[str, str]:
    return {k: v for k, v in document.get("Parameters", {}).items() if k in STATISTICS}


def _column_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[ColumnChange, ...]:
    old, new = _typed_columns(before), _typed_columns(after)
    changes = [ColumnChange(name, old.get(name), hive) for name, hive in new.items() if old.get(name) != hive]
    return tuple(changes + [ColumnChange(name, hive, None) for name, hive in old.items() if name not in new])


def _typed_columns(document: Mapping[str, Any]) -> dict[str, str]:
    columns = document.get("StorageDescriptor", {}).get("Columns", []) + document.get("PartitionKeys", [])
    return {column["Name"]: column.get("Type", "string") for column in columns}
