"""The Iceberg definition of a table that is described by its columns only, in Hive's types."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from isinglass.domain.column_types import ColumnType, parse_type
from isinglass.model.glue.errors import InvalidInputException

_SIMPLE = {
    "boolean": "boolean",
    "tinyint": "int",
    "smallint": "int",
    "int": "int",
    "bigint": "long",
    "float": "float",
    "double": "double",
    "date": "date",
    "timestamp": "timestamp",
    "string": "string",
    "varchar": "string",
    "char": "string",
    "binary": "binary",
}


def described(document: Mapping[str, Any]) -> dict[str, Any]:
    """Build a CreateIcebergTableInput from a table's document; ids are counted."""
    descriptor = document.get("StorageDescriptor", {})
    if document.get("PartitionKeys"):
        raise InvalidInputException(
            "An Iceberg table has no PartitionKeys: give a PartitionSpec in CreateIcebergTableInput"
        )
    if not descriptor.get("Location") or not descriptor.get("Columns"):
        raise InvalidInputException(
            "An Iceberg table needs a Location and Columns, or CreateIcebergTableInput"
        )
    columns = descriptor["Columns"]
    # Columns come first, as Iceberg's libraries count them; nested fields take the numbers after them.
    ids = count(len(columns) + 1)
    fields = [
        {
            "Id": number,
            "Name": column["Name"],
            "Required": False,
            "Type": _type(parse_type(column.get("Type", "string")), ids, column["Name"]),
            **({"Doc": column["Comment"]} if column.get("Comment") else {}),
        }
        for number, column in enumerate(columns, 1)
    ]
    return {"Location": descriptor["Location"], "Schema": {"Fields": fields}}


def _type(kind: ColumnType, ids: Iterator[int], where: str) -> Any:
    if kind.name == "struct":
        numbered = [(next(ids), name, of) for name, of in kind.inner]
        fields = [
            {"id": number, "name": name, "required": False, "type": _type(of, ids, f"{where}.{name}")}
            for number, name, of in numbered
        ]
        return {"type": "struct", "fields": fields}
    if kind.name == "array" and len(kind.inner) == 1:
        number = next(ids)
        element = _type(kind.inner[0][1], ids, where)
        return {"type": "list", "element-id": number, "element-required": False, "element": element}
    if kind.name == "map" and len(kind.inner) == 2:
        key_id, value_id = next(ids), next(ids)
        key, value = (_type(of, ids, where) for _, of in kind.inner)
        return {
            "type": "map",
            "key-id": key_id,
            "key": key,
            "value-id": value_id,
            "value-required": False,
            "value": value,
        }
    if kind.name == "decimal" and len(kind.sizes) <= 2:
        precision, scale = (*kind.sizes, 0)[:2] if kind.sizes else (10, 0)
        return f"decimal({precision},{scale})"
    if kind.name in _SIMPLE and not kind.inner:
        return _SIMPLE[kind.name]
    raise InvalidInputException(f"Iceberg has no type for {where} of type {kind}")
