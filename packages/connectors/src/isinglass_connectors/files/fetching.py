"""Open the files of a read in order, fetching small remote ones ahead of their turn and at most once."""

import contextlib
import hashlib
import io
import os
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from isinglass_connectors.files.source_files import SourceFile
from isinglass_connectors.storage import urls
from isinglass_connectors.storage.storage import Storage

#: An object up to this size is fetched whole by one request; larger ones are streamed.
SMALL = 2 << 20
_THREADS = 16
#: What fetched files may hold in memory before their turn comes.
_AHEAD = 32 << 20


@dataclass(frozen=True, slots=True)
class Spool:
    """Copies of small remote files on local disk, for the passes over them that are still to come."""

    folder: str

    def _path(self, file: SourceFile) -> Path:
        name = hashlib.sha256(f"{file.etag} {file.url}".encode()).hexdigest()
        return Path(self.folder) / name

    def find(self, file: SourceFile) -> bytes | None:
        try:
            return self._path(file).read_bytes() if file.etag else None
        except OSError:
            return None

    def keep(self, file: SourceFile, data: bytes) -> None:
        """Keep a copy if that is possible: another machine has no such folder, and a disk may be full."""
        if not file.etag:
            return
        with contextlib.suppress(OSError):
            handle, temporary = tempfile.mkstemp(dir=self.folder)
            try:
                with os.fdopen(handle, "wb") as copy:
                    copy.write(data)
                Path(temporary).replace(self._path(file))
            except OSError:
                Path(temporary).unlink(missing_ok=True)


def is_small_remote(file: SourceFile) -> bool:
    """Tell whether a file is fetched whole, and worth a local copy."""
    return file.size <= SMALL and urls.is_s3(file.url)


def opened(
    storage: Storage, files: Iterable[SourceFile], spool: Spool | None = None
) -> Iterator[tuple[SourceFile, IO[bytes]]]:
    """Yield each file with its open bytes, in order."""
    waiting: deque[tuple[SourceFile, Future[bytes] | None]] = deque()
    held = 0
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="isinglass-fetch") as pool:
        try:
            for file in files:
                fetch = pool.submit(_fetch, storage, file, spool) if is_small_remote(file) else None
                waiting.append((file, fetch))
                held += file.size if fetch else 0
                while held > _AHEAD or len(waiting) > _THREADS * 4:
                    first, stream = _next(storage, waiting)
                    held -= first.size if is_small_remote(first) else 0
                    yield first, stream
            while waiting:
                yield _next(storage, waiting)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _next(
    storage: Storage, waiting: deque[tuple[SourceFile, Future[bytes] | None]]
) -> tuple[SourceFile, IO[bytes]]:
    file, fetch = waiting.popleft()
    return file, storage.open(file.url, file.size) if fetch is None else io.BytesIO(fetch.result())


def _fetch(storage: Storage, file: SourceFile, spool: Spool | None) -> bytes:
    data = spool.find(file) if spool else None
    if data is None:
        data = storage.read(file.url)
        if spool:
            spool.keep(file, data)
    return data
