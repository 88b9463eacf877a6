"""One stored object, fetched in few requests however often its beginning is looked at."""

import io
from typing import BinaryIO, cast

from isinglass_connectors.storage.errors import StorageError
from isinglass_connectors.storage.objects import ObjectInfo
from isinglass_connectors.storage.storage import Storage
from isinglass_connectors.storage.window import ObjectReader

#: A detector looks at the first megabyte and a little more: one request.
_BLOCK = (1 << 20) + (64 << 10)
#: Of large Parquet files only the magic at the beginning and the footer at the end matter.
_PARQUET_BLOCK = 64 << 10
_SMALL = 256 << 10


class OneObject(Storage):
    """A storage of which one object's blocks are kept; small objects come whole with the first request."""

    def __init__(self, storage: Storage, info: ObjectInfo) -> None:
        super().__init__(storage.options)
        self._storage = storage
        self._info = info
        large_parquet = info.size > _SMALL and info.url.endswith(".parquet")
        self._block = _PARQUET_BLOCK if large_parquet else _BLOCK
        self._blocks: dict[int, bytes] = {}
        #: Why a request failed, when one did: detectors take that for a fault of the file.
        self.failure: StorageError | None = None

    def stat(self, url: str) -> ObjectInfo | None:
        """Describe the object from the listing that found it."""
        return self._info if url == self._info.url else self._storage.stat(url)

    def read(self, url: str, start: int = 0, length: int | None = None) -> bytes:
        """Read a range out of the blocks it touches."""
        if url != self._info.url:
            return self._storage.read(url, start, length)
        end = self._info.size if length is None else min(self._info.size, start + length)
        if end <= start:
            return b""
        first, last = start // self._block, (end - 1) // self._block
        data = b"".join(self._fetch(number) for number in range(first, last + 1))
        return data[start - first * self._block : end - first * self._block]

    def open(self, url: str, size: int | None = None) -> BinaryIO:
        """Open the object over its blocks."""
        if url != self._info.url:
            return self._storage.open(url, size)
        raw = ObjectReader(lambda start, length: self.read(url, start, length), self._info.size)
        return cast("BinaryIO", io.BufferedReader(raw, buffer_size=1 << 16))

    def _fetch(self, number: int) -> bytes:
        if number not in self._blocks:
            try:
                self._blocks[number] = self._storage.read(self._info.url, number * self._block, self._block)
            except StorageError as error:
                self.failure = error
                raise
        return self._blocks[number]
