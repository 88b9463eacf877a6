"""Read the files of a table: typed rows, partition columns and bad records, in bounded memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc

from isinglass_connectors.files.casting import ISO, cast_text
from isinglass_connectors.files.csv_reader import read_csv
from isinglass_connectors.files.fetching import Spool, opened
from isinglass_connectors.files.json_reader import read_json
from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.parquet_reader import read_parquet
from isinglass_connectors.files.ranges import cut, lines_before, lines_of
from isinglass_connectors.files.records import ERROR_SCHEMA, Chunk, MalformedRecord
from isinglass_connectors.files.source_files import SourceFile
from isinglass_connectors.files.streams import as_utf8, text
from isinglass_connectors.storage.options import StorageOptions
from isinglass_connectors.storage.shared import shared_storage
from isinglass_connectors.storage.storage import Storage

FORMATS = ("csv", "json", "parquet")


class UnreadableFile(ValueError):
    """A file that cannot be read at all: damaged compression, no Parquet footer, …"""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"cannot read {file}: {reason}")
        self.file = file
        self.reason = reason

    def __reduce__(self) -> tuple[type["UnreadableFile"], tuple[str, str]]:
        return UnreadableFile, (self.file, self.reason)


@dataclass(frozen=True, slots=True)
class FileSplit:
    """Some files, or a range of one, that one task reads."""

    files: tuple[SourceFile, ...]


@dataclass(frozen=True, slots=True)
class FileSource:
    """The files of one read. Every value in it pickles; credentials travel inside `storage`.

    `data_schema` holds the columns of the files; it may name the corrupt-record column, wherever that is to
    stand. `partition_schema` types the values of `SourceFile.partition`, in their order.
    """

    storage: StorageOptions
    format: str
    files: tuple[SourceFile, ...]
    data_schema: pa.Schema
    options: ReadOptions = field(default_factory=ReadOptions)
    partition_schema: pa.Schema = field(default_factory=lambda: pa.schema([]))
    split_size: int = 64 << 20
    #: A local folder for copies of small remote files, which are then fetched only once.
    spool: str | None = None

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise ValueError(f"format {self.format!r} is not one of {', '.join(FORMATS)}")

    def schema(self) -> pa.Schema:
        """The columns of the files, then those of the partitions, as Spark orders them."""
        return pa.schema([*self.data_schema, *self.partition_schema])

    def splits(self) -> list[FileSplit]:
        """Group the files, and ranges of the large ones, into tasks of about `split_size`, in order."""
        storage = shared_storage(self.storage)
        splits: list[FileSplit] = []
        group: list[SourceFile] = []
        size = 0
        for file in self.files:
            for part in cut(storage, file, self.format, self.options, self.split_size):
                if group and size + part.length > self.split_size:
                    splits.append(FileSplit(tuple(group)))
                    group, size = [], 0
                group.append(part)
                size += part.length
        return [*splits, FileSplit(tuple(group))] if group else splits

    def without_files(self) -> "FileSource":
        """The same source for a task, which gets its files with its split."""
        return replace(self, files=())

    def read(self, split: FileSplit) -> Iterator[pa.RecordBatch]:
        """Stream a split's rows."""
        for chunk in self.scan(split, placed=False):
            if chunk.rows.num_rows:
                yield chunk.rows

    def read_errors(self, split: FileSplit) -> Iterator[pa.RecordBatch]:
        """Stream a split's bad records (`records.ERROR_SCHEMA`); reads the files as `read` does."""
        for chunk in self.scan(split):
            if chunk.errors.num_rows:
                yield chunk.errors

    def scan(self, split: FileSplit, *, placed: bool = True) -> Iterator[Chunk]:
        """Stream rows and bad records together, in one pass.

        Without `placed` the lines of bad records are counted from where their range begins: to know what is
        before it, that has to be read too.
        """
        storage = shared_storage(self.storage)
        spool = Spool(self.spool) if self.spool else None
        for file, stream in opened(storage, split.files, spool):
            complete = self._completion(file)
            place = _Places(storage, file)
            try:
                with stream:
                    for chunk in self._scan_file(stream, file):
                        errors = place.of(chunk.errors) if placed else chunk.errors
                        yield replace(chunk, rows=complete(chunk.rows), errors=errors)
            except MalformedRecord as error:
                raise place.found(error) from None
            except (pa.ArrowInvalid, OSError, EOFError) as error:
                # StorageError is none of these: it keeps its own class.
                raise UnreadableFile(file.url, str(error).split("\n")[0]) from error

    def _scan_file(self, stream: IO[bytes], file: SourceFile) -> Iterator[Chunk]:
        options = self.options
        corrupt = options.corrupt_column
        columns = pa.schema([f for f in self.data_schema if f.name != corrupt])
        if corrupt is not None and corrupt not in self.data_schema.names:
            # As in Spark: the column appears only when the schema asks for it.
            options = replace(options, corrupt_column=None)
        if self.format == "parquet":
            yield from read_parquet(stream, columns)
            return
        if file.start:
            lines = lines_of(stream, file)
            options = replace(options, header=False, skip_first=False)
        elif file.stop is not None:
            lines = as_utf8(lines_of(stream, file), options.encoding)
        else:
            lines = text(stream, options.encoding)
        read = read_csv if self.format == "csv" else read_json
        yield from read(lines, file.url, columns, options)

    def _completion(self, file: SourceFile) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
        """Put the columns into the schema's order and add the partition's."""
        schema, names = self.schema(), self.data_schema.names
        values = [
            cast_text(pa.array([value], pa.string()), kind, ISO).values[0]
            for value, kind in zip(file.partition, self.partition_schema.types, strict=True)
        ]

        def complete(rows: pa.RecordBatch) -> pa.RecordBatch:
            arrays = [rows.column(name) for name in names]
            arrays += [pa.repeat(value, rows.num_rows) for value in values]
            return pa.RecordBatch.from_arrays(arrays, schema=schema)

        return complete


class _Places:
    """Number the lines of a range from the file's beginning; counts what lies before only when asked."""

    def __init__(self, storage: Storage, file: SourceFile) -> None:
        self._storage = storage
        self._file = file
        self._count: int | None = None

    def _before(self) -> int:
        if self._count is None:
            self._count = lines_before(self._storage, self._file)
        return self._count

    def of(self, errors: pa.RecordBatch) -> pa.RecordBatch:
        if not self._file.start or not errors.num_rows:
            return errors
        return errors.set_column(1, ERROR_SCHEMA.field("line"), pc.add(errors.column("line"), self._before()))

    def found(self, error: MalformedRecord) -> MalformedRecord:
        return MalformedRecord(replace(error.bad, line=error.bad.line + self._before()))
