"""Cut one large text file into byte ranges, so that tasks share it: each line is in just one of them."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from isinglass_connectors.files.csv_reader import drops_within
from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.source_files import SourceFile
from isinglass_connectors.files.streams import BLOCK, compression_of
from isinglass_connectors.storage.storage import Storage

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_HEAD = 1 << 20
_STEP = 1 << 16
_COUNTED = 8 << 20


def cut(
    storage: Storage, file: SourceFile, format: str, options: ReadOptions, size: int
) -> tuple[SourceFile, ...]:
    """Cut a file into ranges of about `size` bytes; it stays whole where a line may not be a record."""
    spanning = options.multi_line or options.json_path
    if format == "parquet" or spanning or file.is_range or file.size < 2 * size:
        return (file,)
    if codecs.lookup(options.encoding).name not in {"utf-8", "ascii"}:
        return (file,)
    head = storage.read(file.url, 0, min(size, _HEAD))
    if compression_of(head) != "none" or head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return (file,)
    if format == "csv" and not drops_within(head, options):
        # Later ranges have to know that the header is none of theirs.
        return (file,)
    starts = range(0, file.size, -(-file.size // (file.size // size)))
    stops = [*starts[1:], None]
    return tuple(replace(file, start=a, stop=b) for a, b in zip(starts, stops, strict=True))


def lines_of(stream: "BinaryIO | IO[bytes]", file: SourceFile) -> IO[bytes]:
    """Give the lines that begin in a file's range; the last one whole."""
    return cast("IO[bytes]", io.BufferedReader(_Lines(stream, file.start, file.stop), BLOCK))


def lines_before(storage: Storage, file: SourceFile) -> int:
    """Count the lines before a file's range; reads all of them, so ask only for the place of an error."""
    if not file.start:
        return 0
    count = 1
    with storage.open(file.url, file.size) as stream:
        for piece in _pieces(stream, file.start - 1):
            count += piece.count(b"\n")
    return count


def _pieces(stream: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (piece := stream.read(min(size, _COUNTED))):
        size -= len(piece)
        yield piece


class _Lines(io.RawIOBase):
    """The bytes from the first line that begins at or after `start` to the end of the one at `stop - 1`."""

    def __init__(self, stream: "BinaryIO | IO[bytes]", start: int, stop: int | None) -> None:
        super().__init__()
        self._stream = stream
        self._stop = stop
        self._at = start
        self._ended = False
        self._inside = False
        if start:
            stream.seek(start - 1)
            self._at = start - 1 + self._through_newline()
            stream.seek(self._at)
            self._ended = stop is not None and self._at >= stop

    def _through_newline(self) -> int:
        """How many bytes end with the next newline, or with the file."""
        passed = 0
        while piece := self._stream.read(_STEP):
            end = piece.find(b"\n") + 1
            if end:
                return passed + end
            passed += len(piece)
        return passed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        if self._ended or not len(view):
            return 0
        left = len(view) if self._stop is None else self._stop - self._at
        if left > 0:
            data = self._stream.read(min(left, len(view)))
        else:
            data = self._last_line(len(view)) if self._inside else b""
        self._ended = not data
        self._inside = not data.endswith(b"\n")
        self._at += len(data)
        view[: len(data)] = data
        return len(data)

    def _last_line(self, size: int) -> bytes:
        data = self._stream.read(min(size, _STEP))
        end = data.find(b"\n") + 1
        if end:
            data = data[:end]
        return data

    def close(self) -> None:
        self._stream.close()
        super().close()
