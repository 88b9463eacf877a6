"""Recognise CSV as crawlers do: its delimiter, its header and its columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from isinglass_connectors.files.casting import exact_cast
from isinglass_connectors.files.csv_rows import rows
from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.sample import MAX_RECORDS

DELIMITERS = (",", "|", "\t", ";", "\x01")
_LONGEST_NAME = 150
#: So many rows of a thousand may have another length: dirty files are still CSV.
_RAGGED = 0.2


@dataclass(frozen=True, slots=True)
class CsvHints:
    """A custom classifier's settings; None and empty mean: find out."""

    delimiter: str | None = None
    quote: str | None = None
    header: bool | None = None
    columns: tuple[str, ...] = ()
    allow_single_column: bool = False
    #: Hive-like names of the types to use instead of what the values look like, by position.
    types: tuple[pa.DataType, ...] = ()


@dataclass(frozen=True, slots=True)
class CsvFound:
    delimiter: str
    quote: str
    header: bool
    schema: pa.Schema
    records: int
    bytes: int
    #: Columns without a value in any row of the sample.
    empty: frozenset[str] = frozenset()


def detect_csv(text: str, hints: CsvHints) -> CsvFound | str:
    """Describe a sample of whole lines, or say why it is not CSV."""
    best: tuple[int, str, list[list[str]]] | None = None
    for delimiter in [hints.delimiter] if hints.delimiter else DELIMITERS:
        records = _records(text, delimiter, hints)
        width = _width(records)
        if width and (best is None or width > best[0]):
            best = (width, delimiter, records)
    least_columns = 1 if hints.allow_single_column else 2
    if best is None or best[0] < least_columns:
        return "no delimiter splits its lines into columns"
    width, delimiter, records = best
    data_rows = len(records) - (1 if hints.header else 0)
    if data_rows < (1 if hints.header is not None or hints.columns else 2):
        return "fewer than two rows"
    even = [row for row in records if len(row) == width]
    header = _has_header(even, hints)
    names = list(hints.columns) or (_names(even[0]) if header else [f"col{i}" for i in range(width)])
    body = [row for row in records[1:] if len(row) == width] if header else even
    types = [_column_type([row[i] for row in body]) for i in range(width)]
    types[: len(hints.types)] = hints.types[:width]
    names = [*names[:width], *(f"col{i}" for i in range(len(names), width))]
    schema = pa.schema([pa.field(n, t) for n, t in zip(names, types, strict=True)])
    size = sum(sum(len(cell) + 1 for cell in row) for row in records)
    empty = frozenset(name for i, name in enumerate(names) if not any(row[i].strip() for row in body))
    records_seen = min(len(records) - int(header), MAX_RECORDS)
    return CsvFound(delimiter, hints.quote or '"', header, schema, records_seen, size, empty)


def _records(text: str, delimiter: str, hints: CsvHints) -> list[list[str]]:
    options = ReadOptions(separator=delimiter, quote=hints.quote or '"', escape=None, multi_line=True)
    found: list[list[str]] = []
    for row in rows(text, options):
        found.append(row.fields)
        if len(found) > MAX_RECORDS:
            break
    return found


def _width(records: Sequence[Sequence[str]]) -> int:
    """The number of columns nearly all records have; 0 when they agree on none."""
    counts: dict[int, int] = {}
    for record in records:
        counts[len(record)] = counts.get(len(record), 0) + 1
    if not counts:
        return 0
    width, agreeing = max(counts.items(), key=lambda item: item[1])
    return width if agreeing >= len(records) * (1 - _RAGGED) else 0


def _has_header(records: list[list[str]], hints: CsvHints) -> bool:
    """Glue's rule: names only in the first row, and a row below with something that is no text."""
    if hints.header is not None:
        return hints.header
    first, *others = records
    if not others:
        return False
    *cells, last = first
    if any(not cell.strip() for cell in cells) or any(len(cell) >= _LONGEST_NAME for cell in cells):
        return False
    if not last.strip() and any(row[-1].strip() for row in others):
        # Only a trailing delimiter may leave the last name out.
        return False
    if any(not pa.types.is_string(_column_type([cell])) for cell in first):
        return False
    columns = [[row[i] for row in others] for i in range(len(first))]
    return any(not pa.types.is_string(_column_type(column)) for column in columns)


def _names(header: list[str]) -> list[str]:
    return [name.strip() or f"col{i}" for i, name in enumerate(header)]


def _column_type(values: list[str]) -> pa.DataType:
    """`bigint`, `double`, `boolean` or `string`: what crawlers give a CSV column. Empty cells say nothing."""
    column = pa.array([value.strip() for value in values if value.strip()], pa.string())
    if not len(column):
        return pa.string()
    whole = pc.match_substring_regex(column, r"^[+-]?\d{1,19}$")
    if pc.all(whole).as_py() and exact_cast(column, pa.int64()) is not None:
        return pa.int64()
    number = pc.match_substring_regex(column, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
    if pc.all(number).as_py():
        return pa.float64()
    flag = pc.match_substring_regex(column, r"(?i)^(true|false)$")
    return pa.bool_() if pc.all(flag).as_py() else pa.string()
