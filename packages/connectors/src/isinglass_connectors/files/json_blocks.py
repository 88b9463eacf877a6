"""Parse blocks of JSON lines with Arrow: all of a block at once, or all but the few lines that do not fit."""

import re

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as arrow_json

from isinglass_connectors.files.types import is_choice

_BLANK = re.compile(rb"\n\s")
_ROW = re.compile(r"in row (\d+)$")
#: With misfits more frequent, going from one to the next takes longer than telling all lines apart.
_LINES_PER_MISFIT = 64
_FEW_MISFITS = 16


def arrow_reads_like_spark(kind: pa.DataType) -> bool:
    """Arrow is strict about these types and lenient about none of them."""
    t = pa.types
    if t.is_struct(kind):
        return not is_choice(kind) and all(arrow_reads_like_spark(field.type) for field in kind)
    if t.is_list(kind):
        return arrow_reads_like_spark(kind.value_type)
    return bool(
        t.is_string(kind) or t.is_boolean(kind) or t.is_int64(kind) or t.is_int32(kind) or t.is_float64(kind)
    )


def narrowed(schema: pa.Schema) -> pa.Schema:
    """Take each choice of some type and string for that type: what most values of such a column have."""
    return pa.schema([field.with_type(_narrow(field.type)) for field in schema])


def _narrow(kind: pa.DataType) -> pa.DataType:
    if not is_choice(kind) or kind.num_fields != 2:
        return kind
    others = [field.type for field in kind if not pa.types.is_string(field.type)]
    return others[0] if len(others) == 1 else kind


def widened(rows: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Put the values of narrowed columns back into their choices."""
    return pa.RecordBatch.from_arrays(
        [_widen(array, kind) for array, kind in zip(rows.columns, schema.types, strict=True)], schema=schema
    )


def _widen(array: pa.Array, kind: pa.DataType) -> pa.Array:
    if array.type == kind:
        return array
    parts = [
        array if field.type == array.type else pa.nulls(len(array), field.type)  # The other alternative.
        for field in kind
    ]
    return pa.StructArray.from_arrays(parts, fields=list(kind), mask=array.is_null())


def parse(
    data: bytes | memoryview | pa.Buffer, schema: pa.Schema, *, threads: bool = False
) -> pa.Table | int | None:
    """Parse lines that are UTF-8; else give the first row that Arrow refuses, None when it does not tell.

    The table is right only if it has as many rows as there are lines: Arrow also takes several objects in a
    line, or one over several lines, which Spark calls bad.
    """
    try:
        return arrow_json.read_json(
            pa.BufferReader(data),
            read_options=arrow_json.ReadOptions(
                use_threads=threads, block_size=1 << 20 if threads else len(data) + 1
            ),
            parse_options=arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        row = None if threads else _ROW.search(str(error))
        return int(row[1]) if row else None


def by_arrow(data: bytes, schema: pa.Schema, *, threads: bool = False) -> list[pa.RecordBatch] | int | None:
    """Parse a block of JSON lines if every line is just what the schema says; else answer as `parse` does."""
    if not is_utf8(data):
        # Arrow would pass the bytes on as text.
        return None
    table = parse(data, schema, threads=threads)
    if not isinstance(table, pa.Table):
        return table
    if table.num_rows != line_count(data):
        return None
    return batches(table, schema)


def batches(table: pa.Table, schema: pa.Schema) -> list[pa.RecordBatch]:
    """Give what was parsed as the schema's columns, and those only."""
    found: list[pa.RecordBatch] = table.select(schema.names).cast(schema).combine_chunks().to_batches()
    return found


def fitting(lines: pa.StringArray, data: bytes, schema: pa.Schema, row: int) -> pa.BooleanArray | None:
    """Tell the lines of a block that Arrow takes, given the first row it refused; None when those are many.

    Goes from one refused row to the next. That a row is a line is a guess, which a parse of the lines found
    has to prove.
    """
    if _may_have_blanks(data):
        return None
    starts = memoryview(lines.buffers()[1]).cast("i")
    view = memoryview(data)
    refused: list[int] = []
    at = 0
    while len(refused) <= _FEW_MISFITS + at // _LINES_PER_MISFIT:
        at += row + 1
        if at > len(lines):
            return None
        refused.append(at - 1)
        # As many line ends as lines came before.
        rest = view[starts[at] + at :] if at < len(lines) else view[:0]
        found = parse(rest, schema) if rest else None
        if not isinstance(found, int):
            # Where Arrow did not say what was wrong, the proof will fail.
            is_refused = pc.is_in(pa.array(range(len(lines))), pa.array(refused))
            return pc.and_not(pc.greater(pc.binary_length(lines), 0), is_refused)
        row = found
    return None


def line_count(data: bytes) -> int:
    """How many lines of a block are not blank."""
    if _may_have_blanks(data):
        return sum(1 for line in data.split(b"\n") if line and not line.isspace())
    return data.count(b"\n") + (bool(data) and not data.endswith(b"\n"))


def _may_have_blanks(data: bytes) -> bool:
    return data[:1].isspace() or _BLANK.search(data) is not None


def is_utf8(data: bytes) -> bool:
    try:
        return data.isascii() or bool(data.decode())
    except UnicodeDecodeError:
        return False
