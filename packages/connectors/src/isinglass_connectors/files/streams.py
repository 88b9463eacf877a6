"""Open a stored file as decompressed UTF-8 bytes, and cut it into blocks of whole lines."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, BinaryIO, cast

import pyarrow as pa

from isinglass_connectors.storage.storage import Storage

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: One block is what a text reader holds in memory; pyarrow parses one at a time.
BLOCK = 4 << 20
#: What has not ended after so many bytes is cut.
LONGEST = 64 << 20
_MAGIC = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"),
)
_ARROW_CODEC = {"gzip": "gzip", "bzip2": "bz2", "zstd": "zstd", "lz4": "lz4"}


def compression_of(head: bytes) -> str:
    """Name the compression that a file's first bytes announce; `none` otherwise."""
    return next((name for magic, name in _MAGIC if head.startswith(magic)), "none")


def open_text(storage: Storage, url: str, encoding: str = "utf-8", size: int | None = None) -> IO[bytes]:
    """Open a text file as UTF-8 bytes without a byte order mark, whatever its encoding."""
    return text(storage.open(url, size), encoding)


def text(raw: "BinaryIO | IO[bytes]", encoding: str = "utf-8") -> IO[bytes]:
    """Give the text in a file's bytes: decompressed by its content whatever its name, as UTF-8."""
    return as_utf8(_decompressed(raw), encoding)


def as_utf8(stream: IO[bytes], encoding: str) -> IO[bytes]:
    """Drop a byte order mark and transcode what is in another encoding."""
    head = _read_exactly(stream, 4)
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            encoding, head = name, head[len(mark) :]
            break
    joined = cast("IO[bytes]", io.BufferedReader(_Joined(head, stream), BLOCK))
    if codecs.lookup(encoding).name in {"utf-8", "ascii"}:
        return joined
    return cast("IO[bytes]", io.BufferedReader(_Transcoded(joined, encoding), BLOCK))


def _decompressed(raw: "BinaryIO | IO[bytes]") -> IO[bytes]:
    head = raw.read(4)
    raw.seek(0)
    compression = compression_of(head)
    if compression == "none":
        return raw
    stream = pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), _ARROW_CODEC[compression])
    return cast("IO[bytes]", stream)


def _read_exactly(stream: IO[bytes], size: int) -> bytes:
    data = b""
    while len(data) < size and (more := stream.read(size - len(data))):
        data += more
    return data


class _Joined(io.RawIOBase):
    """A few bytes that were looked at, then the rest of their stream."""

    def __init__(self, head: bytes, rest: "IO[bytes]") -> None:
        super().__init__()
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        data = self._head[: len(view)] or self._rest.read(len(view))
        self._head = self._head[len(view) :]
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._rest.close()
        super().close()


class _Transcoded(io.RawIOBase):
    """A stream in another encoding, as UTF-8; bytes that are none become U+FFFD, as in Spark."""

    def __init__(self, stream: "IO[bytes]", encoding: str) -> None:
        super().__init__()
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        while not self._ready:
            raw = self._stream.read(1 << 20)
            self._ready = self._decoder.decode(raw, final=not raw).encode()
            if not raw and not self._ready:
                return 0
        data, self._ready = self._ready[: len(view)], self._ready[len(view) :]
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


@dataclass(frozen=True, slots=True)
class Block:
    """Some whole records of a file and the number of the line they begin at, counted from 1."""

    data: bytes
    line: int


def blocks(stream: "BinaryIO | IO[bytes]", quote: str | None = None, size: int = BLOCK) -> Iterator[Block]:
    """Cut a stream at line ends; with `quote`, only at line ends outside quotes (records may span lines)."""
    mark = quote.encode() if quote else b""
    kept = b""
    line = 1
    while True:
        more = stream.read(size)
        data = kept + more
        if not more:
            if data:
                yield Block(data, line)
            return
        end = _cut(data, mark)
        if not end and len(data) > LONGEST:
            # A quote that is never closed, or one endless line, must not take all memory.
            end = data.rfind(b"\n") + 1 or len(data)
        kept = data[end:]
        if end:
            yield Block(data[:end], line)
            line += data.count(b"\n", 0, end)


def _cut(data: bytes, mark: bytes) -> int:
    """Find the end of the last whole record; 0 when there is none yet."""
    end = data.rfind(b"\n") + 1
    if not mark or not end:
        return end
    quotes = data.count(mark, 0, end)
    while end and quotes % 2:
        earlier = data.rfind(b"\n", 0, end - 1) + 1
        quotes -= data.count(mark, earlier, end)
        end = earlier
    return end
