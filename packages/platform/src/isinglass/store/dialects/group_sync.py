"""Makes SQLite's commits durable in groups: one sync of the write-ahead log serves all who wait for it."""

import os
import threading
from pathlib import Path


class GroupSync:
    """Syncs a file on behalf of everyone who wrote to it before the sync began."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._taking = threading.Lock()
        self._syncing = threading.Lock()
        self._written = 0
        self._durable = 0

    def wait(self) -> None:
        """Return when what this thread has written to the file survives a power cut."""
        with self._taking:
            self._written += 1
            ticket = self._written
        with self._syncing:
            if self._durable >= ticket:
                return  # whoever synced while we waited did it for us
            covered = self._written
            self._sync()
            self._durable = covered

    def _sync(self) -> None:
        # Opened anew, as the log is another file once the last connection was closed in between; then it
        # was folded into the database, durably, and there is nothing left to sync.
        try:
            file = os.open(self._path, os.O_RDWR)
        except FileNotFoundError:
            return
        try:
            os.fdatasync(file)
        finally:
            os.close(file)
