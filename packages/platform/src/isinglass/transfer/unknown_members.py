"""Members of an Input that Glue has no word for: slips of the hand, which servers pass over in silence."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from isinglass.model.schema import load
from isinglass.transfer import records
from isinglass.transfer.records import Malformed, Record

#: What the Input of a kind is of, in Glue's model; the others are judged by what puts them.
_SHAPES: Mapping[str, str] = {
    records.ENCRYPTION_SETTINGS: "DataCatalogEncryptionSettings",
    records.SECURITY_CONFIGURATION: "EncryptionConfiguration",
    records.CONNECTION: "ConnectionInput",
    records.NESTED_CATALOG: "CatalogInput",
    records.DATABASE: "DatabaseInput",
    records.FUNCTION: "UserDefinedFunctionInput",
    records.TABLE_VERSION: "TableInput",
    records.TABLE: "TableInput",
    records.TABLE_STATISTICS: "ColumnStatistics",
    records.PARTITION: "PartitionInput",
    records.PARTITION_STATISTICS: "ColumnStatistics",
}


def check_known(record: Record) -> Record:
    """Give a record back; raises Malformed where its Input has a member that nothing would come of."""
    shape = _SHAPES.get(record.kind)
    if shape is None:
        return record
    unknown = _first_unknown(record.input, shape, "")
    if unknown is not None:
        raise Malformed(f"the Input of a {record.kind} has no member {unknown}")
    return record


def _first_unknown(value: Any, shape: str, path: str) -> str | None:
    """Return the path of an unknown member; what is of another type than its shape is left to the server."""
    members, structures = _model()[shape]
    for each in value if isinstance(value, list) else (value,):
        if not isinstance(each, dict):
            continue
        if not each.keys() <= members:
            return next(f"{path}{name}" for name in each if name not in members)
        for name in structures.keys() & each.keys() if structures else ():
            if (found := _first_unknown(each[name], structures[name], f"{path}{name}.")) is not None:
                return found
    return None


@cache
def _model() -> Mapping[str, tuple[frozenset[str], Mapping[str, str]]]:
    """Tell of each structure its members, and of those that are structures, or lists of them, the shape."""
    shapes = load("glue").shapes

    def structure(name: str) -> str | None:
        shape = shapes[name]
        if shape["type"] == "list":
            return structure(shape["member"])
        return name if shape["type"] == "structure" else None

    return {
        name: (
            frozenset(shape["members"]),
            {member: inner for member, target in shape["members"].items() if (inner := structure(target))},
        )
        for name, shape in shapes.items()
        if shape["type"] == "structure"
    }
