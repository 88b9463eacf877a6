"""Read tables of our catalog: partitions chosen by the catalog and by predicate, files listed, columns typed
as declared.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pyspark.errors import AnalysisException
from pyspark.sql.types import StringType, StructField, StructType

from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.storage import urls
from isinglass_runtime.engine.active import ENGINE
from isinglass_runtime.io.frames import FileFrame
from isinglass_runtime.io.listing import InputFile, Listing, list_inputs
from isinglass_runtime.io.metastore import (
    CURRENT,
    CatalogTable,
    PartitionEntry,
    TableNotFoundError,
    is_configured,
    partitions,
    split_name,
    table,
)
from isinglass_runtime.io.permitted_tables import is_partial, read_permitted
from isinglass_runtime.io.read import read_listing, storage
from isinglass_runtime.io.registration import register_write
from isinglass_runtime.io.views import read_view

__all__ = [
    "CURRENT",
    "CatalogTable",
    "TableNotFoundError",
    "is_configured",
    "read_table",
    "register_write",
    "split_name",
    "table",
]


def read_table(
    spark: Any,
    database: str,
    name: str,
    *,
    push_down_predicate: str = "",
    catalog_partition_predicate: str = "",
    options: Mapping[str, Any] | None = None,
    find_choices: bool = False,
    sampled: Callable[[Listing], Listing] | None = None,
) -> FileFrame:
    """Read a table of the catalog; only registered partitions, from wherever they are.

    `sampled` may leave files out, where the table is made of files that we list.

    With `find_choices` records are read as Glue reads them: a column with values that its declared type
    cannot hold becomes a choice of the type and text, an empty field is an empty text, a bad record is an
    error and no row.
    """
    found = table(database, name)
    if is_partial(found):
        part = read_permitted(
            spark,
            found,
            push_down_predicate=push_down_predicate,
            catalog_partition_predicate=catalog_partition_predicate,
        )
        if part is not None:
            return part
    given = dict(options or {})
    if found.kind == "VIRTUAL_VIEW":
        return FileFrame(read_view(spark, found))
    if found.format == "iceberg":
        return FileFrame(_read_iceberg(spark, found))
    exclusions = (*found.exclusions, *given.pop("exclusions", ()))
    reading = {**found.options(), **given}
    listing = _list_files(spark, found, exclusions, push_down_predicate, catalog_partition_predicate)
    return read_listing(
        spark,
        listing if sampled is None else sampled(listing),
        format=found.format,
        urls=[found.location],
        options=_as_records(reading) if find_choices and found.format in ("csv", "json") else reading,
        schema=found.schema,
        partition_schema=found.partition_schema,
        find_choices=find_choices,
    )


def _list_files(
    spark: Any, found: CatalogTable, exclusions: Sequence[str], pushed_down: str, catalog_predicate: str
) -> Listing:
    """List a table's files, of the partitions that are asked for."""
    if not found.partition_keys:
        if pushed_down.strip():
            raise NotPartitionedError(found, pushed_down)
        return list_inputs(storage(), [found.location], exclusions, keys=())
    entries = partitions(found, catalog_predicate)
    if pushed_down.strip():
        entries = selected_partitions(spark, found, entries, pushed_down)
    return _list_partitions(found, entries, exclusions)


def _read_iceberg(spark: Any, found: CatalogTable) -> Any:
    """Read an Iceberg table as of the metadata that the catalog points to.

    The newest file of its folder may be that of a commit that was lost.
    """
    reader = spark.read.format("iceberg")
    current = found.parameters.get("metadata_location")
    if current and not ENGINE.embedded:
        return reader.load(current)
    if current:
        # Without the mark of a table that a catalog manages, the engine looks for the newest file itself.
        reader = reader.options(metadata_location=current, table_type="ICEBERG")
    return reader.load(found.location)


def _as_records(options: Mapping[str, Any]) -> ReadOptions:
    return replace(ReadOptions.from_spark(options), mode="DROPMALFORMED", empty_is_null=False, ragged_ok=True)


class NotPartitionedError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """A partition predicate on a table without partitions."""

    def __init__(self, found: CatalogTable, predicate: str) -> None:
        super().__init__(
            f"User's pushdown predicate: {predicate} can not be resolved against partition columns: [] "
            f"(table {found.database}.{found.name} is not partitioned)"
        )


class PredicateError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """A partition predicate that names something else than partition columns."""

    def __init__(self, found: CatalogTable, predicate: str, reason: str) -> None:
        names = [key for key, _ in found.partition_keys]
        super().__init__(
            f"User's pushdown predicate: {predicate} can not be resolved against partition columns: "
            f"{names} ({reason})"
        )


def selected_partitions(
    spark: Any, found: CatalogTable, entries: Sequence[PartitionEntry], predicate: str
) -> list[PartitionEntry]:
    """Let the engine evaluate the predicate over the partitions' typed values."""
    from pyspark.sql import functions as F

    if not entries:
        return []
    names = [key for key, _ in found.partition_keys]
    texts = StructType([StructField(f"text{i}", StringType()) for i in range(len(names))])
    rows = [(*entry.values, index) for index, entry in enumerate(entries)]
    frame = spark.createDataFrame(
        rows, StructType([*texts.fields, StructField("entry", StringType())]).simpleString()[7:-1]
    )
    typed = frame.select(
        *(
            F.col(f"text{i}").try_cast(field.dataType).alias(field.name)
            for i, field in enumerate(found.partition_schema.fields)
        ),
        F.col("entry").alias("isinglass entry"),
    )
    try:
        kept = {int(row[0]) for row in typed.filter(predicate).select("isinglass entry").collect()}
    except AnalysisException as error:
        raise PredicateError(found, predicate, str(error).splitlines()[0]) from error
    return [entry for index, entry in enumerate(entries) if index in kept]


def _list_partitions(
    found: CatalogTable, entries: Sequence[PartitionEntry], exclusions: Sequence[str]
) -> Listing:
    """List each partition's folder; one listing of the table serves those that are below it and many."""
    keys = tuple(key for key, _ in found.partition_keys)
    opened = storage()
    files: list[InputFile] = []
    folders = {urls.folder(entry.location): entry for entry in entries}
    inside = {folder for folder in folders if folder.startswith(urls.folder(found.location))}
    if len(inside) > 1:
        for file in list_inputs(opened, [found.location], exclusions, keys=()).files:
            owner = _owner(file.info.url, inside, urls.folder(found.location))
            if owner is not None:
                files.append(InputFile(file.info, _values(folders[owner])))
    for folder, entry in folders.items():
        if folder in inside and len(inside) > 1:
            continue
        try:
            listed = list_inputs(opened, [entry.location], exclusions, keys=()).files
        except AnalysisException:
            # A registered partition whose folder is gone has no rows, as in Hive.
            continue
        files.extend(InputFile(file.info, _values(entry)) for file in listed)
    return Listing(keys, tuple(files))


def _owner(url: str, folders: set[str], root: str) -> str | None:
    """Find the partition whose folder holds a file, the deepest first."""
    folder = url.rsplit("/", 1)[0] + "/"
    while len(folder) > len(root):
        if folder in folders:
            return folder
        folder = folder.rstrip("/").rsplit("/", 1)[0] + "/"
    return None


def _values(entry: PartitionEntry) -> tuple[str | None, ...]:
    from isinglass_connectors.storage.partitions import DEFAULT_PARTITION

    return tuple(None if value in {"", DEFAULT_PARTITION} else value for value in entry.values)
