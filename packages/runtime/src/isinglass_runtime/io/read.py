"""Read files into frames: listed by us, scanned by the engine where that is safe, else by our tolerant
reader.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from pyspark.errors import AnalysisException
from pyspark.sql.types import StructType

from isinglass_connectors.storage.options import StorageOptions
from isinglass_connectors.storage.shared import shared_storage
from isinglass_connectors.storage.storage import Storage
from isinglass_runtime.io import native
from isinglass_runtime.io.frames import FileFrame
from isinglass_runtime.io.listing import EVERYTHING, LOOKUP_OPTIONS, Listing, Lookup, list_inputs
from isinglass_runtime.io.types import nullable, parse_schema, string_columns
from isinglass_runtime.run import current

if TYPE_CHECKING:
    from isinglass_connectors.files.options import ReadOptions

FORMATS = frozenset({"csv", "json", "parquet"})
#: Formats that the engine's reader may have once the files are listed.
PASSED_FORMATS = frozenset({"text", "binaryfile", "avro"})
Style = Literal["spark", "dynamic"]
Keep = Callable[[dict[str, str | None]], bool]


class UnknownFormatError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """No reader or writer for a format."""

    def __init__(self, format: str) -> None:
        known = ", ".join(sorted(FORMATS))
        super().__init__(
            f"[DATA_SOURCE_NOT_FOUND] Cannot read or write the format {format!r}; known are {known}."
        )
        self.format = format


class NoSchemaError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """There is no file to learn the columns from."""

    def __init__(self, format: str, urls: Sequence[str]) -> None:
        super().__init__(
            f"[UNABLE_TO_INFER_SCHEMA] No {format} file in {', '.join(urls)} to infer a schema from; "
            "give the schema explicitly."
        )


def storage() -> Storage:
    """Open storage with the run's own keys (the usual AWS variables)."""
    options = StorageOptions.from_environment()
    endpoint = current().s3_endpoint
    return shared_storage(
        replace(options, endpoint=endpoint) if endpoint and not options.endpoint else options
    )


def read_files(
    spark: Any,
    *,
    format: str,
    urls: Sequence[str],
    options: "Mapping[str, Any] | ReadOptions",
    schema: StructType | str | None = None,
    partition_schema: StructType | None = None,
    exclusions: Sequence[str] = (),
    keep: Keep | None = None,
    style: Style = "spark",
    find_choices: bool = False,
) -> FileFrame:
    """Read the committed files below `urls`.

    `options` are Spark's (`header`, `sep`, `quote`, `escape`, `multiLine`, `mode`, `inferSchema`,
    `mergeSchema` …), or a ReadOptions, which is how Glue's format options come. `schema` is that of the data
    columns; without it the files tell: in the `dynamic` style columns of mixed types become choices (structs
    named by type), and with `find_choices` so do columns with values that a given schema cannot hold.
    Partition columns come last: typed by `partition_schema`, else text (`dynamic`) or what Spark infers.
    `keep` prunes by partition values, as text by name, before anything is opened.
    """
    format = format.lower()  # noqa: A001 - the API's word
    if format not in FORMATS:
        raise UnknownFormatError(format)
    keys = partition_schema.names if partition_schema is not None else None
    base, lookup = None, EVERYTHING
    if isinstance(options, Mapping):
        base, lookup = options.get("basePath"), Lookup.of_spark(options)
        options = {key: value for key, value in options.items() if key.lower() not in LOOKUP_OPTIONS}
    listing = list_inputs(storage(), urls, exclusions, keys=keys, base=base, keep=keep, lookup=lookup)
    return read_listing(
        spark,
        listing,
        format=format,
        urls=urls,
        options=options,
        schema=schema,
        partition_schema=partition_schema,
        style=style,
        find_choices=find_choices,
    )


def read_listing(
    spark: Any,
    listing: Listing,
    *,
    format: str,
    urls: Sequence[str],
    options: "Mapping[str, Any] | ReadOptions",
    schema: StructType | str | None,
    partition_schema: StructType | None,
    style: Style = "spark",
    find_choices: bool = False,
) -> FileFrame:
    """Read files that are listed already."""
    from isinglass_runtime.io.scan import Scan

    columns = parse_schema(spark, schema)
    if format not in FORMATS:
        raise UnknownFormatError(format)
    if partition_schema is None:
        partition_schema = _partition_schema(listing, columns, style)
    if columns is not None:
        inside = {name.lower() for name in partition_schema.names}
        columns = nullable(StructType([f for f in columns.fields if f.name.lower() not in inside]))
    if not listing.files:
        if columns is None:
            raise NoSchemaError(format, urls)
        return FileFrame(spark.createDataFrame([], StructType([*columns.fields, *partition_schema.fields])))
    scan = Scan.plan(
        spark,
        listing,
        format=format,
        options=options,
        columns=columns,
        partition_schema=partition_schema,
        style=style,
        find_choices=find_choices,
    )
    return scan.frame(spark)


def _partition_schema(listing: Listing, columns: StructType | None, style: Style) -> StructType:
    """Type partition columns as the given schema does, or from their values as Spark does."""
    from isinglass_runtime.io.partition_types import inferred_types

    if style == "dynamic":
        return string_columns(listing.keys)
    inferred = inferred_types(listing)
    given = {} if columns is None else {field.name.lower(): field for field in columns.fields}
    return StructType([given.get(field.name.lower(), field) for field in inferred.fields])


def scan_passed(spark: Any, *, format: str, urls: Sequence[str], options: Mapping[str, Any]) -> Any:
    """Read listed files with the engine's own reader of a format that cannot have bad records."""
    listing = list_inputs(storage(), urls)
    if not listing.files:
        raise NoSchemaError(format, urls)
    return native.scan(
        spark,
        listing,
        format=format,
        options={k: option_text(v) for k, v in options.items()},
        schema=None,
        partition_schema=_partition_schema(listing, None, "spark"),
    )


def option_text(value: Any) -> str:
    """An option's value as Spark's readers and writers take it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
