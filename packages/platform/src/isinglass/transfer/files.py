"""Catalog files on disk: plain, gzip or Zstandard by their ending, or a folder with a file for each table."""

import gzip
import hashlib
import io
import os
import shutil
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import quote

#: The standard input and output, as a file's name.
STANDARD = "-"
SUFFIX = ".jsonl"
_TOP = f"catalog{SUFFIX}"
_LAST = f"account{SUFFIX}"
_DATABASE = f"database{SUFFIX}"
_LONGEST_LINE = 64 * 1024 * 1024
_LONGEST_NAME = 180
_BUFFER = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file, and where it stands."""

    file: str
    number: int
    text: bytes

    @property
    def where(self) -> str:
        """Its place as editors read it."""
        return f"{self.file}:{self.number}"


class LineTooLong(Exception):
    """A file is not made of lines that a catalog could have."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"{where} is longer than {_LONGEST_LINE // 1024 // 1024} MiB: this is no catalog file"
        )


@dataclass(eq=False)
class UnreadableFile(Exception):
    """A file is not what its name says, or breaks off."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


@contextmanager
def unbroken(name: str) -> Iterator[None]:
    """Tell which file it was whose compressed bytes cannot be read."""
    try:
        yield
    except (EOFError, zlib.error, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the disk, which names the file itself
        raise UnreadableFile(name, f"it cannot be decompressed: {error}") from error


def open_reading(path: str) -> BinaryIO:
    """Open a file for reading, compressed or not, as its ending or its first bytes say."""
    if path == STANDARD:
        raw = cast(io.BufferedReader, sys.stdin.buffer)
    else:
        raw = io.BufferedReader(io.FileIO(path), _BUFFER)
    magic = raw.peek(4)[:4]
    if path.endswith(".gz") or magic.startswith(b"\x1f\x8b"):
        return cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, _ReadingGzip(raw)), _BUFFER))
    if path.endswith((".zst", ".zstd")) or magic == b"\x28\xb5\x2f\xfd":
        import pyarrow as pa

        return cast(BinaryIO, io.BufferedReader(pa.input_stream(raw, compression="zstd"), _BUFFER))
    return cast(BinaryIO, raw)


class _ReadingGzip(gzip.GzipFile):
    """A gzip file that closes the file under it."""

    def __init__(self, raw: io.BufferedReader) -> None:
        self._under = raw
        super().__init__(fileobj=raw, mode="rb")

    def close(self) -> None:
        super().close()
        self._under.close()


def open_writing(path: str) -> BinaryIO:
    """Open a file for writing, for its owner's eyes only; the same lines give the same bytes."""
    make_private(path)
    if path.endswith(".gz"):
        # A gzip header has a name and a time, which would make every export differ.
        return cast(BinaryIO, _ClosingGzip(path))
    if path.endswith((".zst", ".zstd")):
        import pyarrow as pa

        return cast(BinaryIO, io.BufferedWriter(pa.output_stream(path, compression="zstd"), _BUFFER))
    return Path(path).open("wb", buffering=_BUFFER)


def make_private(path: str) -> None:
    """Make an empty file that nobody else reads: catalogs are in the clear, even those that are encrypted."""
    Path(path).unlink(missing_ok=True)  # one that is there may be another's, or open to others
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


class _ClosingGzip(gzip.GzipFile):
    """A gzip file without name and time that closes the file under it."""

    def __init__(self, path: str) -> None:
        self._under = Path(path).open("wb")  # noqa: SIM115 - close closes it
        super().__init__(filename="", mode="wb", fileobj=self._under, compresslevel=6, mtime=0)

    def close(self) -> None:
        super().close()
        self._under.close()


def lines_of(source: str) -> Iterator[Line]:
    """Yield the lines of a file, or of all files of a folder in the order of a single file."""
    if source != STANDARD and Path(source).is_dir():
        for path in _files_of(Path(source)):
            yield from _lines(str(path))
    else:
        yield from _lines(source)


def _lines(path: str) -> Iterator[Line]:
    name = "standard input" if path == STANDARD else path
    with unbroken(name), open_reading(path) as file:
        number = 0
        while text := file.readline(_LONGEST_LINE + 1):
            number += 1
            if len(text) > _LONGEST_LINE:
                raise LineTooLong(f"{name}:{number}")
            if not text.isspace():
                yield Line(name, number, text)


def _files_of(folder: Path) -> Iterator[Path]:
    if (folder / _TOP).exists():
        yield folder / _TOP
    for database in sorted(folder.glob("*/")):
        if (database / _DATABASE).exists():
            yield database / _DATABASE
        # What a killed export left behind begins with a dot, as no name does here.
        yield from sorted((database / "tables").glob(f"[!.]*{SUFFIX}"))
    if (folder / _LAST).exists():
        yield folder / _LAST


def file_in(folder: Path, database: str, table: str, *, is_last: bool = False) -> Path:
    """Name the file of a section in a folder."""
    if not database:
        return folder / (_LAST if is_last else _TOP)
    if not table:
        return folder / _safe(database) / _DATABASE
    return folder / _safe(database) / "tables" / f"{_safe(table)}{SUFFIX}"


def _safe(name: str) -> str:
    """Write a name so that every file system keeps it; long ones end in a digest of the whole."""
    # A dot would let a name be `..`, or that of one of our own files.
    safe = quote(name, safe=" +,=@()").replace(".", "%2E")
    if len(safe) <= _LONGEST_NAME:
        return safe
    return f"{safe[:_LONGEST_NAME]}~{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def copy_lines(source: Path, target: BinaryIO) -> None:
    """Copy a plain file."""
    with source.open("rb") as file:
        shutil.copyfileobj(file, target, _BUFFER)
