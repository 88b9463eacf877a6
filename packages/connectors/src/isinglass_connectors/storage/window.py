"""Read a remote object like a file, fetching windows that grow while the reader goes straight on."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_FIRST = 256 << 10
#: The most that one open object holds in memory.
_LARGEST = 16 << 20


class ObjectReader(io.RawIOBase):
    """A seekable raw file over range reads; a seek elsewhere starts small again."""

    def __init__(self, fetch: Callable[[int, int], bytes], size: int) -> None:
        super().__init__()
        self._fetch = fetch
        self._size = size
        self._position = 0
        self._window = b""
        self._window_start = 0
        self._next_length = _FIRST

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        if self._position >= self._size or not len(view):
            return 0
        at = self._position - self._window_start
        if not 0 <= at < len(self._window):
            self._load(len(view))
            at = 0
        data = self._window[at : at + len(view)]
        view[: len(data)] = data
        self._position += len(data)
        return len(data)

    def _load(self, wanted: int) -> None:
        straight_on = self._position == self._window_start + len(self._window)
        self._next_length = min(_LARGEST, self._next_length * 2) if straight_on and self._window else _FIRST
        length = min(max(self._next_length, min(wanted, _LARGEST)), self._size - self._position)
        self._window = self._fetch(self._position, length)
        self._window_start = self._position
