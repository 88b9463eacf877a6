"""Members of an Input that Glue has no word for: slips of the hand, which servers pass over in silence."""

from collections.abc import Iterator, Mapping
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
    unknown = next(_unknown(record.input, shape, ""), None)
    if unknown is not None:
        raise Malformed(f"the Input of a {record.kind} has no member {unknown}")
    return record


def _unknown(value: Any, shape: str, path: str) -> Iterator[str]:
    """Yield the paths of unknown members; what is of another type than its shape is left to the server."""
    kind, members = _model()[shape]
    if kind == "structure" and isinstance(value, Mapping):
        for name, each in value.items():
            inner = members.get(name)
            if inner is None:
                yield f"{path}{name}"
            elif inner in _model():
                yield from _unknown(each, inner, f"{path}{name}.")
    elif kind == "list" and isinstance(value, list):
        for each in value:
            yield from _unknown(each, members["member"], path)


@cache
def _model() -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """Tell, of structures and of the lists of them, what they are made of; nothing else has members."""
    shapes = load("glue").shapes
    found: dict[str, tuple[str, Mapping[str, str]]] = {}
    for name, shape in shapes.items():
        if shape["type"] == "structure":
            found[name] = ("structure", shape["members"])
        elif shape["type"] == "list" and shapes[shape["member"]]["type"] == "structure":
            found[name] = ("list", {"member": shape["member"]})
    return found
