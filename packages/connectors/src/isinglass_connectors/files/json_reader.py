"""Read JSON with Spark's semantics: Arrow parses blocks of regular lines, value by value goes the rest."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as arrow_json

from isinglass_connectors.files.json_documents import Document, documents, lines, parse_line
from isinglass_connectors.files.json_path import parse_path, select
from isinglass_connectors.files.json_shapes import Shapes, fits, joined, parsed, split_lines
from isinglass_connectors.files.json_values import Misfit, fitter
from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.records import BadRecord, Chunk, settle_bad
from isinglass_connectors.files.streams import Block, blocks
from isinglass_connectors.files.types import is_choice

_ROWS = 8192
_BLANK = re.compile(rb"\n\s")
#: Smaller blocks are read line by line sooner than their lines are told apart.
_WORTH_SORTING = 1 << 18


def read_json(stream: IO[bytes], file: str, schema: pa.Schema, options: ReadOptions) -> Iterator[Chunk]:
    """Stream a file's records as rows of the schema; a top-level array is its elements."""
    reader = _Reader(file, schema, options)
    if options.multi_line or options.json_path:
        yield from reader.slow(documents(stream))
        return
    fast = all(arrow_reads_like_spark(field.type) for field in schema)
    dirty = False
    for block in blocks(stream):
        # Where a block was dirty the next one is likely to be.
        rows = by_arrow(block, schema) if fast and not dirty else None
        if rows is not None:
            for batch in rows:
                yield settle_bad(batch, {}, options)
        elif fast and len(block.data) >= _WORTH_SORTING:
            dirty = False
            for chunk in reader.mixed(block):
                dirty = dirty or chunk.errors.num_rows > 0
                yield chunk
        else:
            yield from reader.slow(lines(block))


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


def by_arrow(block: Block, schema: pa.Schema, *, threads: bool = False) -> list[pa.RecordBatch] | None:
    """Parse a block of JSON lines at once; None when any line is not just what the schema says."""
    if not is_utf8(block.data):
        # Arrow would pass the bytes on as text.
        return None
    try:
        table = arrow_json.read_json(
            pa.BufferReader(block.data),
            read_options=arrow_json.ReadOptions(
                use_threads=threads, block_size=1 << 20 if threads else len(block.data) + 1
            ),
            parse_options=arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    if table.num_rows != line_count(block.data):
        # Arrow reads several objects in a line, or one over several lines; Spark calls those lines bad.
        return None
    return table.select(schema.names).cast(schema).combine_chunks().to_batches()  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class _Values:
    """Rows made value by value, the lines they come from, and what was wrong with which of them."""

    rows: pa.RecordBatch
    lines: list[int]
    bad: dict[int, BadRecord]
    misfits: frozenset[str]


def line_count(data: bytes) -> int:
    """How many lines of a block are not blank."""
    if data[:1].isspace() or _BLANK.search(data):
        return sum(1 for line in data.split(b"\n") if line and not line.isspace())
    return data.count(b"\n") + (bool(data) and not data.endswith(b"\n"))


def is_utf8(data: bytes) -> bool:
    try:
        return data.isascii() or bool(data.decode())
    except UnicodeDecodeError:
        return False


class _Reader:
    def __init__(self, file: str, schema: pa.Schema, options: ReadOptions) -> None:
        self._file = file
        self._schema = schema
        self._options = options
        self._path = parse_path(options.json_path) if options.json_path else ()
        self._shapes: Shapes | None = None
        self._fields = [(field.name, fitter(field.type, options.formats)) for field in schema]

    def slow(self, found: Iterable[Document]) -> Iterator[Chunk]:
        pending = iter(found)
        while part := list(islice(pending, _ROWS)):
            yield self._chunk(part)

    def mixed(self, block: Block) -> Iterator[Chunk]:
        """Read a block in which most lines are regular: those at once, the others value by value."""
        try:
            every = split_lines(block.data)
        except pa.ArrowInvalid:
            # Some line is no UTF-8.
            yield from self.slow(lines(block))
            return
        is_good = self._regular(every)
        rows = by_arrow(Block(joined(every.filter(is_good)), 1), self._schema)
        if rows is None:
            yield from self.slow(lines(block))
            return
        places = pc.indices_nonzero(is_good).cast(pa.int64())
        odd = pc.indices_nonzero(pc.invert(is_good)).to_pylist()
        values = self._values(
            parse_line(text.encode(), block.line + i)
            for i, text in zip(odd, every.filter(pc.invert(is_good)).to_pylist(), strict=True)
            if text and not text.isspace()
        )
        found = pa.array(values.lines, pa.int64())
        order = pc.sort_indices(pa.concat_arrays([places, pc.subtract(found, block.line)]))
        if not len(order):
            return
        table = pa.Table.from_batches([*rows, values.rows], self._schema).take(order)
        moved = pc.sort_indices(order)  # The inverse: where each row went.
        bad = {moved[len(places) + i].as_py(): record for i, record in values.bad.items()}
        woven = table.combine_chunks().to_batches()[0]
        yield settle_bad(woven, bad, self._options, values.misfits)

    def _regular(self, every: pa.StringArray) -> pa.BooleanArray:
        """Tell of each line whether it is one object that has just the schema's types."""
        if self._shapes is None:
            self._shapes = Shapes()
        found = self._shapes.of(every)
        kind = pa.struct(list(self._schema))
        good = pa.array([isinstance(s, dict) and fits(s, kind) for s in parsed(found)], pa.bool_())
        return good.take(found.indices).fill_null(False)

    def _chunk(self, part: list[Document]) -> Chunk:
        values = self._values(part)
        return settle_bad(values.rows, values.bad, self._options, values.misfits)

    def _values(self, part: Iterable[Document]) -> "_Values":
        columns: dict[str, list[Any]] = {name: [] for name, _ in self._fields}
        bad: dict[int, BadRecord] = {}
        misfits: set[str] = set()
        places: list[int] = []
        for document in part:
            for value, error in self._records(document):
                reason = self._append(columns, {} if error else value, misfits) or error
                if reason:
                    bad[len(places)] = BadRecord(self._file, document.line, reason, document.raw)
                places.append(document.line)
        arrays = [pa.array(columns[f.name], f.type) for f in self._schema]
        rows = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        return _Values(rows, places, bad, frozenset(misfits))

    def _records(self, document: Document) -> Iterator[tuple[Any, str]]:
        """The rows of one document, each with what is wrong with it."""
        if document.error:
            yield None, document.error
            return
        for value in select(document.value, self._path):
            for record in value if isinstance(value, list) else (value,):
                yield record, "" if isinstance(record, dict) else "not a JSON object"

    def _append(self, columns: dict[str, list[Any]], record: dict[str, Any], misfits: set[str]) -> str:
        """Add one row; a field that does not fit becomes null and is the reason returned."""
        reason = ""
        for name, fit in self._fields:
            try:
                columns[name].append(fit(record.get(name)))
            except Misfit as error:
                columns[name].append(None)
                misfits.add(name)
                reason = reason or f"column {name}: {error}"
        return reason
