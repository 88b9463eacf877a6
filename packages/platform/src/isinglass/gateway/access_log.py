"""The access log: one JSON line per request, written by a thread of its own: no request waits."""

import sys
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import orjson

_ROTATE_BYTES = 64 * 2**20
_KEPT_FILES = 4
#: How long a line may wait: waking the writer for each would cost every request a switch of threads.
_PAUSE_SECONDS = 0.1


class AccessLog:
    """Writes entries to a rotated file, or to standard error when no path is given."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._entries: deque[dict[str, Any]] = deque()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._write_all, name="access-log", daemon=True)

    def start(self) -> None:
        """Start writing."""
        self._thread.start()

    def record(self, entry: dict[str, Any]) -> None:
        """Add an entry; returns at once."""
        self._entries.append(entry)

    def stop(self) -> None:
        """Write what is left and stop."""
        if self._thread.is_alive():
            self._stopping.set()
            self._thread.join()

    def _write_all(self) -> None:
        stream = self._open()
        running = True
        while running:
            running = not self._stopping.wait(_PAUSE_SECONDS)
            try:
                stream = self._write_waiting(stream)
            except OSError as error:
                # A full disk must not end the log for good, nor the requests it tells of.
                with suppress(OSError):  # its file may be on the same disk, its reader gone
                    print(f"The access log {self._path} cannot be written: {error}", file=sys.stderr)  # noqa: T201
        if self._path is not None:
            stream.close()

    def _write_waiting(self, stream: BinaryIO) -> BinaryIO:
        waiting = [self._entries.popleft() for _ in range(len(self._entries))]
        if waiting:
            stream.write(b"".join(orjson.dumps(entry) + b"\n" for entry in waiting))
            stream.flush()
        if self._path is None or stream.tell() < _ROTATE_BYTES:
            return stream
        # The file stays open until there is another: lines go on being written where that fails.
        _rotate(self._path)
        fresh = self._open()
        stream.close()
        return fresh

    def _open(self) -> BinaryIO:
        if self._path is None:
            return sys.stderr.buffer
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return self._path.open("ab")


def _rotate(path: Path) -> None:
    for number in range(_KEPT_FILES - 1, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number + 1}"))
    with suppress(FileNotFoundError):  # somebody has removed it
        path.replace(path.with_name(f"{path.name}.1"))
