"""How the catalogs of accounts are stored now: remembered for a moment, and never past a change of it.

Whoever was told that a catalog is encrypted must find nothing written in the clear after that, whichever
server on the database writes. So settings are remembered from when the transaction began that read them; a
transaction that takes longer reads them again before it commits; and who changes them is told when the time
is over in which another server may have gone on with what it had.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from isinglass.domain.catalog_encryption import AtRest
from isinglass.store.sealing import Sealer

#: How long another server may go on with settings that were changed here.
REMEMBERED_SECONDS = 0.5
#: How old settings may be that a transaction has written by when it commits.
CONFIRMED_SECONDS = 0.25
#: After this all servers follow a change: the two above, and as much again for a commit to arrive.
FOLLOWED_SECONDS = 1.0
_MOST_REMEMBERED = 4096


class SettingsChanged(Exception):
    """How a catalog is stored was changed while a transaction wrote to it: it is to be tried again."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a transaction began, or something was decided: what it reads is no older."""

    at: float
    changes: int


class Vault:
    """Remembers how catalogs are stored, and has what opens their keys; shared between threads."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        #: Opens the keys; a process without it reads nothing that is encrypted.
        self.sealer: Sealer | None = None
        self._monotonic = monotonic
        self._settings: dict[str, tuple[AtRest, float]] = {}
        #: How many changes have begun or ended, and how many are going on.
        self._changes = 0
        self._changing = 0
        self._lock = threading.Lock()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Commit a change of settings within this: nothing from before it is remembered when it ends.

        Nor is anything while it lasts: a write may already have to follow it.
        """
        with self._lock:
            self._changing += 1
            self._changes += 1
            self._settings.clear()
        try:
            yield
        finally:
            with self._lock:
                self._changing -= 1
                self._changes += 1

    def moment(self) -> Moment:
        """Tell the time to a transaction that is about to begin."""
        return Moment(self._monotonic(), self._changes)

    def settings(self, account_id: str, begun: Moment, read: Callable[[], AtRest]) -> AtRest:
        """Tell how an account's catalog is stored; `read` asks in the transaction that has begun then."""
        found = self._settings.get(account_id)
        if found is not None and self._monotonic() < found[1]:
            return found[0]
        settings = read()
        with self._lock:
            if begun.changes == self._changes and not self._changing:
                if len(self._settings) >= _MOST_REMEMBERED:
                    self._settings.clear()
                self._settings[account_id] = (settings, begun.at + REMEMBERED_SECONDS)
        return settings

    def is_settled(self, decided: Moment) -> bool:
        """Tell whether what was decided then may be committed without being asked again."""
        return self._monotonic() - decided.at < CONFIRMED_SECONDS
