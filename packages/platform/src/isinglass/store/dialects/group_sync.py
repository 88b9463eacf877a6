"""Makes SQLite's commits durable in groups: one sync of the write-ahead log serves all who wait for it."""

import os
import threading
from pathlib import Path


class NotDurable(Exception):
    """What was written is committed, but perhaps not on the disk; done again, it would be there twice."""


class GroupSync:
    """Syncs a file on behalf of everyone who wrote to it before the sync began."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._taking = threading.Lock()
        self._syncing = threading.Lock()
        self._written = 0
        self._durable = 0
        self._file: int | None = None

    def wait(self) -> None:
        """Return when what this thread has written to the file survives a power cut; raises NotDurable."""
        with self._taking:
            self._written += 1
            ticket = self._written
        with self._syncing:
            if self._durable >= ticket:
                return  # whoever synced while we waited did it for us
            covered = self._written
            try:
                self._sync()
            except OSError as error:
                raise NotDurable from error
            self._durable = covered

    def close(self) -> None:
        """Let go of the file."""
        with self._syncing:
            self._let_go()

    def _sync(self) -> None:
        # Kept open: no commit may fail because the process can open no further file. It is another file once
        # the last connection was closed in between; then the log was folded into the database, durably, and
        # there is nothing left to sync.
        try:
            present = self._path.stat()
        except FileNotFoundError:
            return
        if self._file is not None and not os.path.samestat(present, os.fstat(self._file)):
            self._let_go()
        if self._file is None:
            try:
                self._file = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
            except FileNotFoundError:
                return
        os.fdatasync(self._file)

    def _let_go(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
