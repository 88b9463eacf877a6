"""Read JSON with Spark's semantics: Arrow parses blocks of regular lines, value by value goes the rest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from isinglass_connectors.files.json_blocks import (
    arrow_reads_like_spark,
    batches,
    by_arrow,
    fitting,
    narrowed,
    parse,
    widened,
)
from isinglass_connectors.files.json_documents import Document, documents, lines, parse_line
from isinglass_connectors.files.json_path import parse_path, select
from isinglass_connectors.files.json_shapes import Shapes, fits, joined, parsed, split_lines
from isinglass_connectors.files.json_values import Misfit, fitter
from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.records import BadRecord, Chunk, settle_bad
from isinglass_connectors.files.streams import Block, blocks

_ROWS = 8192
#: Smaller blocks are read line by line sooner than their lines are told apart.
_WORTH_SORTING = 1 << 18


def read_json(stream: IO[bytes], file: str, schema: pa.Schema, options: ReadOptions) -> Iterator[Chunk]:
    """Stream a file's records as rows of the schema; a top-level array is its elements."""
    reader = _Reader(file, schema, options)
    if options.multi_line or options.json_path:
        yield from reader.slow(documents(stream))
        return
    regular = narrowed(schema)
    if not all(arrow_reads_like_spark(field.type) for field in regular):
        yield from reader.slow(document for block in blocks(stream) for document in lines(block))
        return
    for block in blocks(stream):
        rows = None if reader.motley else by_arrow(block.data, regular)
        if isinstance(rows, list):
            for batch in rows:
                yield settle_bad(widened(batch, schema), {}, options)
        elif len(block.data) >= _WORTH_SORTING:
            yield from reader.mixed(block, rows)
        else:
            yield from reader.slow(lines(block))


@dataclass(frozen=True, slots=True)
class _Values:
    """Rows made value by value, the lines they come from, and what was wrong with which of them."""

    rows: pa.RecordBatch
    lines: list[int]
    bad: dict[int, BadRecord]
    misfits: frozenset[str]


class _Reader:
    def __init__(self, file: str, schema: pa.Schema, options: ReadOptions) -> None:
        #: The last block had to be sorted by the shapes of its lines: the next one is likely to be like it.
        self.motley = False
        self._file = file
        self._schema = schema
        self._options = options
        self._path = parse_path(options.json_path) if options.json_path else ()
        self._shapes: Shapes | None = None
        self._regular = narrowed(schema)
        self._fields = [(field.name, fitter(field.type, options.formats)) for field in schema]

    def slow(self, found: Iterable[Document]) -> Iterator[Chunk]:
        pending = iter(found)
        while part := list(islice(pending, _ROWS)):
            yield self._chunk(part)

    def mixed(self, block: Block, refused: int | None) -> Iterator[Chunk]:
        """Read a block in which most lines are regular: those at once, the others value by value.

        Takes the first row that Arrow refused, if it said which.
        """
        try:
            every = split_lines(block.data)
        except pa.ArrowInvalid:
            # Some line is no UTF-8.
            yield from self.slow(lines(block))
            return
        is_good = None if refused is None else fitting(every, block.data, self._regular, refused)
        rows = None if is_good is None else self._all(every.filter(is_good))
        self.motley = rows is None
        if rows is None:
            is_good = self._of_regular_shape(every)
            rows = self._all(every.filter(is_good))
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
        self.motley = self.motley and bool(values.lines)
        found = pa.array(values.lines, pa.int64())
        order = pc.sort_indices(pa.concat_arrays([places, pc.subtract(found, block.line)]))
        if not len(order):
            return
        table = pa.Table.from_batches([*rows, values.rows], self._schema).take(order)
        moved = pc.sort_indices(order)  # The inverse: where each row went.
        bad = {moved[len(places) + i].as_py(): record for i, record in values.bad.items()}
        woven = table.combine_chunks().to_batches()[0]
        yield settle_bad(woven, bad, self._options, values.misfits)

    def _all(self, found: pa.StringArray) -> list[pa.RecordBatch] | None:
        """Read lines at once, each as one row; None when that cannot be."""
        table = parse(joined(found), self._regular) if len(found) else self._regular.empty_table()
        if not isinstance(table, pa.Table) or table.num_rows != len(found):
            return None
        return [widened(batch, self._schema) for batch in batches(table, self._regular)]

    def _of_regular_shape(self, every: pa.StringArray) -> pa.BooleanArray:
        """Tell of each line whether it is one object that has just the schema's types."""
        if self._shapes is None:
            self._shapes = Shapes()
        found = self._shapes.of(every)
        kind = pa.struct(list(self._regular))
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
