"""Find the schema of files by reading them once: Spark's types, or the choices of dynamic frames."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal

import pyarrow as pa

from isinglass_connectors.files import json_inference
from isinglass_connectors.files.casting import cast_text, exact_cast
from isinglass_connectors.files.csv_reader import column_names, text_blocks, with_nulls
from isinglass_connectors.files.fetching import Spool, opened
from isinglass_connectors.files.inference import (
    Conflict,
    choose,
    merge_schemas,
    merge_types,
    settle_schema,
    widen,
)
from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.parquet_reader import read_schema
from isinglass_connectors.files.source import FileSource, FileSplit
from isinglass_connectors.files.source_files import SourceFile
from isinglass_connectors.files.streams import open_text, text
from isinglass_connectors.files.types import TIMESTAMP, choice, is_choice
from isinglass_connectors.storage.storage import Storage

Style = Literal["spark", "dynamic"]
#: Arrow's readers leave Python to others meanwhile; a third thread would find little left.
_THREADS = 2


@dataclass(frozen=True, slots=True)
class Inferred:
    """A schema, and the top-level columns that are choices in it (as structs, one field per alternative)."""

    schema: pa.Schema
    choices: tuple[str, ...] = ()


def infer_schema(
    storage: Storage,
    files: Iterable[SourceFile],
    format: str,
    options: ReadOptions,
    *,
    style: Style = "spark",
    typed: bool = True,
    spool: Spool | None = None,
) -> Inferred:
    """Read every file once and merge what they hold; Parquet only by its footers.

    `spark`: the types that `spark.read` infers (`typed=False`: CSV stays text, as without `inferSchema`).
    `dynamic`: Glue's, where types that differ become a choice and CSV is always text.
    """
    conflict: Conflict = widen if style == "spark" else choose
    if format == "parquet":
        schema = merge_schemas((read_schema(storage, file.url) for file in files), conflict)
    elif format == "json":
        streams = opened(storage, files, spool)
        infer = json_inference.spark if style == "spark" else json_inference.dynamic
        schema = infer((text(raw, options.encoding) for _, raw in streams), options)
    else:
        schema = _csv(storage, files, spool, options, typed=typed and style == "spark", prefix=_prefix(style))
    schema = settle_schema(schema)
    return Inferred(schema, _choices(schema))


def find_choices(source: FileSource) -> Inferred:
    """Read a source once; a column with values that do not fit its type becomes a choice with string."""
    misfits: frozenset[str] = frozenset()

    def look(split: FileSplit) -> None:
        nonlocal misfits
        open_question = _without(source, misfits)
        if open_question.data_schema.names:
            for chunk in open_question.scan(split, placed=False):
                if chunk.misfits:
                    misfits |= chunk.misfits

    splits = source.splits()
    for split in splits[:1]:
        # What it finds, the others need not look for.
        look(split)
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="isinglass-choices") as pool:
        for _ in pool.map(look, splits[1:]):
            pass
    fields = [
        pa.field(f.name, choice(f.type, pa.string())) if f.name in misfits and not is_choice(f.type) else f
        for f in source.data_schema
    ]
    schema = pa.schema(fields)
    return Inferred(schema, _choices(schema))


def _without(source: FileSource, known: frozenset[str]) -> FileSource:
    """Leave out the columns that are known to be choices; those of CSV have their places, and become text."""
    if source.format == "csv":
        fields = [f.with_type(pa.string()) if f.name in known else f for f in source.data_schema]
    else:
        fields = [f for f in source.data_schema if f.name not in known]
    return replace(source, data_schema=pa.schema(fields))


def _choices(schema: pa.Schema) -> tuple[str, ...]:
    return tuple(field.name for field in schema if is_choice(field.type))


def _prefix(style: Style) -> str:
    return "_c" if style == "spark" else "col"


def _csv(
    storage: Storage,
    files: Iterable[SourceFile],
    spool: Spool | None,
    options: ReadOptions,
    *,
    typed: bool,
    prefix: str,
) -> pa.Schema:
    listed = list(files)
    names: list[str] = []
    for file in listed:
        with open_text(storage, file.url, options.encoding, file.size) as stream:
            names = column_names(stream, options, prefix)
        if names:
            break
    types = [pa.null() if typed else pa.string()] * len(names)
    for _, raw in opened(storage, listed if typed and names else (), spool):
        with text(raw, options.encoding) as stream:
            for texts in text_blocks(stream, len(names), options):
                types = [
                    text_type(
                        column if texts.settled else with_nulls(column, options, text=True), options, known
                    )
                    for column, known in zip(texts.columns, types, strict=True)
                ]
    return pa.schema([pa.field(name, kind) for name, kind in zip(names, types, strict=True)])


def text_type(column: pa.Array, options: ReadOptions, known: pa.DataType) -> pa.DataType:
    """Spark's type for a column of text, given what earlier blocks made of it."""
    if pa.types.is_string(known) or column.null_count == len(column):
        return known
    if not pa.types.is_null(known) and _reads_as(column, known, options):
        return known
    for kind in (pa.int32(), pa.int64(), pa.float64(), pa.date32(), TIMESTAMP, pa.bool_()):
        if _reads_as(column, kind, options):
            return merge_types(known, kind, widen)
    return pa.string()


def _reads_as(column: pa.Array, kind: pa.DataType, options: ReadOptions) -> bool:
    formats = options.formats
    if (pa.types.is_date(kind) and formats.date) or (pa.types.is_timestamp(kind) and formats.timestamp):
        return cast_text(column, kind, formats).bad is None
    return exact_cast(column, kind) is not None
