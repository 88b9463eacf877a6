"""The first bytes of a file, decompressed, as text in UTF-8."""

import io
from dataclasses import dataclass
from typing import IO

from isinglass_connectors.files.streams import compression_of, open_text
from isinglass_connectors.storage.storage import Storage

STEP = 1 << 20
MAX_RECORDS = 1000


@dataclass(frozen=True, slots=True)
class Sample:
    """A file's beginning; `complete` when it is the whole file."""

    data: bytes
    compression: str
    complete: bool

    def whole_lines(self) -> bytes:
        """The sample without the line it cuts off."""
        data = self.data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return data if self.complete else data[: data.rfind(b"\n") + 1]

    def stream(self) -> IO[bytes]:
        return io.BytesIO(self.data)


def sample(storage: Storage, url: str, size: int) -> Sample:
    """Read the first `size` decompressed bytes of a file, or all of it when it is shorter."""
    compression = compression_of(storage.read(url, 0, 4))
    data = bytearray()
    with open_text(storage, url) as stream:
        while len(data) <= size and (more := stream.read(min(1 << 18, size + 1 - len(data)))):
            data += more
    return Sample(bytes(data[:size]), compression, complete=len(data) <= size)
