"""Metadata files of Iceberg tables: the first one, and what follows from another by updates."""

from collections.abc import Callable, Mapping
from typing import Any

from isinglass.domain.iceberg.layouts import (
    FIRST_PARTITION_ID,
    check_sources,
    highest_partition_id,
    order_of,
    spec_of,
)
from isinglass.domain.iceberg.schemas import check_evolution, highest_id, same_shape, schema_of
from isinglass.model.glue.errors import InvalidInputException, OperationNotSupportedException

VERSIONS = {"1": 1, "2": 2, "3": 3}

#: Properties that are metadata themselves and would say something else than it.
_RESERVED = frozenset({
    "format-version", "uuid", "snapshot-count", "current-snapshot-id", "current-snapshot-summary",
    "current-snapshot-timestamp-ms", "current-schema", "default-partition-spec", "default-sort-order",
})  # fmt: skip
#: Chooses what an earlier update of the same request has added.
LAST_ADDED = -1
_NEEDED = (
    "table-uuid", "location", "last-updated-ms", "last-column-id", "schemas", "current-schema-id",
    "partition-specs", "default-spec-id", "sort-orders", "default-sort-order-id",
)  # fmt: skip
_KEPT_VERSIONS = "write.metadata.previous-versions-max"


def new_metadata(given: Mapping[str, Any], version_text: str, table_uuid: str, now: float) -> dict[str, Any]:
    """Build the metadata of a table without rows from a CreateIcebergTableInput."""
    if version_text not in VERSIONS:
        raise InvalidInputException(
            f"There is no version {version_text} of the Iceberg format; there are 1, 2, 3"
        )
    version = VERSIONS[version_text]
    schema = schema_of(given["Schema"], version)
    spec_given = given.get("PartitionSpec", {})
    spec = spec_of(spec_given, schema, spec_given.get("SpecId", 0), (), FIRST_PARTITION_ID - 1)
    order_given = given.get("WriteOrder", {})
    order = order_of(order_given, schema, order_given.get("OrderId", 0))
    metadata: dict[str, Any] = {
        "format-version": version,
        "table-uuid": table_uuid,
        "location": given["Location"].rstrip("/"),
        "last-updated-ms": int(now * 1000),
        "last-column-id": highest_id(schema),
        "schemas": [schema],
        "current-schema-id": schema["schema-id"],
        "partition-specs": [spec],
        "default-spec-id": spec["spec-id"],
        "last-partition-id": highest_partition_id([spec]),
        "sort-orders": [order],
        "default-sort-order-id": order["order-id"],
        "properties": _properties(given.get("Properties", {})),
        "snapshots": [],
        "snapshot-log": [],
        "metadata-log": [],
    }
    return _for_version(metadata)


def _for_version(metadata: dict[str, Any]) -> dict[str, Any]:
    """Add what one version of the format wants and others do not."""
    version = metadata["format-version"]
    if version == 1:
        metadata["schema"] = current(metadata, "schema")
        metadata["partition-spec"] = current(metadata, "spec")["fields"]
    else:
        metadata.setdefault("last-sequence-number", 0)
    if version >= 3:
        metadata.setdefault("next-row-id", 0)
    return metadata


def _properties(given: Mapping[str, str | None]) -> dict[str, str]:
    for name in given:
        if name in _RESERVED:
            raise InvalidInputException(f"{name} is not a property: it follows from the table's metadata")
    return {name: value for name, value in given.items() if value is not None}


def opened(document: Any) -> dict[str, Any]:
    """Check what was read from a metadata file; raises ValueError.

    Old files of version 1 have one schema and one spec outside of any list.
    """
    if not isinstance(document, dict) or document.get("format-version") not in VERSIONS.values():
        raise ValueError("its format-version is not 1, 2 or 3")
    metadata = dict(document)
    if "schemas" not in metadata and "schema" in metadata:
        metadata |= {"schemas": [{"schema-id": 0, **metadata["schema"]}], "current-schema-id": 0}
    if "partition-specs" not in metadata and "partition-spec" in metadata:
        spec = {"spec-id": 0, "fields": metadata["partition-spec"]}
        metadata |= {"partition-specs": [spec], "default-spec-id": 0}
    if "sort-orders" not in metadata:
        metadata |= {"sort-orders": [{"order-id": 0, "fields": []}], "default-sort-order-id": 0}
    if "last-partition-id" not in metadata and "partition-specs" in metadata:
        metadata["last-partition-id"] = highest_partition_id(metadata["partition-specs"])
    missing = [key for key in _NEEDED if key not in metadata]
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}")
    return metadata


_LISTS = {
    "schema": ("schemas", "schema-id", "current-schema-id"),
    "spec": ("partition-specs", "spec-id", "default-spec-id"),
    "order": ("sort-orders", "order-id", "default-sort-order-id"),
}


def current(metadata: Mapping[str, Any], kind: str) -> Any:
    """Find the current schema, spec or order."""
    members, key, chosen = _LISTS[kind]
    return next(each for each in metadata[members] if each[key] == metadata[chosen])


def updated(metadata: Mapping[str, Any], updates: list[Any], previous: str, now: float) -> dict[str, Any]:
    """Apply updates in their order, and remember the file that the metadata was read from."""
    after: dict[str, Any] = {**metadata, "properties": dict(metadata.get("properties", {}))}
    for members, _, _ in _LISTS.values():
        after[members] = list(metadata[members])
    for update in updates:
        _apply(after, update)
    for kind in ("spec", "order"):
        check_sources(current(after, kind), current(after, "schema"))
    log = [
        *metadata.get("metadata-log", []),
        {"timestamp-ms": metadata["last-updated-ms"], "metadata-file": previous},
    ]
    kept = after["properties"].get(_KEPT_VERSIONS, "100")
    after["metadata-log"] = log[-max(int(kept), 1) :] if kept.isdigit() else log
    after["last-updated-ms"] = max(int(now * 1000), metadata["last-updated-ms"])
    return _for_version(after)


def _apply(metadata: dict[str, Any], update: Mapping[str, Any]) -> None:
    action = update.get("Action")
    if action is None:
        _apply_all(metadata, update)
    elif action in _ADDITIONS:
        member, add = _ADDITIONS[action]
        add(metadata, _given(update, member))
    elif action in _CHOICES:
        kind, member, number = _CHOICES[action]
        _choose(metadata, kind, _given(update, member).get(number, LAST_ADDED))
    elif action == "set-location":
        metadata["location"] = update["Location"].rstrip("/")
    elif action == "set-properties":
        metadata["properties"] |= _properties(_given(update, "Properties"))
    elif action == "remove-properties":
        for name in _given(update, "Properties"):
            metadata["properties"].pop(name, None)
    else:
        raise OperationNotSupportedException(f"UpdateTable does not support the Iceberg update {action} yet.")


def _apply_all(metadata: dict[str, Any], update: Mapping[str, Any]) -> None:
    """Apply an update that names no action: what it has becomes current."""
    _choose(metadata, "schema", _add_schema(metadata, update["Schema"]))
    if "PartitionSpec" in update:
        _choose(metadata, "spec", _add_spec(metadata, update["PartitionSpec"]))
    if "SortOrder" in update:
        _choose(metadata, "order", _add_order(metadata, update["SortOrder"]))
    metadata["location"] = update["Location"].rstrip("/")
    metadata["properties"] |= _properties(update.get("Properties", {}))


def _given(update: Mapping[str, Any], member: str) -> Any:
    if member not in update:
        raise InvalidInputException(f"The Iceberg update {update['Action']} needs {member}")
    return update[member]


def _add_schema(metadata: dict[str, Any], given: Mapping[str, Any]) -> int:
    schema = schema_of(given, metadata["format-version"])
    check_evolution(current(metadata, "schema"), schema)
    for known in metadata["schemas"]:
        if same_shape(known, schema):
            return int(known["schema-id"])
    schema["schema-id"] = 1 + max(known["schema-id"] for known in metadata["schemas"])
    metadata["schemas"].append(schema)
    metadata["last-column-id"] = max(metadata["last-column-id"], highest_id(schema))
    return int(schema["schema-id"])


def _add_spec(metadata: dict[str, Any], given: Mapping[str, Any]) -> int:
    specs = metadata["partition-specs"]
    number: int = 1 + max(known["spec-id"] for known in specs)
    spec = spec_of(given, current(metadata, "schema"), number, specs, metadata["last-partition-id"])
    for known in specs:
        if known["fields"] == spec["fields"]:
            return int(known["spec-id"])
    specs.append(spec)
    metadata["last-partition-id"] = max(metadata["last-partition-id"], highest_partition_id([spec]))
    return number


def _add_order(metadata: dict[str, Any], given: Mapping[str, Any]) -> int:
    orders = metadata["sort-orders"]
    order = order_of(given, current(metadata, "schema"), 1 + max(known["order-id"] for known in orders))
    for known in orders:
        if known["fields"] == order["fields"]:
            return int(known["order-id"])
    orders.append(order)
    return int(order["order-id"])


def _choose(metadata: dict[str, Any], kind: str, number: int) -> None:
    """Make a schema, spec or order the current one."""
    members, key, chosen = _LISTS[kind]
    present = [each[key] for each in metadata[members]]
    if number == LAST_ADDED:
        number = present[-1]
    if number not in present:
        raise InvalidInputException(f"The table has no {kind} {number}; it has {present}")
    if kind == "schema":
        wanted = next(each for each in metadata[members] if each[key] == number)
        check_evolution(current(metadata, "schema"), wanted)
    metadata[chosen] = number


_ADDITIONS: dict[str, tuple[str, Callable[[dict[str, Any], Mapping[str, Any]], int]]] = {
    "add-schema": ("Schema", _add_schema),
    "add-spec": ("PartitionSpec", _add_spec),
    "add-sort-order": ("SortOrder", _add_order),
}
_CHOICES = {
    "set-current-schema": ("schema", "Schema", "SchemaId"),
    "set-default-spec": ("spec", "PartitionSpec", "SpecId"),
    "set-default-sort-order": ("order", "SortOrder", "OrderId"),
}
