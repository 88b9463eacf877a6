"""Read the files of a table: typed rows, partition columns and bad records, in bounded memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa

from isinglass_connectors.files.casting import ISO, cast_text
from isinglass_connectors.files.csv_reader import read_csv
from isinglass_connectors.files.json_reader import read_json
from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.parquet_reader import read_parquet
from isinglass_connectors.files.records import Chunk
from isinglass_connectors.files.streams import open_text
from isinglass_connectors.storage import partitions, urls
from isinglass_connectors.storage.errors import StorageError
from isinglass_connectors.storage.listing import data_files
from isinglass_connectors.storage.objects import ObjectInfo
from isinglass_connectors.storage.options import StorageOptions
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
class SourceFile:
    """One file to read, and the values of its partition columns as text."""

    url: str
    size: int
    partition: tuple[str | None, ...] = ()


def source_files(
    root: str, found: Iterable[ObjectInfo], partition_keys: Sequence[str] = ()
) -> tuple[SourceFile, ...]:
    """Make source files of a listing, taking partition values from the `key=value` folders below `root`."""
    files = []
    for info in found:
        path = partitions.parse(urls.relative(root, info.url))
        values = {k.lower(): v for k, v in zip(path.keys, path.values, strict=True)}
        files.append(SourceFile(info.url, info.size, tuple(values.get(k.lower()) for k in partition_keys)))
    return tuple(files)


@dataclass(frozen=True, slots=True)
class FileSplit:
    """Some whole files that one task reads."""

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

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise ValueError(f"format {self.format!r} is not one of {', '.join(FORMATS)}")

    def schema(self) -> pa.Schema:
        """The columns of the files, then those of the partitions, as Spark orders them."""
        return pa.schema([*self.data_schema, *self.partition_schema])

    def splits(self) -> list[FileSplit]:
        """Group the files into tasks of about `split_size` bytes, keeping their order."""
        splits: list[FileSplit] = []
        group: list[SourceFile] = []
        size = 0
        for file in self.files:
            if group and size + file.size > self.split_size:
                splits.append(FileSplit(tuple(group)))
                group, size = [], 0
            group.append(file)
            size += file.size
        return [*splits, FileSplit(tuple(group))] if group else splits

    def without_files(self) -> "FileSource":
        """The same source for a task, which gets its files with its split."""
        return replace(self, files=())

    def read(self, split: FileSplit) -> Iterator[pa.RecordBatch]:
        """Stream a split's rows."""
        for chunk in self.scan(split):
            if chunk.rows.num_rows:
                yield chunk.rows

    def read_errors(self, split: FileSplit) -> Iterator[pa.RecordBatch]:
        """Stream a split's bad records (`records.ERROR_SCHEMA`); reads the files as `read` does."""
        for chunk in self.scan(split):
            if chunk.errors.num_rows:
                yield chunk.errors

    def scan(self, split: FileSplit) -> Iterator[Chunk]:
        """Stream rows and bad records together, in one pass."""
        storage = Storage(self.storage)
        for file in split.files:
            try:
                for chunk in self._scan_file(storage, file):
                    yield replace(chunk, rows=self._complete(chunk.rows, file))
            except (pa.ArrowInvalid, OSError, EOFError) as error:
                # StorageError is none of these: it keeps its own class.
                raise UnreadableFile(file.url, str(error).split("\n")[0]) from error

    def _scan_file(self, storage: Storage, file: SourceFile) -> Iterator[Chunk]:
        options = self.options
        corrupt = options.corrupt_column
        columns = pa.schema([f for f in self.data_schema if f.name != corrupt])
        if corrupt is not None and corrupt not in self.data_schema.names:
            # As in Spark: the column appears only when the schema asks for it.
            options = replace(options, corrupt_column=None)
        if self.format == "parquet":
            yield from read_parquet(storage, file.url, columns)
            return
        with open_text(storage, file.url, options.encoding) as stream:
            read = read_csv if self.format == "csv" else read_json
            yield from read(stream, file.url, columns, options)

    def _complete(self, rows: pa.RecordBatch, file: SourceFile) -> pa.RecordBatch:
        """Put the columns into the schema's order and add the partition's."""
        arrays = [rows.column(name) for name in self.data_schema.names]
        for value, kind in zip(file.partition, self.partition_schema.types, strict=True):
            scalar = cast_text(pa.array([value], pa.string()), kind, ISO).values[0]
            arrays.append(pa.repeat(scalar, rows.num_rows))
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema())


def list_source_files(
    storage: Storage, root: str, partition_keys: Sequence[str] = (), exclusions: Sequence[str] = ()
) -> tuple[SourceFile, ...]:
    """List what a reader may see below a table as source files; StorageError when nothing is there at all."""
    files = source_files(root, data_files(storage, root, exclusions), partition_keys)
    if not files and storage.stat(root) is None and next(storage.list(root), None) is None:
        raise StorageError(root, "read", "there is no such file or folder")
    return files
