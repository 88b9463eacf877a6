"""Where files stay until their write commits: `_temporary` on file systems, unfinished uploads on S3."""

import io
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from isinglass_connectors.storage import urls
from isinglass_connectors.storage.errors import ObjectNotFound, StorageError
from isinglass_connectors.storage.local import in_folder
from isinglass_connectors.storage.manifests import STAGING, StagedFile
from isinglass_connectors.storage.objects import PendingUpload, UploadPart
from isinglass_connectors.storage.storage import Storage

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

#: S3 wants at least 5 MB for every part but the last.
_PART = 8 << 20
_THREADS = 8
#: Parts on their way per task: with `_PART` the memory that uploads may take.
_IN_FLIGHT = 12


Finished = Callable[[], StagedFile]


class StagedStream(Protocol):
    """A file being staged."""

    def write(self, data: "ReadableBuffer", /) -> int: ...

    def finish(self, rows: int) -> Finished:
        """End the file. Calling the result waits for its bytes to arrive and says how to publish it."""
        ...

    def discard(self) -> None: ...


class StagingArea(Protocol):
    """One task's staging; `path` is always relative to the table."""

    def open(self, path: str) -> StagedStream: ...

    def close(self) -> None:
        """Stop the threads; staged files stay."""
        ...


def staging_area(storage: Storage, root: str, write: str) -> StagingArea:
    return S3Staging(storage, root) if urls.is_s3(root) else LocalStaging(root, write)


def staging_folder(root: str, write: str) -> str:
    return urls.join(root, STAGING, write)


class LocalStaging:
    """Files in `<table>/_temporary/<write>/`, on the table's own file system so that a rename suffices.

    They lie there side by side, as their names differ: a folder per partition would be made only to go.
    """

    def __init__(self, root: str, write: str) -> None:
        self._root = Path(urls.parse(root).path)
        self._write = write

    def open(self, path: str) -> "LocalStream":
        return LocalStream(self._root, f"{STAGING}/{self._write}/{path.rsplit('/', 1)[-1]}", path)

    def close(self) -> None:
        return


class LocalStream(io.RawIOBase):
    def __init__(self, root: Path, staged: str, path: str) -> None:
        super().__init__()
        self._target = root / staged
        self._staged = staged
        self._path = path
        self._size = 0
        try:
            self._file = in_folder(str(self._target.parent), lambda: self._target.open("wb"))
        except OSError as error:
            raise StorageError(str(self._target), "write", error.strerror or str(error)) from error

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            count = self._file.write(data)
        except OSError as error:
            raise StorageError(str(self._target), "write", error.strerror or str(error)) from error
        self._size += count
        return count

    def finish(self, rows: int) -> Finished:
        self._file.close()
        done = StagedFile(self._path, self._size, rows, staged=self._staged)
        return lambda: done

    def discard(self) -> None:
        self._file.close()
        self._target.unlink(missing_ok=True)


class S3Staging:
    """Multipart uploads that only the commit completes; parts go out on threads while the task encodes."""

    def __init__(self, storage: Storage, root: str) -> None:
        self._storage = storage
        self._root = root
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="isinglass-upload")
        self._slots = threading.BoundedSemaphore(_IN_FLIGHT)

    def open(self, path: str) -> "S3Stream":
        return S3Stream(self._storage, urls.join(self._root, path), path, self._submit)

    def _submit(self, work: Callable[[], UploadPart]) -> "Future[UploadPart]":
        self._slots.acquire()
        future = self._pool.submit(work)
        future.add_done_callback(lambda _: self._slots.release())
        return future

    def close(self) -> None:
        self._pool.shutdown()


class S3Stream(io.RawIOBase):
    def __init__(
        self,
        storage: Storage,
        url: str,
        path: str,
        submit: "Callable[[Callable[[], UploadPart]], Future[UploadPart]]",
    ) -> None:
        super().__init__()
        self._s3 = storage.s3
        self._url = url
        self._path = path
        self._submit = submit
        self._buffer = bytearray()
        self._upload: PendingUpload | None = None
        self._starting = threading.Lock()
        self._parts: list[Future[UploadPart]] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        view = memoryview(data).cast("B")
        self._buffer += view
        self._size += len(view)
        while len(self._buffer) >= _PART:
            self._send(bytes(self._buffer[:_PART]))
            del self._buffer[:_PART]
        return len(view)

    def _send(self, data: bytes) -> None:
        number = len(self._parts) + 1
        self._parts.append(self._submit(lambda: self._s3.upload_part(self._started(), number, data)))

    def _started(self) -> PendingUpload:
        with self._starting:
            if self._upload is None:
                self._upload = self._s3.start_upload(self._url)
            return self._upload

    def finish(self, rows: int) -> Finished:
        if self._buffer or not self._parts:
            self._send(bytes(self._buffer))
            self._buffer.clear()
        return lambda: self._collect(rows)

    def _collect(self, rows: int) -> StagedFile:
        etags = tuple(part.result().etag for part in self._parts)
        upload = self._started()
        return StagedFile(self._path, self._size, rows, upload_id=upload.upload_id, etags=etags)

    def discard(self) -> None:
        for part in self._parts:
            part.cancel()
        for part in self._parts:
            if not part.cancelled():
                part.exception()
        if self._upload is not None:
            self._s3.abort_upload(self._upload)


def publish(storage: Storage, root: str, file: StagedFile) -> bool:
    """Make one staged file appear in the table; True also when it is there already, False when it is lost."""
    target = urls.join(root, file.path)
    if file.upload_id:
        parts = tuple(UploadPart(i, etag) for i, etag in enumerate(file.etags, 1))
        try:
            storage.s3.complete_upload(PendingUpload(target, file.upload_id), parts)
            return True
        except ObjectNotFound:
            return _is_there(storage, target, file)
    try:
        storage.local.move(urls.join(root, file.staged), target)
        return True
    except ObjectNotFound:
        return _is_there(storage, target, file)


def _is_there(storage: Storage, target: str, file: StagedFile) -> bool:
    """Published before, by an attempt that died here, or lost? The object itself tells."""
    found = storage.stat(target)
    return found is not None and found.size == file.size


def unpublish(storage: Storage, root: str, file: StagedFile) -> None:
    """Remove a file, staged or published."""
    target = urls.join(root, file.path)
    if file.upload_id:
        storage.s3.abort_upload(PendingUpload(target, file.upload_id))
    else:
        storage.delete([urls.join(root, file.staged)])
    storage.delete([target])


def sweep(storage: Storage, root: str, write: str, keep: frozenset[str] = frozenset()) -> None:
    """Remove what a write staged and did not commit: failed tasks, earlier attempts."""
    if not urls.is_s3(root):
        folder = Path(urls.parse(staging_folder(root, write)).path)
        shutil.rmtree(folder, ignore_errors=True)
        storage.local.prune(urls.join(root, STAGING))
        return
    for upload in storage.s3.pending_uploads(root):
        name = upload.url.rsplit("/", 1)[-1]
        if name.startswith(f"{write}-part-") and upload.upload_id not in keep:
            storage.s3.abort_upload(upload)
