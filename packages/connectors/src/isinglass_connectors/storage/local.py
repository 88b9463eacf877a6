"""The local file system as object storage: same calls, same order of listings, same errors as S3."""
# Keys are strings here; Path objects would cost as much as the listing itself.
# ruff: noqa: PTH101, PTH103, PTH105, PTH108, PTH112, PTH113, PTH116, PTH120, PTH123

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

from isinglass_connectors.storage import urls
from isinglass_connectors.storage.errors import ObjectExists, ObjectNotFound, StorageDenied, StorageError
from isinglass_connectors.storage.objects import Folder, ObjectInfo

_Made = TypeVar("_Made")
#: How often a folder may be removed just when something is about to be put into it.
_PRUNED = 20


def in_folder(folder: str, act: Callable[[], _Made]) -> _Made:
    """Do something in a folder, which is made where it is missing.

    Whoever cleans up beside it may remove the folder, empty, between the two: then both are done again.
    """
    for _ in range(_PRUNED):
        try:
            return act()
        except FileNotFoundError:
            with contextlib.suppress(FileNotFoundError):
                os.makedirs(folder, exist_ok=True)
    return act()


@contextmanager
def _errors(url: str, operation: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise ObjectNotFound(url, operation, "no such file or folder") from error
    except PermissionError as error:
        raise StorageDenied(url, operation, "permission denied") from error
    except OSError as error:
        raise StorageError(url, operation, error.strerror or str(error)) from error


def _info(url: str, stat: os.stat_result) -> ObjectInfo:
    return ObjectInfo(
        url, stat.st_size, stat.st_mtime, f"{stat.st_mtime_ns:x}-{stat.st_size:x}-{stat.st_ino:x}"
    )


class LocalStorage:
    """Files below absolute paths. Listings follow key order (bytes of the whole path), as S3's do."""

    def list(self, url: str, start_after: str | None = None) -> Iterator[ObjectInfo]:
        """Stream every file below a folder, or the file itself."""
        path = urls.parse(url).path
        if os.path.isfile(path):
            info = self.stat(url)
            if info is not None and (start_after is None or info.url > start_after):
                yield info
            return
        yield from self._walk(url.rstrip("/") or "/", path, start_after)

    def _walk(self, url: str, path: str, start_after: str | None) -> Iterator[ObjectInfo]:
        base = url.rstrip("/")
        for entry, is_folder in self._entries(url, path):
            child = f"{base}/{entry.name}"
            if is_folder:
                # A whole folder lies before the mark when its last possible key does.
                if start_after is None or start_after.startswith(child + "/") or child + "/" > start_after:
                    yield from self._walk(child, entry.path, start_after)
            elif start_after is None or child > start_after:
                # A file may vanish between the listing and the stat: then it was not there.
                with contextlib.suppress(FileNotFoundError):
                    yield _info(child, entry.stat())

    def _entries(self, url: str, path: str) -> Sequence[tuple[os.DirEntry[str], bool]]:
        with _errors(url, "list"):
            try:
                with os.scandir(path) as found:
                    entries = [(e, e.is_dir(follow_symlinks=False)) for e in found]
            except (FileNotFoundError, NotADirectoryError):
                return []
        kept = [(e, is_dir) for e, is_dir in entries if is_dir or e.is_file()]
        return sorted(kept, key=lambda pair: os.fsencode(pair[0].name + ("/" if pair[1] else "")))

    def list_folder(self, url: str) -> Folder:
        """One level of a folder; a missing folder is an empty one, as in S3."""
        base = url.rstrip("/")
        folders: list[str] = []
        objects: list[ObjectInfo] = []
        for entry, is_folder in self._entries(url, urls.parse(url).path):
            if is_folder:
                folders.append(f"{base}/{entry.name}/")
            else:
                with contextlib.suppress(FileNotFoundError):
                    objects.append(_info(f"{base}/{entry.name}", entry.stat()))
        return Folder(tuple(folders), tuple(objects))

    def stat(self, url: str) -> ObjectInfo | None:
        path = urls.parse(url).path
        with _errors(url, "stat"):
            try:
                found = os.stat(path)
            except (FileNotFoundError, NotADirectoryError):
                return None
        return None if os.path.isdir(path) else _info(url, found)

    def read(self, url: str, start: int = 0, length: int | None = None) -> bytes:
        with _errors(url, "read"), open(urls.parse(url).path, "rb") as file:
            file.seek(start)
            return file.read() if length is None else file.read(length)

    def open(self, url: str, size: int | None = None) -> BinaryIO:  # noqa: ARG002 - the system knows it
        with _errors(url, "open"):
            return open(urls.parse(url).path, "rb")

    def write(self, url: str, data: bytes) -> None:
        """Replace a file whole: a reader, or a crash, finds the old content or the new."""
        path = urls.parse(url).path
        with _errors(url, "write"):
            temporary = in_folder(os.path.dirname(path), lambda: self._written(path, data))
            try:
                os.replace(temporary, path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
                raise

    @staticmethod
    def _written(path: str, data: bytes) -> str:
        """Write a file's content beside it, durably; returns where."""
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix="._isinglass-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o644)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        return temporary

    def create(self, url: str, data: bytes) -> None:
        """Create a file whole where there is none."""
        path = urls.parse(url).path
        with _errors(url, "create"):
            temporary = in_folder(os.path.dirname(path), lambda: self._written(path, data))
            try:
                os.link(temporary, path)  # unlike a rename, it leaves a file that is there
            except FileExistsError as error:
                raise ObjectExists(url, "create", "there is a file already") from error
            finally:
                os.unlink(temporary)

    def delete(self, targets: Iterable[str]) -> None:
        for url in targets:
            with _errors(url, "delete"), contextlib.suppress(FileNotFoundError):
                os.unlink(urls.parse(url).path)

    def move(self, source: str, target: str) -> None:
        """Rename a file, making the target's folder; atomic on one file system."""
        old, new = urls.parse(source).path, urls.parse(target).path
        with _errors(source, "move"):
            try:
                os.replace(old, new)
            except FileNotFoundError:
                os.stat(old)  # for what is not there no folder is made
                in_folder(os.path.dirname(new), lambda: os.replace(old, new))

    def prune(self, url: str) -> None:
        """Remove a folder and its parents as long as they are empty; never a file."""
        path = Path(urls.parse(url).path)
        with contextlib.suppress(OSError):
            while True:
                path.rmdir()
                path = path.parent
