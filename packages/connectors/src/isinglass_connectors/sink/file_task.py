"""One task of a write: rows in, staged files out, in memory that does not grow with the data."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, cast

import pyarrow as pa

from isinglass_connectors.sink.encoders import Encoder, encoder
from isinglass_connectors.sink.options import WriteOptions
from isinglass_connectors.sink.sorting import SortKey, ordered
from isinglass_connectors.sink.spill import Spill
from isinglass_connectors.sink.splitting import Folder, split, whole
from isinglass_connectors.sink.staging import Finished, StagedStream, StagingArea
from isinglass_connectors.storage.manifests import StagedFile

#: Rows are gathered up to this before they are split and encoded: small row groups read slowly.
_GATHER = 64 << 20
#: What all open partitions may hold before the largest is encoded.
_HELD = 128 << 20
#: Partitions beyond this many go through the spill and are written one after another.
MAX_OPEN = 32


@dataclass(frozen=True, slots=True)
class TaskMessage:
    """What a finished task tells the commit."""

    files: tuple[StagedFile, ...]


@dataclass(slots=True)
class _OpenFile:
    """One file being written, and rows that wait to become its next row group."""

    stream: StagedStream
    encoder: Encoder
    rows: int = 0
    held: list[pa.Table] = field(default_factory=list)
    held_bytes: int = 0


class FileTask:
    """Split, spill, encode and stage the batches of one task, in the order they come."""

    def __init__(
        self,
        staging: StagingArea,
        name: str,
        schema: pa.Schema,
        options: WriteOptions,
        keys: Sequence[str],
        sort_by: Sequence[SortKey],
        scratch: str | None,
    ) -> None:
        self._staging = staging
        # A task that is tried again must not touch what its first try staged.
        self._name = f"{name}-{secrets.token_hex(4)}"
        self._schema = schema
        self._options = options
        self._keys = list(keys)
        self._sort_by = list(sort_by)
        self._scratch = scratch
        self._gathered: list[pa.RecordBatch] = []
        self._gathered_bytes = 0
        self._open: dict[Folder, _OpenFile] = {}
        self._spill: Spill | None = None
        self._finished: list[Finished] = []
        self._streams: list[StagedStream] = []
        self._count = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Take some rows; columns are matched by name and cast to the write's schema."""
        if not batch.num_rows:
            return
        if batch.schema != self._schema:
            batch = batch.select(self._schema.names).cast(self._schema)
        self._gathered.append(batch)
        self._gathered_bytes += batch.nbytes
        if self._gathered_bytes >= _GATHER:
            self._scatter()

    def close(self) -> TaskMessage:
        """Write out what is held and wait until every byte is staged."""
        if self.pause():
            self.write_whole(self.spilled())
        return self.finish()

    def pause(self) -> bool:
        """Write out what is held in memory; True when rows are left in the spill, for `write_whole`."""
        self._scatter()
        for folder in list(self._open):
            self._end(self._open.pop(folder))
        return self._spill is not None

    def spilled(self) -> Iterator[tuple[Folder, pa.Table]]:
        """Yield the rows in the spill by partition; once, after the last row has come."""
        return iter(()) if self._spill is None else self._spill.read()

    def write_whole(self, parts: Iterable[tuple[Folder, pa.Table]]) -> None:
        """Write partitions of which all rows are known, one after another."""
        for folder, table in parts:
            self._write_whole(folder, table)

    def finish(self) -> TaskMessage:
        """Wait until every byte is staged."""
        if self._spill is not None:
            self._spill.close()
        files = tuple(finished() for finished in self._finished)
        self._staging.close()
        return TaskMessage(files)

    def abort(self) -> None:
        """Remove what was staged."""
        for stream in self._streams:
            stream.discard()
        if self._spill is not None:
            self._spill.close()
        self._staging.close()

    def write_empty(self, schema: pa.Schema) -> None:
        """Stage one file without rows, which keeps the table's schema."""
        self._end(self._begin("", schema))

    def _scatter(self) -> None:
        """Bring the gathered rows to their partitions."""
        if not self._gathered:
            return
        table = pa.Table.from_batches(self._gathered, self._schema)
        self._gathered, self._gathered_bytes = [], 0
        slices = split(table, self._keys) if self._keys else whole(table)
        if self._sort_by:
            # A file is sorted as a whole, so all its rows must have come.
            self._spilled(slices.table.schema).add(slices.together(list(slices.places)))
            return
        later: list[Folder] = []
        for folder in slices.places:
            if folder in self._open or len(self._open) < MAX_OPEN:
                self._hold(folder, slices.part(folder))
            else:
                later.append(folder)
        if later:
            self._spilled(slices.table.schema).add(slices.together(later))

    def _spilled(self, schema: pa.Schema) -> Spill:
        if self._spill is None:
            self._spill = Spill(schema, self._scratch)
        return self._spill

    def _hold(self, folder: Folder, part: pa.Table) -> None:
        file = self._open.get(folder)
        if file is None:
            file = self._open[folder] = self._begin(folder, part.schema)
        file.held.append(part)
        file.held_bytes += part.nbytes
        if not self._keys:
            self._encode(folder, file)
            return
        while sum(f.held_bytes for f in self._open.values()) > _HELD:
            largest = max(self._open, key=lambda name: self._open[name].held_bytes)
            self._encode(largest, self._open[largest])

    def _encode(self, folder: Folder, file: _OpenFile) -> None:
        table = pa.concat_tables(file.held)
        file.held, file.held_bytes = [], 0
        self._open[folder] = self._append(folder, file, table)

    def _append(self, folder: Folder, file: _OpenFile, table: pa.Table) -> _OpenFile:
        """Encode rows, going on in another file where the options limit one."""
        limit = self._options.max_rows_per_file
        while limit and file.rows + table.num_rows > limit:
            room = limit - file.rows
            if room:
                file.encoder.write(table.slice(0, room))
                file.rows += room
            table = table.slice(room)
            self._end(file)
            file = self._begin(folder, table.schema)
        file.encoder.write(table)
        file.rows += table.num_rows
        return file

    def _write_whole(self, folder: Folder, table: pa.Table) -> None:
        file = self._begin(folder, table.schema)
        for piece in ordered(table, self._sort_by, self._scratch):
            for part in _bounded(piece):
                file = self._append(folder, file, part)
        self._end(file)

    def _begin(self, folder: Folder, schema: pa.Schema) -> _OpenFile:
        name = f"{self._name}-{self._count:05d}{self._options.extension}"
        self._count += 1
        stream = self._staging.open(f"{folder}/{name}" if folder else name)
        self._streams.append(stream)
        return _OpenFile(stream, encoder(cast("IO[bytes]", stream), schema, self._options))

    def _end(self, file: _OpenFile) -> None:
        if file.held:
            table = pa.concat_tables(file.held)
            file.encoder.write(table)
            file.rows += table.num_rows
        file.encoder.close()
        self._finished.append(file.stream.finish(file.rows))


def _bounded(table: pa.Table) -> Iterator[pa.Table]:
    """Cut a large table into what is encoded at once."""
    rows = max(1, int(table.num_rows * _GATHER / max(table.nbytes, 1)))
    for start in range(0, table.num_rows, rows):
        yield table.slice(start, rows).combine_chunks()
