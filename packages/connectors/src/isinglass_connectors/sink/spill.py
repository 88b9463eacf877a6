"""Keep rows on local disk by partition until the write ends: thousands of partitions need no memory."""

import mmap
import tempfile
from collections.abc import Iterator

import pyarrow as pa

from isinglass_connectors.sink.splitting import Folder, Slices


class Spill:
    """Runs of rows that lie together by partition, in one file that vanishes with the process."""

    def __init__(self, schema: pa.Schema, scratch: str | None) -> None:
        self._schema = schema
        # Without a name from the start: a killed process leaves nothing behind.
        self._file = tempfile.TemporaryFile(dir=scratch or None)  # noqa: SIM115 - lives as long as the task
        self._writer = pa.ipc.new_file(pa.PythonFile(self._file, mode="w"), schema)
        self._runs = 0
        self._places: dict[Folder, list[tuple[int, int, int]]] = {}

    def add(self, slices: Slices) -> None:
        """Append one run; uncompressed, so that a partition's slice is read without the rest."""
        for batch_number, start, batch in _numbered(slices.table, self._runs):
            self._writer.write_batch(batch)
            self._runs = batch_number + 1
            self._index(slices, batch_number, start, batch.num_rows)

    def _index(self, slices: Slices, number: int, start: int, length: int) -> None:
        for folder, (first, count) in slices.places.items():
            begin, end = max(first, start), min(first + count, start + length)
            if begin < end:
                self._places.setdefault(folder, []).append((number, begin - start, end - begin))

    def read(self) -> Iterator[tuple[Folder, pa.Table]]:
        """Yield each partition's rows in the order they came, mapped from disk."""
        self._writer.close()
        self._file.flush()
        # The mapping lives as long as the tables that point into it.
        reader = pa.ipc.open_file(pa.py_buffer(mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)))
        runs = [reader.get_batch(i) for i in range(reader.num_record_batches)]
        for folder, places in self._places.items():
            pieces = [runs[number].slice(first, count) for number, first, count in places]
            yield folder, pa.Table.from_batches(pieces, self._schema)

    def close(self) -> None:
        self._file.close()


def _numbered(table: pa.Table, first: int) -> Iterator[tuple[int, int, pa.RecordBatch]]:
    start = 0
    for number, batch in enumerate(table.combine_chunks().to_batches(), first):
        yield number, start, batch
        start += batch.num_rows
