"""Tell the catalog what a write has made: create or update the table, add its partitions. After the data's
commit, always.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pyspark.sql.types import StructType

from isinglass_connectors.storage import partitions as partition_paths
from isinglass_connectors.storage import urls
from isinglass_runtime.io.metastore import (
    PARTITIONS_PER_REQUEST,
    CatalogTable,
    TableNotFoundError,
    client,
    hive_columns,
    storage_descriptor,
    table,
    table_fields,
)


def register_write(
    database: str,
    name: str,
    *,
    schema: StructType,
    location: str,
    format: str,
    options: Mapping[str, Any] | None = None,
    partition_keys: Sequence[str] = (),
    partitions: Iterable[Sequence[str | None]] = (),
    update_schema: bool = True,
    parameters: Mapping[str, str] | None = None,
) -> None:
    """Create the table if it is missing, widen or replace its columns if asked, and add the partitions
    written.

    Every step may be repeated: a run that is executed again after a crash finds its own work done.
    """
    data, keys = table_fields(schema, partition_keys)
    try:
        known = table(database, name)
    except TableNotFoundError:
        _create(database, name, data, keys, location, format, dict(options or {}), dict(parameters or {}))
    else:
        if update_schema and _differs(known, data):
            _update_columns(known, data)
    if partition_keys:
        add_partitions(
            database, name, location, list(partition_keys), [list(values) for values in partitions]
        )


def _create(
    database: str,
    name: str,
    data: StructType,
    keys: StructType,
    location: str,
    format: str,
    options: dict[str, Any],
    parameters: dict[str, str],
) -> None:
    header = format == "csv" and str(options.get("header", "")).lower() == "true"
    with_class = {"classification": format, "EXTERNAL": "TRUE", **parameters}
    if header:
        with_class["skip.header.line.count"] = "1"
    table_input = {
        "Name": name.lower(),
        "TableType": "EXTERNAL_TABLE",
        "Parameters": with_class,
        "PartitionKeys": hive_columns(keys),
        "StorageDescriptor": storage_descriptor(hive_columns(data), location, format, options),
    }
    try:
        client().create_table(DatabaseName=database.lower(), TableInput=table_input)
    except client().exceptions.AlreadyExistsException:
        # Another writer of the same table was quicker; its columns are checked like any other's.
        known = table(database, name)
        if _differs(known, data):
            _update_columns(known, data)


def _differs(known: CatalogTable, data: StructType) -> bool:
    return [{"Name": n, "Type": t} for n, t in known.columns] != hive_columns(data)


def _update_columns(known: CatalogTable, data: StructType) -> None:
    document = client().get_table(DatabaseName=known.database, Name=known.name)["Table"]
    allowed = {
        "Name",
        "Description",
        "Owner",
        "Retention",
        "StorageDescriptor",
        "PartitionKeys",
        "TableType",
        "Parameters",
        "ViewOriginalText",
        "ViewExpandedText",
        "LastAccessTime",
        "LastAnalyzedTime",
    }
    table_input = {key: value for key, value in document.items() if key in allowed}
    table_input["StorageDescriptor"]["Columns"] = hive_columns(data)
    client().update_table(DatabaseName=known.database, TableInput=table_input)


def add_partitions(
    database: str, name: str, location: str, keys: Sequence[str], partitions: Sequence[Sequence[str | None]]
) -> None:
    """Register partitions, leaving those that exist; a null value is registered by Hive's name for it."""
    document = client().get_table(DatabaseName=database.lower(), Name=name.lower())["Table"]
    inputs = []
    for values in partitions:
        descriptor = dict(document["StorageDescriptor"])
        descriptor["Location"] = urls.join(location, partition_paths.path(list(keys), list(values))) + "/"
        texts = [partition_paths.DEFAULT_PARTITION if v is None or v == "" else v for v in values]
        inputs.append({"Values": texts, "StorageDescriptor": descriptor})
    for start in range(0, len(inputs), PARTITIONS_PER_REQUEST):
        answer = client().batch_create_partition(
            DatabaseName=database.lower(),
            TableName=name.lower(),
            PartitionInputList=inputs[start : start + PARTITIONS_PER_REQUEST],
        )
        for problem in answer.get("Errors", ()):
            if problem["ErrorDetail"]["ErrorCode"] != "AlreadyExistsException":
                raise PartitionRefusedError(name, problem["PartitionValues"], problem["ErrorDetail"])


class PartitionRefusedError(RuntimeError):
    """The catalog did not take a partition of data that is committed."""

    def __init__(self, table: str, values: Sequence[str], detail: Mapping[str, Any]) -> None:
        super().__init__(f"table {table}: partition {list(values)}: {detail.get('ErrorMessage', detail)}")
        self.table = table
        self.values = tuple(values)
