"""Find the schema of files by reading them once: Spark's types, or the choices of dynamic frames."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Literal

import pyarrow as pa

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
from isinglass_connectors.files.json_documents import documents, lines
from isinglass_connectors.files.json_path import parse_path, select
from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.parquet_reader import read_schema
from isinglass_connectors.files.seen import Seen
from isinglass_connectors.files.source import FileSource
from isinglass_connectors.files.source_files import SourceFile
from isinglass_connectors.files.streams import blocks, open_text, text
from isinglass_connectors.files.types import TIMESTAMP, choice, is_choice
from isinglass_connectors.storage.storage import Storage

Style = Literal["spark", "dynamic"]


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
        schema = _json(opened(storage, files, spool), options, conflict, long_only=style == "spark")
    else:
        schema = _csv(storage, files, spool, options, typed=typed and style == "spark", prefix=_prefix(style))
    schema = settle_schema(schema)
    return Inferred(schema, _choices(schema))


def find_choices(source: FileSource) -> Inferred:
    """Read a source once; a column with values that do not fit its type becomes a choice with string."""
    misfits: set[str] = set()
    for split in source.splits():
        for chunk in source.scan(split, placed=False):
            misfits |= chunk.misfits
    fields = [
        pa.field(f.name, choice(f.type, pa.string())) if f.name in misfits and not is_choice(f.type) else f
        for f in source.data_schema
    ]
    schema = pa.schema(fields)
    return Inferred(schema, _choices(schema))


def _choices(schema: pa.Schema) -> tuple[str, ...]:
    return tuple(field.name for field in schema if is_choice(field.type))


def _prefix(style: Style) -> str:
    return "_c" if style == "spark" else "col"


def _json(
    files: Iterable[tuple[SourceFile, IO[bytes]]],
    options: ReadOptions,
    conflict: Conflict,
    *,
    long_only: bool,
) -> pa.Schema:
    seen = Seen()
    path = parse_path(options.json_path) if options.json_path else ()
    corrupt = False
    for _, raw in files:
        with text(raw, options.encoding) as stream:
            if options.multi_line or options.json_path:
                found = documents(stream)
            else:
                found = (document for block in blocks(stream) for document in lines(block))
            for document in found:
                corrupt = corrupt or bool(document.error)
                for value in () if document.error else select(document.value, path):
                    for record in value if isinstance(value, list) else (value,):
                        seen.add(record)
    schema = seen.schema(conflict, long_only=long_only)
    if corrupt and long_only and options.mode == "PERMISSIVE":
        # Spark's inference adds the column by itself when it meets a bad record.
        name = options.corrupt_column or "_corrupt_record"
        schema = pa.schema(sorted([*schema, pa.field(name, pa.string())], key=lambda field: str(field.name)))
    return schema


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
