"""What of a table's definition, and of its partitions, shows to who may see only some of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from isinglass.domain.permissions.access import Access
from isinglass.domain.permissions.marks import MARK

#: How a table's row says who decides over it, and how much of it the caller sees.
LEFT_TO_IAM, RESTRICTED, WITHOUT_COLUMNS, WITHOUT_ROWS = 0, 1, 2, 3

#: Parameters in which tools repeat all columns.
_SCHEMAS = ("spark.sql.sources.schema", "spark.sql.create.version", "avro.schema.literal", "columns")


def columns_of(document: Mapping[str, Any]) -> list[Any]:
    """List a table's columns, its partition keys last."""
    return [*((document.get("StorageDescriptor") or {}).get("Columns") or ()), *document["PartitionKeys"]]


def names_of(document: Mapping[str, Any]) -> list[str]:
    """List the names of a table's columns, its partition keys last."""
    return [column["Name"] for column in columns_of(document)]


def sight(access: Access, document: Mapping[str, Any]) -> int:
    """Tell how much of a restricted table an access shows."""
    if access.reads_all:
        return RESTRICTED
    return WITHOUT_ROWS if access.rows(names_of(document)) is not None else WITHOUT_COLUMNS


def cut(document: Mapping[str, Any], access: Access) -> dict[str, Any]:
    """Leave out of a table's definition the columns that do not show, wherever they are named."""
    if "ALTER" in access.permissions:  # whoever replaces a definition must have all of it
        return {**document, "Parameters": {**(document.get("Parameters") or {}), MARK: "partial"}}
    shown = {**document, "PartitionKeys": _seen(document["PartitionKeys"], access)}
    parameters = {**_plain(document.get("Parameters") or {}), MARK: "partial"}
    descriptor = document.get("StorageDescriptor")
    if descriptor is not None:
        seen = [name for name in names_of(document) if access.sees(name)]
        shown["StorageDescriptor"] = cut_to(descriptor, seen)
    return {**shown, "Parameters": parameters}


def cut_to(descriptor: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Leave all columns but some out of a storage descriptor, wherever it names them."""
    kept = {name.lower() for name in names}
    shown = dict(descriptor)
    if "Columns" in shown:
        shown["Columns"] = [each for each in shown["Columns"] if each["Name"].lower() in kept]
    if "SortColumns" in shown:
        shown["SortColumns"] = [each for each in shown["SortColumns"] if each["Column"].lower() in kept]
    if "BucketColumns" in shown:
        shown["BucketColumns"] = [name for name in shown["BucketColumns"] if name.lower() in kept]
    shown.pop("SkewedInfo", None)
    if "Parameters" in shown:
        shown["Parameters"] = _plain(shown["Parameters"])
    if (serde := shown.get("SerdeInfo")) and "Parameters" in serde:
        shown["SerdeInfo"] = {**serde, "Parameters": _plain(serde["Parameters"])}
    return shown


def _seen(columns: Sequence[Any], access: Access) -> list[Any]:
    return [column for column in columns if access.sees(column["Name"])]


def _plain(parameters: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in parameters.items() if not name.startswith(_SCHEMAS)}
