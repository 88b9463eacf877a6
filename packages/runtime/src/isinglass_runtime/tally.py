"""What this process has read and written so far: counted here, and told to the run's supervisor."""

import threading
from dataclasses import dataclass, field
from typing import Any

from isinglass_runtime import events

#: Targets that a run's report names one by one; the totals count all.
MOST_TARGETS = 100


@dataclass(slots=True)
class Written:
    """What one target has received."""

    url: str
    rows: int = 0
    files: int = 0
    bytes: int = 0


@dataclass(slots=True)
class Tally:
    """Counts of one process; safe to share between threads."""

    files_read: int = 0
    bytes_read: int = 0
    rows_written: int = 0
    files_written: int = 0
    bytes_written: int = 0
    targets: dict[str, Written] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, *, files: int, size: int) -> None:
        """Count a scan that was planned; rows are not known before the engine has run it."""
        with self._lock:
            self.files_read += files
            self.bytes_read += size
        self._tell()

    def written(self, url: str, *, rows: int, files: int, size: int) -> None:
        """Count a committed write."""
        with self._lock:
            self.rows_written += rows
            self.files_written += files
            self.bytes_written += size
            target = self.targets.get(url)
            if target is None and len(self.targets) < MOST_TARGETS:
                target = self.targets[url] = Written(url)
            if target is not None:
                target.rows, target.files, target.bytes = (
                    target.rows + rows,
                    target.files + files,
                    target.bytes + size,
                )
        self._tell()

    def counts(self) -> dict[str, Any]:
        """Give all counts as JSON can hold them."""
        with self._lock:
            return {
                "files_read": self.files_read,
                "bytes_read": self.bytes_read,
                "rows_written": self.rows_written,
                "files_written": self.files_written,
                "bytes_written": self.bytes_written,
                "targets": [
                    {"url": t.url, "rows": t.rows, "files": t.files, "bytes": t.bytes}
                    for t in self.targets.values()
                ],
            }

    def _tell(self) -> None:
        events.send("progress", **self.counts())


TALLY = Tally()
