"""The files of a read: where they are, which part of them, and their partition values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from isinglass_connectors.storage import partitions, urls
from isinglass_connectors.storage.errors import StorageError
from isinglass_connectors.storage.listing import data_files
from isinglass_connectors.storage.objects import ObjectInfo
from isinglass_connectors.storage.storage import Storage


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to read, or the lines of it that begin in a range, and its partition values as text."""

    url: str
    size: int
    partition: tuple[str | None, ...] = ()
    #: The listing's; names the content, so that a kept copy is known to be it.
    etag: str = ""
    start: int = 0
    #: Where the range ends; None is the file's end.
    stop: int | None = None

    @property
    def length(self) -> int:
        return (self.size if self.stop is None else self.stop) - self.start

    @property
    def is_range(self) -> bool:
        return self.start > 0 or self.stop is not None


def source_files(
    root: str, found: Iterable[ObjectInfo], partition_keys: Sequence[str] = ()
) -> tuple[SourceFile, ...]:
    """Make source files of a listing, taking partition values from the `key=value` folders below `root`."""
    files = []
    for info in found:
        path = partitions.parse(urls.relative(root, info.url))
        values = {k.lower(): v for k, v in zip(path.keys, path.values, strict=True)}
        wanted = tuple(values.get(k.lower()) for k in partition_keys)
        files.append(SourceFile(info.url, info.size, wanted, info.etag))
    return tuple(files)


def list_source_files(
    storage: Storage, root: str, partition_keys: Sequence[str] = (), exclusions: Sequence[str] = ()
) -> tuple[SourceFile, ...]:
    """List what a reader may see below a table as source files; StorageError when nothing is there at all."""
    files = source_files(root, data_files(storage, root, exclusions), partition_keys)
    if not files and storage.stat(root) is None and next(storage.list(root), None) is None:
        raise StorageError(root, "read", "there is no such file or folder")
    return files
