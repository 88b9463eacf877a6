"""Read CSV block by block with Spark's semantics: Arrow where it is regular, an exact splitter elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from isinglass_connectors.files import csv_rows
from isinglass_connectors.files.casting import cast_text
from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.records import BadRecord, Chunk, settle_bad
from isinglass_connectors.files.streams import BLOCK, Block, blocks
from isinglass_connectors.files.types import glue_name


@dataclass(frozen=True, slots=True)
class Texts:
    """A block's fields as text columns, with what was wrong with the shape of which row."""

    columns: list[pa.Array]
    rows: int
    misshapen: dict[int, tuple[str, str]]
    """Row index to (reason, raw text)."""
    settled: bool = False
    """Nulls are in their places already."""


def read_csv(stream: IO[bytes], file: str, schema: pa.Schema, options: ReadOptions) -> Iterator[Chunk]:
    """Stream a file's rows with the schema's columns, by position as Spark does."""
    for block in clean_blocks(stream, options):
        texts = text_columns(block.data, len(schema), options)
        yield _typed(texts, block, file, schema, options)


def text_blocks(stream: IO[bytes], width: int, options: ReadOptions) -> Iterator[Texts]:
    """Stream a file's rows as text columns."""
    for block in clean_blocks(stream, options):
        yield text_columns(block.data, width, options)


def clean_blocks(stream: IO[bytes], options: ReadOptions, size: int = BLOCK) -> Iterator[Block]:
    """Cut a stream into blocks of data records: no header, no comments, plain line ends, valid UTF-8."""
    skip = int(options.header) + int(options.skip_first)
    for block in blocks(stream, options.quote if options.multi_line else None, size):
        cleaned = _clean(block, options)
        if skip:
            cleaned, skip = _without_first(cleaned, options, skip)
        if cleaned.data and not cleaned.data.isspace():
            yield cleaned


def column_names(stream: IO[bytes], options: ReadOptions, prefix: str = "_c") -> list[str]:
    """Name the columns of a file: its header's, or `_c0`, `_c1`, … (Glue: `col0`, …) for the first record."""
    for block in blocks(stream, options.quote if options.multi_line else None, 1 << 20):
        text = _clean(block, options).data.decode("utf-8", "replace")
        first = next(csv_rows.rows(text, options), None)
        if first is not None:
            return name_columns(first.fields, options, prefix)
    return []


def name_columns(fields: list[str], options: ReadOptions, prefix: str = "_c") -> list[str]:
    """Spark's names for a header: blanks numbered, doubles (whatever their case) suffixed by position."""
    if not options.header:
        return [f"{prefix}{i}" for i in range(len(fields))]
    lowered = [field.lower() for field in fields]
    return [
        f"{prefix}{i}" if not field.strip() else f"{field}{i}" if lowered.count(field.lower()) > 1 else field
        for i, field in enumerate(fields)
    ]


def _clean(block: Block, options: ReadOptions) -> Block:
    """Make line ends newlines, bytes valid UTF-8, comments blank lines; lines keep their numbers."""
    data = block.data
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError:
            data = data.decode("utf-8", "replace").encode()
    if options.comment and options.comment.encode() in data:
        data = re.sub(rb"(?m)^" + re.escape(options.comment.encode()) + rb".*$", b"", data)
    return Block(data, block.line)


def drops_within(head: bytes, options: ReadOptions) -> bool:
    """Tell whether a file's header, and what else is dropped before its records, ends within its head."""
    whole_lines = head[: head.rfind(b"\n") + 1]
    count = int(options.header) + int(options.skip_first)
    return not count or _without_first(_clean(Block(whole_lines, 1), options), options, count)[1] == 0


def _without_first(block: Block, options: ReadOptions, count: int) -> tuple[Block, int]:
    """Drop the first records of a file; returns how many are still to be dropped."""
    text = block.data.decode()
    lines = 0
    for row in csv_rows.rows(text, options):
        if not count:
            break
        count -= 1
        lines = row.line + row.raw.count("\n") + 1
    at = 0
    for _ in range(lines):
        at = text.find("\n", at) + 1 or len(text)
    return Block(text[at:].encode(), block.line + lines), count


def text_columns(data: bytes, width: int, options: ReadOptions) -> Texts:
    """Parse a clean block into `width` text columns, rows in order, whatever their shape."""
    escaped = options.quote and options.escape not in {None, options.quote}
    # The single character first: searching for it is many times faster.
    if (
        escaped
        and (options.escape or "").encode() in data
        and f"{options.escape}{options.quote}".encode() in data
    ):
        # Arrow's escape also works outside quotes, where Spark's does not.
        return _exact(data, width, options)
    found = _by_arrow(data, width, options)
    return _exact(data, width, options) if found is None else found


def _by_arrow(data: bytes, width: int, options: ReadOptions) -> Texts | None:
    invalid: list[csv.InvalidRow] = []

    def keep(row: csv.InvalidRow) -> str:
        invalid.append(row)
        return "skip"

    names = [str(i) for i in range(width)]
    settled = options.empty_is_null and not (options.trim_left or options.trim_right)
    try:
        table = csv.read_csv(
            pa.BufferReader(data),
            read_options=csv.ReadOptions(column_names=names, use_threads=False, block_size=len(data) + 1),
            parse_options=csv.ParseOptions(
                delimiter=options.separator,
                quote_char=options.quote or False,
                newlines_in_values=options.multi_line,
                invalid_row_handler=keep,
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=settled,
                null_values=["", options.null_value],
            ),
        )
    except pa.ArrowInvalid:
        return None
    quoted = options.quote is not None and options.quote.encode() in data
    if quoted and not options.multi_line and table.num_rows + len(invalid) != record_count(data):
        # An unclosed quote swallowed line ends, which end records when multiLine is off.
        return None
    columns = [_flat(column) for column in table.columns]
    if not invalid:
        return Texts(columns, table.num_rows, {}, settled)
    if any(not row.text.strip(" ") for row in invalid):
        # Lines of blanks are no records; without their blanks Arrow knows it.
        return _by_arrow(re.sub(rb"(?m)^ +$", b"", data), width, options)
    return _weave(columns, table.num_rows, invalid, width, options)


def _flat(column: pa.ChunkedArray) -> pa.Array:
    return (
        column.chunk(0)
        if column.num_chunks == 1
        else pa.concat_arrays(column.chunks or [pa.array([], pa.string())])
    )


def record_count(data: bytes) -> int:
    """How many records a clean block holds when each line is one."""
    lines = data.split(b"\n")
    return sum(1 for line in lines if line.strip(b" "))


def _weave(
    columns: list[pa.Array], good: int, invalid: list[csv.InvalidRow], width: int, options: ReadOptions
) -> Texts | None:
    """Put the rows of a wrong length, filled or cut, back to where they stood."""
    if any(row.number is None for row in invalid):
        return None
    misshapen = {row.number - 1: (_shape_reason(row.actual_columns, width), row.text) for row in invalid}
    fitted = [_fit(csv_rows.split(row.text, options), width) for row in invalid]
    total = good + len(invalid)
    good_rows, order, next_bad = 0, [], 0
    for i in range(total):
        if i in misshapen:
            order.append(good + next_bad)
            next_bad += 1
        else:
            order.append(good_rows)
            good_rows += 1
    places = pa.array(order, pa.int64())
    woven = [
        pa.concat_arrays([column, pa.array([fields[i] for fields in fitted], pa.string())]).take(places)
        for i, column in enumerate(columns)
    ]
    return Texts(woven, total, misshapen)


def _shape_reason(actual: int, expected: int) -> str:
    return f"{actual} fields where {expected} were expected"


def _fit(fields: list[str], width: int) -> list[str | None]:
    return [*fields[:width], *([None] * (width - len(fields)))]


def _exact(data: bytes, width: int, options: ReadOptions) -> Texts:
    fitted: list[list[str | None]] = []
    misshapen: dict[int, tuple[str, str]] = {}
    for index, row in enumerate(csv_rows.rows(data.decode(), options)):
        if len(row.fields) != width:
            misshapen[index] = (_shape_reason(len(row.fields), width), row.raw)
        fitted.append(_fit(row.fields, width))
    columns = [pa.array([fields[i] for fields in fitted], pa.string()) for i in range(width)]
    return Texts(columns, len(fitted), misshapen)


def with_nulls(column: pa.Array, options: ReadOptions, *, text: bool) -> pa.Array:
    """Trim, then make nulls of what means null; in a column of text Glue keeps empty fields."""
    if options.trim_left and options.trim_right:
        column = pc.utf8_trim_whitespace(column)
    elif options.trim_left:
        column = pc.utf8_ltrim_whitespace(column)
    elif options.trim_right:
        column = pc.utf8_rtrim_whitespace(column)
    nothing = pa.scalar(None, pa.string())
    if options.empty_is_null or not text:
        column = pc.if_else(pc.equal(column, ""), nothing, column)
    if options.null_value:
        column = pc.if_else(pc.equal(column, options.null_value), nothing, column)
    return column


def _typed(texts: Texts, block: Block, file: str, schema: pa.Schema, options: ReadOptions) -> Chunk:
    arrays: list[pa.Array] = []
    reasons: dict[int, str] = {}
    misfits: set[str] = set()
    if not options.ragged_ok:
        reasons = {index: reason for index, (reason, _) in texts.misshapen.items()}
    for field, column in zip(schema, texts.columns, strict=True):
        is_text = pa.types.is_string(field.type)
        values = column if texts.settled else with_nulls(column, options, text=is_text)
        cast = cast_text(values, field.type, options.formats)
        arrays.append(cast.values)
        if cast.bad is not None:
            misfits.add(field.name)
            for index in pc.indices_nonzero(cast.bad).to_pylist():
                found = values[index].as_py()
                reasons.setdefault(index, f"column {field.name}: {found!r} is no {glue_name(field.type)}")
    rows = pa.RecordBatch.from_arrays(arrays, schema=schema)
    bad = {}
    if reasons:
        where = _Locator(block, texts, options)
        bad = {i: BadRecord(file, *where.line_and_text(i, reason)) for i, reason in reasons.items()}
    return settle_bad(rows, bad, options, frozenset(misfits))


class _Locator:
    """Find the line and raw text of a row again; made only for blocks with bad records."""

    def __init__(self, block: Block, texts: Texts, options: ReadOptions) -> None:
        text = block.data.decode()
        self._first = block.line
        if options.multi_line:
            self._places = [(row.line, row.raw) for row in csv_rows.rows(text, options)]
        else:
            self._places = [(i, line) for i, line in enumerate(text.split("\n")) if line.strip(" ")]
        self._texts = texts

    def line_and_text(self, index: int, reason: str) -> tuple[int, str, str]:
        line, raw = self._places[index] if index < len(self._places) else (0, "")
        return self._first + line, reason, raw
