"""Sorts more lines than fit into memory: sorted bunches go to temporary files and are merged."""

import heapq
import tempfile
from collections.abc import Iterator
from typing import IO

_BUNCH_BYTES = 64 * 1024 * 1024


class SortedLines:
    """Takes lines in any order, one after the other, and gives them back sorted by their bytes."""

    def __init__(self, bunch_bytes: int = _BUNCH_BYTES) -> None:
        self._bunch_bytes = bunch_bytes
        self._lines: list[bytes] = []
        self._size = 0
        self._files: list[IO[bytes]] = []

    def add(self, line: bytes) -> None:
        """Take a line, which ends with its only newline."""
        self._lines.append(line)
        self._size += len(line)
        if self._size >= self._bunch_bytes:
            self._spill()

    def _spill(self) -> None:
        # Anonymous: it is gone with the process, however that ends.
        file = tempfile.TemporaryFile(buffering=1024 * 1024)  # noqa: SIM115 - drain closes it
        file.writelines(sorted(self._lines))
        self._lines, self._size = [], 0
        self._files.append(file)

    def drain(self) -> Iterator[bytes]:
        """Yield every line in order; the collection is empty afterwards."""
        files, self._files = self._files, []
        lines, self._lines, self._size = sorted(self._lines), [], 0
        if not files:
            yield from lines
            return
        for file in files:
            file.seek(0)
        try:
            yield from heapq.merge(*files, lines)
        finally:
            for file in files:
                file.close()
