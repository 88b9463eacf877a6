"""The audit log: who asked for what and how it went, a file for each account, day and kind of call.

Writes and refusals are kept for the whole retention; reads only as far as they fit into their share of the
disk. What `keep` was called for is with the operating system when it returns, so that no write is answered
whose event a killed process would lose; what `note` was called for is written a moment later.
"""

import os
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal

import orjson

Kind = Literal["writes", "reads"]

DAY = 86_400
_ROTATE_BYTES = 64 * 2**20
#: How much of an account's reads is kept by each writer, at least a file.
_READ_BYTES = 16 * _ROTATE_BYTES
#: How long an event of a read may wait: waking the writer for each would cost every request.
_PAUSE_SECONDS = 0.1
#: Writes of the last moment are on the disk itself after so long; what failed is tried again then.
_SYNC_SECONDS = 1.0
#: How many events may wait for a disk that is full: more would fill the memory as well.
_MOST_WAITING = 10_000
_SWEEP_SECONDS = 3600.0
_MOST_OPEN = 256
_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-(\d{6})\.([a-z0-9]+)-(writes|reads)\.jsonl")


@dataclass(frozen=True, slots=True)
class Noted:
    """One call: whose logs it belongs to, and how its event is built, which is nobody's wait."""

    accounts: tuple[str, ...]
    kind: Kind
    time: float
    build: Callable[[], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class AuditFile:
    """A file by its name: a day's so many-th of one writer's events of one kind."""

    path: Path
    day: str
    number: int
    stream: str

    @property
    def order(self) -> tuple[str, int]:
        return self.day, self.number


def audit_files(directory: str) -> list[AuditFile]:
    """List an account's files, the oldest first."""
    found = []
    for path in Path(directory, "audit").glob("*.jsonl"):
        match = _NAME.fullmatch(path.name)
        if match:
            found.append(AuditFile(path, match[1], int(match[2]), f"{match[3]}-{match[4]}"))
    return sorted(found, key=lambda file: (file.order, file.stream))


class AuditLog:
    """Writes events; one of each process that answers calls, told apart by `source`."""

    def __init__(
        self,
        directory: Callable[[str], str],
        source: str,
        *,
        days: int,
        accounts: Callable[[], Iterable[str]],
    ) -> None:
        """`directory` gives the folder of an account's logs; `accounts` lists all, to remove what is old."""
        self._directory = directory
        self._source = source
        self._days = days
        self._accounts = accounts
        self._waiting: deque[Noted] = deque()
        self._open: dict[tuple[str, Kind], _Appender] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="audit-log", daemon=True)

    def start(self) -> None:
        """Start writing what is noted."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is left and stop."""
        if self._thread.is_alive():
            self._stopping.set()
            self._thread.join()

    def note(self, noted: Noted) -> None:
        """Write an event soon; returns at once."""
        self._waiting.append(noted)

    def keep(self, noted: Sequence[Noted]) -> None:
        """Write events before returning."""
        try:
            self._write(noted)
        except OSError as error:
            # The calls have had their effect: they are answered, and their events are tried again.
            self._complain(error)

    def flush(self) -> None:
        """Write what was noted so far."""
        waiting = [self._waiting.popleft() for _ in range(len(self._waiting))]
        # What could not be written before comes from several threads.
        self._write(sorted(waiting, key=attrgetter("time")))

    def sweep(self, now: float) -> None:
        """Remove what is past the retention, and reads that exceed their share."""
        oldest = day_of(now - self._days * DAY)
        for account in self._accounts():
            kept: dict[str, int] = {}
            for file in reversed(audit_files(self._directory(account))):
                room = kept.get(file.stream, 0)
                kept[file.stream] = room + file.path.stat().st_size
                if file.day < oldest or (file.stream.endswith("-reads") and room > _READ_BYTES):
                    file.path.unlink(missing_ok=True)

    def _run(self) -> None:
        synced = swept = 0.0
        running, pause = True, _PAUSE_SECONDS
        while running:
            running, pause = not self._stopping.wait(pause), _PAUSE_SECONDS
            now = time.time()
            try:
                self.flush()
                if now - synced >= _SYNC_SECONDS or not running:
                    synced = now
                    self._sync()
                if now - swept >= _SWEEP_SECONDS:
                    swept = now
                    self.sweep(now)
            except Exception as error:
                # A full disk, or a database that is away while accounts are listed, must not end the log for
                # good, nor the requests it tells of.
                self._complain(error)
                pause = _SYNC_SECONDS
        with self._lock:
            self._close_all()

    def _complain(self, error: Exception) -> None:
        with suppress(OSError):  # its file may be on the same disk, its reader gone
            print(f"The audit log cannot be written: {error}", file=sys.stderr)  # noqa: T201

    def _write(self, waiting: Sequence[Noted]) -> None:
        lines: dict[tuple[str, Kind], list[bytes]] = {}
        for noted in waiting:
            line = orjson.dumps(noted.build(), default=str, option=orjson.OPT_NON_STR_KEYS) + b"\n"
            for account in noted.accounts:
                lines.setdefault((account, noted.kind), []).append(line)
        day = day_of(time.time())
        try:
            with self._lock:
                for key, found in list(lines.items()):
                    self._appender(key, day).write(b"".join(found))
                    del lines[key]
        except OSError:
            left = [
                replace(noted, accounts=(account,))
                for noted in waiting
                for account in noted.accounts
                if (account, noted.kind) in lines
            ]
            self._put_back(left)
            raise

    def _put_back(self, left: list[Noted]) -> None:
        """Let events wait for the next time, reads only while there is room."""
        if len(left) > _MOST_WAITING:
            left = [noted for noted in left if noted.kind == "writes"][:_MOST_WAITING]
        self._waiting.extendleft(reversed(left))

    def _appender(self, key: tuple[str, Kind], day: str) -> "_Appender":
        present = self._open.get(key)
        if present is not None and present.day == day and present.size < _ROTATE_BYTES:
            return present
        if present is not None:
            self._open.pop(key).close()
        if len(self._open) >= _MOST_OPEN:
            self._close_all()
        account, kind = key
        stream = f"{self._source}-{kind}"
        directory = self._directory(account)
        earlier = [f for f in audit_files(directory) if f.day == day and f.stream == stream]
        number = earlier[-1].number if earlier else 1
        if earlier and earlier[-1].path.stat().st_size >= _ROTATE_BYTES:
            number += 1
        appender = _Appender(Path(directory, "audit", f"{day}-{number:06}.{stream}.jsonl"), day)
        self._open[key] = appender
        return appender

    def _sync(self) -> None:
        with self._lock:
            for (_, kind), appender in self._open.items():
                if kind == "writes":
                    appender.sync()

    def _close_all(self) -> None:
        while self._open:
            self._open.popitem()[1].close()


class _Appender:
    """One open file; what is written is whole lines."""

    def __init__(self, path: Path, day: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.day = day
        self._fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.size = os.fstat(self._fd).st_size
        self._dirty = False
        try:
            if self.size and os.pread(self._fd, 1, self.size - 1) != b"\n":
                self.write(b"\n")  # a killed writer left half a line
        except OSError:
            os.close(self._fd)
            raise

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._fd, view) :]
        except OSError:
            # Half a line would spoil the one that is written after it, when there is room again.
            os.ftruncate(self._fd, self.size)
            raise
        self.size += len(data)
        self._dirty = True

    def sync(self) -> None:
        if self._dirty:
            self._dirty = False
            os.fdatasync(self._fd)

    def close(self) -> None:
        try:
            self.sync()
        finally:
            os.close(self._fd)


def day_of(moment: float) -> str:
    """Name the day, in UTC, that a moment belongs to."""
    return time.strftime("%Y-%m-%d", time.gmtime(moment))
