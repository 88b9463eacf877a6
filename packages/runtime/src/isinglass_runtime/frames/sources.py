"""Open what scripts read as frames: files, catalog tables."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pyspark.sql import functions as F

from isinglass_runtime.frames.choices import resolve_all
from isinglass_runtime.frames.frame import Frame
from isinglass_runtime.frames.glue_options import FileRequest, exclusions_of
from isinglass_runtime.io.frames import FileFrame

#: A record that cannot be read is an error record and no row.
_BAD_RECORDS: Final = "DROPMALFORMED"


def read_request(spark: Any, request: FileRequest) -> Frame:
    """Read files with the types that Glue's readers give."""
    from isinglass_connectors.files.options import ReadOptions
    from isinglass_runtime.io.read import read_files

    options: ReadOptions | dict[str, Any] = {}
    if request.format in ("csv", "json"):
        options = replace(ReadOptions.from_glue(request.options), mode=_BAD_RECORDS)
    found = read_files(
        spark,
        format=request.format,
        urls=request.urls,
        options=options,
        exclusions=request.exclusions,
        style="dynamic",
    )
    return frame_of(found, request.format)


def read_catalog(
    spark: Any, database: str, name: str, push_down_predicate: str, additional_options: Mapping[str, Any]
) -> Frame:
    """Read a table of the catalog, its columns typed as declared."""
    from isinglass_runtime.io.catalog import read_table

    options: dict[str, Any] = {"exclusions": exclusions_of(additional_options)}
    found = read_table(
        spark,
        database,
        name,
        push_down_predicate=push_down_predicate,
        catalog_partition_predicate=str(additional_options.get("catalogPartitionPredicate", "")),
        options=options,
        find_choices=True,
    )
    return frame_of(found, f"{database}.{name}")


def frame_of(found: FileFrame, source: str) -> Frame:
    """Take over what a reader found: data, choices, and bad records as error records."""
    choices = frozenset((name,) for name in found.choices)
    if found.errors is None:
        return Frame(found.df, choices)
    nothing = F.lit(None).cast("string")
    errors = found.errors.select(
        F.struct(F.lit(source).alias("site"), F.lit("").alias("info")).alias("callsite"),
        F.col("reason").alias("msg"),
        nothing.alias("stackTrace"),
        F.col("record").alias("input"),
        F.octet_length(F.col("record")).cast("bigint").alias("bytesread"),
        F.col("file").alias("source"),
        nothing.alias("dynamicRecord"),
    )
    return Frame(found.df, choices, (errors,))


def text_of_choices(frame: Frame) -> Frame:
    """Make choices text, for formats whose cells are text anyway."""
    return resolve_all(frame, "cast:string") if frame.choices else frame
