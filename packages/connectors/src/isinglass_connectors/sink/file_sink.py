"""Write Arrow batches as the files of a table: staged by tasks, visible at the commit, repeatable by run."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from isinglass_connectors.sink.commit import Checkpoint, no_checkpoint, roll_forward
from isinglass_connectors.sink.file_task import FileTask, TaskMessage
from isinglass_connectors.sink.options import MODES, WriteMode, WriteOptions
from isinglass_connectors.sink.recovery import finish
from isinglass_connectors.sink.sorting import SortKey
from isinglass_connectors.sink.staging import staging_area, sweep
from isinglass_connectors.storage import manifests, partitions, urls
from isinglass_connectors.storage.listing import data_files
from isinglass_connectors.storage.manifests import Manifest, StagedFile
from isinglass_connectors.storage.options import StorageOptions
from isinglass_connectors.storage.storage import Storage

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


@dataclass(frozen=True, slots=True)
class WrittenPartition:
    """A partition that received files: its values in key order, and its folder's URL."""

    values: tuple[str | None, ...]
    url: str


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What a commit made visible."""

    files: tuple[str, ...]
    rows: int
    bytes: int
    partitions: tuple[WrittenPartition, ...]


@dataclass(frozen=True, slots=True)
class FileSink:
    """One write to one table. Pickles small; tasks may run in other processes.

    A write is known by (`run_id`, `write_id`): committing it again, in a later attempt of the same run,
    replaces what earlier attempts staged or committed. `first_attempt=True` promises that there were none
    and saves the listing that looks for them.

    An empty frame: with `overwrite`, an unpartitioned Parquet table keeps its schema in one file without
    rows; in every other case no file is written.
    """

    storage: StorageOptions
    url: str
    run_id: str
    write_id: str
    schema: pa.Schema
    mode: WriteMode = "append"
    options: WriteOptions = field(default_factory=WriteOptions)
    partition_keys: tuple[str, ...] = ()
    sort_by: tuple[SortKey, ...] = ()
    first_attempt: bool = False
    #: Where rows wait on local disk; None is the system's temporary folder.
    scratch: str | None = None
    checkpoint: Checkpoint = no_checkpoint

    def __post_init__(self) -> None:
        urls.parse(self.url)
        if self.mode not in MODES:
            raise ValueError(f"mode {self.mode!r} is not one of {', '.join(MODES)}")
        for name, value in (("run_id", self.run_id), ("write_id", self.write_id)):
            if not _ID.fullmatch(value):
                raise ValueError(f"{name} {value!r}: letters, digits, `.`, `_` and `-`, at most 200")
        names = self.schema.names
        missing = [
            key for key in (*self.partition_keys, *(s.column for s in self.sort_by)) if key not in names
        ]
        if missing:
            raise ValueError(f"columns {', '.join(missing)} are not among {', '.join(names)}")
        if self.partition_keys and len(set(self.partition_keys)) == len(names):
            raise ValueError("every column is a partition key: nothing is left to write into the files")

    @property
    def write(self) -> str:
        """The name that this write's files and manifest begin with."""
        return f"run-{self.run_id}-{self.write_id}"

    @property
    def root(self) -> str:
        return urls.normalise(self.url).rstrip("/")

    def task(self, task_id: int) -> FileTask:
        """Begin one task; several may run at once, here or elsewhere."""
        return FileTask(
            staging_area(Storage(self.storage), self.root, self.write),
            f"{self.write}-part-{task_id:05d}",
            self.schema,
            self.options,
            self.partition_keys,
            [key for key in self.sort_by if key.column not in self.partition_keys],
            self.scratch,
        )

    def commit(self, messages: Iterable[TaskMessage]) -> WriteResult:
        """Make what the tasks staged visible at once. After a failure the table is as it was."""
        storage = Storage(self.storage)
        adds = [file for message in messages for file in message.files]
        if not adds and self._keeps_schema():
            adds = list(self._empty_file())
        if not self.first_attempt:
            finish(storage, self.root, manifests.url_of(self.root, self.write))
        manifest = Manifest(self.write, tuple(adds), tuple(self._removed(storage, adds)))
        self.checkpoint("staged")
        if manifest.adds or manifest.removes:
            manifests.save(storage, self.root, manifest)
            self.checkpoint("manifest")
            roll_forward(storage, self.root, manifest, self.checkpoint)
        # Readers and orchestrators of other systems wait for this file.
        storage.write(urls.join(self.root, "_SUCCESS"), b"")
        sweep(storage, self.root, self.write)
        return self._result(adds)

    def abort(self, messages: Iterable[TaskMessage] = ()) -> None:  # noqa: ARG002 - the sweep finds all there is
        """Remove everything this write has staged; what is committed stays."""
        sweep(Storage(self.storage), self.root, self.write)

    def _keeps_schema(self) -> bool:
        return self.mode == "overwrite" and self.options.format == "parquet" and not self.partition_keys

    def _empty_file(self) -> tuple[StagedFile, ...]:
        task = self.task(0)
        task.write_empty(self.schema)
        return task.close().files

    def _removed(self, storage: Storage, adds: list[StagedFile]) -> Iterator[str]:
        """The visible files that this commit replaces, relative to the table."""
        if self.mode == "append" and self.first_attempt:
            return
        folders = {file.path.rpartition("/")[0] for file in adds}
        for info in data_files(storage, self.root):
            path = urls.relative(self.root, info.url)
            folder, _, name = path.rpartition("/")
            replaced = self.mode == "overwrite" or (self.mode == "overwrite_partitions" and folder in folders)
            if replaced or name.startswith(f"{self.write}-part-"):
                yield path

    def _result(self, adds: list[StagedFile]) -> WriteResult:
        folders = dict.fromkeys(file.path.rpartition("/")[0] for file in adds)
        return WriteResult(
            files=tuple(urls.join(self.root, file.path) for file in adds),
            rows=sum(file.rows for file in adds),
            bytes=sum(file.size for file in adds),
            partitions=tuple(
                WrittenPartition(
                    partitions.parse(folder + "/").values, urls.folder(urls.join(self.root, folder))
                )
                for folder in folders
                if self.partition_keys
            ),
        )
