"""Iceberg tables as the catalog sees them: a row that points to a metadata file."""

from collections.abc import Mapping
from typing import Any

from isinglass.domain.iceberg.metadata import current
from isinglass.domain.iceberg.schemas import columns_of
from isinglass.model.glue.errors import InvalidInputException

POINTER = "metadata_location"
_PREVIOUS = "previous_metadata_location"
_FOLDER = "write.metadata.path"


def is_iceberg(document: Mapping[str, Any]) -> bool:
    """Tell whether a table's document says that it is an Iceberg table."""
    return str(document.get("Parameters", {}).get("table_type", "")).upper() == "ICEBERG"


def pointer_of(name: str, document: Mapping[str, Any]) -> str:
    """Return where a table's current metadata is."""
    pointer = document.get("Parameters", {}).get(POINTER)
    if not is_iceberg(document) or not pointer:
        raise InvalidInputException(f"Table {name} is no Iceberg table: it has no {POINTER}")
    return str(pointer)


def next_pointer(metadata: Mapping[str, Any], previous: str | None, file_id: str) -> str:
    """Name the next metadata file; its number counts the files before it, as Iceberg's libraries do."""
    number = 0
    if previous is not None:
        counted = previous.rsplit("/", 1)[-1].partition("-")[0]
        number = int(counted) + 1 if counted.isascii() and counted.isdigit() and len(counted) < 10 else 0
    folder = metadata["properties"].get(_FOLDER) or f"{metadata['location']}/metadata"
    return f"{folder.rstrip('/')}/{number:05d}-{file_id}.metadata.json"


def pointing(document: Mapping[str, Any], metadata: Mapping[str, Any], pointer: str) -> dict[str, Any]:
    """Let a table's document point to a metadata file, and show its columns.

    What describes a column or the location as the metadata does stays as it was given: clients compare.
    """
    parameters = dict(document.get("Parameters", {}))
    if previous := parameters.get(POINTER):
        parameters[_PREVIOUS] = previous
    parameters |= {"table_type": "ICEBERG", POINTER: pointer}
    given = document.get("StorageDescriptor", {})
    columns = {_meaning(column): column for column in given.get("Columns", [])}
    location = str(given.get("Location", ""))
    descriptor = {
        **given,
        "Columns": [columns.get(_meaning(each), each) for each in columns_of(current(metadata, "schema"))],
        "Location": location if location.rstrip("/") == metadata["location"] else metadata["location"],
    }
    return {
        "TableType": "EXTERNAL_TABLE",
        **document,
        "Parameters": parameters,
        "StorageDescriptor": descriptor,
    }


def _meaning(column: Mapping[str, Any]) -> tuple[str, str, str]:
    return column["Name"], column.get("Type", "string"), column.get("Comment") or ""


def shown(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Show metadata as GetTable does when it is asked for LATEST_ICEBERG_METADATA."""
    return {
        "FormatVersion": str(metadata["format-version"]),
        "TableUuid": metadata["table-uuid"],
        "Location": metadata["location"],
        "Properties": metadata.get("properties", {}),
        "Schemas": [_schema(each) for each in metadata["schemas"]],
        "CurrentSchemaId": metadata["current-schema-id"],
        "LastColumnId": metadata["last-column-id"],
        "PartitionSpecs": [_spec(each) for each in metadata["partition-specs"]],
        "DefaultSpecId": metadata["default-spec-id"],
        "LastPartitionId": metadata["last-partition-id"],
        "SortOrders": [_order(each) for each in metadata["sort-orders"]],
        "DefaultSortOrderId": metadata["default-sort-order-id"],
    }


def _schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    members = {"doc": "Doc", "initial-default": "InitialDefault", "write-default": "WriteDefault"}
    fields = [
        {
            "Id": field["id"],
            "Name": field["name"],
            "Type": field["type"],
            "Required": field["required"],
            **{member: field[key] for key, member in members.items() if key in field},
        }
        for field in schema["fields"]
    ]
    identifiers = schema.get("identifier-field-ids", [])
    return {
        "SchemaId": schema["schema-id"],
        "IdentifierFieldIds": identifiers,
        "Type": "struct",
        "Fields": fields,
    }


def _spec(spec: Mapping[str, Any]) -> dict[str, Any]:
    fields = [
        {
            "SourceId": field["source-id"],
            "Transform": field["transform"],
            "Name": field["name"],
            "FieldId": field["field-id"],
        }
        for field in spec["fields"]
    ]
    return {"SpecId": spec["spec-id"], "Fields": fields}


def _order(order: Mapping[str, Any]) -> dict[str, Any]:
    fields = [
        {
            "SourceId": field["source-id"],
            "Transform": field["transform"],
            "Direction": field["direction"],
            "NullOrder": field["null-order"],
        }
        for field in order["fields"]
    ]
    return {"OrderId": order["order-id"], "Fields": fields}
