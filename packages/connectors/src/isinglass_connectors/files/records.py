"""Bad records: what is kept of them, and what a reader does when it meets one."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from isinglass_connectors.files.options import ReadOptions

#: The stream of bad records beside the rows.
ERROR_SCHEMA = pa.schema(
    [
        pa.field("file", pa.string()),
        pa.field("line", pa.int64()),
        pa.field("reason", pa.string()),
        pa.field("record", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class BadRecord:
    """One record that could not be read as asked: where it stands, why, and its raw text."""

    file: str
    line: int
    reason: str
    record: str


class MalformedRecord(ValueError):
    """FAILFAST met a bad record."""

    def __init__(self, bad: BadRecord) -> None:
        super().__init__(f"{bad.file}, line {bad.line}: {bad.reason}: {bad.record[:200]}")
        self.bad = bad

    def __reduce__(self) -> tuple[type["MalformedRecord"], tuple[BadRecord]]:
        return MalformedRecord, (self.bad,)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a file: its rows in order, and the records that were bad among them."""

    rows: pa.RecordBatch
    errors: pa.RecordBatch
    #: The columns in which a value did not fit its type.
    misfits: frozenset[str] = frozenset()


def error_batch(bad: list[BadRecord]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(
        {
            "file": [b.file for b in bad],
            "line": [b.line for b in bad],
            "reason": [b.reason for b in bad],
            "record": [b.record for b in bad],
        },
        schema=ERROR_SCHEMA,
    )


def settle_bad(
    rows: pa.RecordBatch,
    bad: Mapping[int, BadRecord],
    options: ReadOptions,
    misfits: frozenset[str] = frozenset(),
) -> Chunk:
    """Treat the bad rows (by their index) as the mode says; their records go to the errors in any case."""
    if bad and options.mode == "FAILFAST":
        raise MalformedRecord(bad[min(bad)])
    if bad and options.mode == "DROPMALFORMED":
        keep = pa.array([i not in bad for i in range(rows.num_rows)], pa.bool_())
        rows = rows.filter(keep)
        bad_rows: Mapping[int, BadRecord] = {}
    else:
        bad_rows = bad
    if options.corrupt_column is not None:
        raw = pa.nulls(rows.num_rows, pa.string())
        if bad_rows:
            found = {i: b.record for i, b in bad_rows.items()}
            raw = pa.array([found.get(i) for i in range(rows.num_rows)], pa.string())
        rows = rows.append_column(pa.field(options.corrupt_column, pa.string()), raw)
    return Chunk(rows, error_batch([bad[i] for i in sorted(bad)]), misfits)
