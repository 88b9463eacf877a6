"""Logs as files: one per run or crawler, appended live, read by position."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote

from isinglass.observe.log_sealing import LineCipher, LogKey, read_head

#: Where a line came from: the process's stdout or stderr.
Stream = Literal["O", "E"]

DEFAULT_LIMIT = 64 * 1024 * 1024
LONGEST_LINE = 256 * 1024
HIDDEN = "********"
#: How the streams of sealed lines are written, whose text only their log's key opens.
_SEALED: dict[str, Stream] = {"o": "O", "e": "E"}


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line, when it was written (epoch milliseconds), and where it stands in its file."""

    position: int
    after: int
    time_ms: int
    stream: Stream
    text: str


def log_path(directory: str | Path, family: str, name: str) -> Path:
    """Name the file of a run or crawler: `jobs`, `python-jobs` or `crawlers`, then its encoded name."""
    encoded = quote(name, safe=" ").replace(".", "%2E")
    if len(encoded) > 200:
        encoded = f"{encoded[:150]}-{hashlib.sha256(name.encode()).hexdigest()[:40]}"
    return Path(directory) / family / f"{encoded}.log"


def log_name(path: Path) -> str:
    """Give the name that `log_path` encoded."""
    return unquote(path.stem)


class LogWriter:
    """Appends lines to one log; every line is on disk, whole, when `write` returns.

    With a key all text is sealed before it leaves this process.
    """

    def __init__(
        self,
        path: Path,
        *,
        limit: int = DEFAULT_LIMIT,
        secrets: tuple[str, ...] = (),
        key: LogKey | None = None,
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        goes_on = key is None or read_head(path) == key.head
        if path.exists() and (path.stat().st_size >= limit or not goes_on):
            # A crawler's log goes on from crawl to crawl; the old part is kept once, beside the new.
            path.replace(path.with_suffix(".log.1"))
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._size = _end_torn_line(path, self._fd)
        self._limit = limit
        self._secrets = tuple(secret for secret in secrets if secret)
        self._full = False
        self._cipher = None if key is None else LineCipher(key.plaintext)
        if key is not None and self._size == 0:
            self._append(key.head.line().encode())

    def write(self, text: str, now: float, stream: Stream = "O") -> None:
        """Append text, a line for each of its lines; past the limit only a note that the rest is missing."""
        if self._full:
            return
        text = self.redact(text)
        lines = [line[at : at + LONGEST_LINE] for line in text.splitlines() for at in _starts(line)]
        self._append(b"".join(self._line(line, now, stream) for line in lines))
        if self._size >= self._limit:
            self._full = True
            note = f"The log reached {self._limit // 1024} KiB; what follows is not kept."
            self._append(self._line(note, now, "E"))

    def redact(self, text: str) -> str:
        """Hide the secrets that this log knows of."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def _line(self, line: str, now: float, stream: Stream) -> bytes:
        text = line.encode(errors="backslashreplace")
        if self._cipher is None:
            return f"{int(now * 1000)} {stream} ".encode() + text + b"\n"
        stamp = f"{int(now * 1000)} {stream.lower()}"
        return f"{stamp} {self._cipher.seal(stamp, text)}\n".encode()

    def _append(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]
        self._size += len(data)

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)


def _starts(line: str) -> range:
    return range(0, max(1, len(line)), LONGEST_LINE)


def _end_torn_line(path: Path, fd: int) -> int:
    """End a line that a killed writer left unfinished; returns the file's size."""
    size = path.stat().st_size
    if size == 0:
        return 0
    with path.open("rb") as file:
        file.seek(size - 1)
        torn = file.read(1) != b"\n"
    return size + (os.write(fd, b"\n") if torn else 0)


def read_forward(path: Path, position: int, cipher: LineCipher | None = None) -> Iterator[LogLine]:
    """Read complete lines from a position on; those of a sealed log have no text without its cipher."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        file.seek(position)
        for raw in file:
            if not raw.endswith(b"\n"):
                return  # its writer is not done with it
            line = _parse(raw, position, cipher)
            position += len(raw)
            if line is not None:
                yield line


def read_backward(path: Path, end: int, cipher: LineCipher | None = None) -> Iterator[LogLine]:
    """Read complete lines that end at or before a position, the last first."""
    block, tail = 1 << 16, b""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        end = min(end, os.fstat(file.fileno()).st_size)
        start = end
        while start > 0:
            size = min(block, start)
            start -= size
            file.seek(start)
            lines = (file.read(size) + tail).splitlines(keepends=True)
            tail = b"" if start == 0 else lines.pop(0)
            for raw in reversed(lines):
                end -= len(raw)
                line = _parse(raw, end, cipher) if raw.endswith(b"\n") else None
                if line is not None:
                    yield line


def _parse(raw: bytes, position: int, cipher: LineCipher | None) -> LogLine | None:
    stamp, _, rest = raw[:-1].decode(errors="replace").partition(" ")
    stream, _, text = rest.partition(" ")
    sealed = _SEALED.get(stream)
    if not stamp.isdigit() or (stream not in ("O", "E") and sealed is None):
        return None
    if sealed is not None:
        opened = b"" if cipher is None else cipher.open(f"{stamp} {stream}", text)
        if opened is None:
            return None
        text = opened.decode(errors="replace")
    return LogLine(position, position + len(raw), int(stamp), sealed or ("O" if stream == "O" else "E"), text)
