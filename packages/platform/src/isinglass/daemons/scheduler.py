"""The scheduler: looks at the clock and starts what is due. Any number may run on one database."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from isinglass.flow import schedules
from isinglass.store.store import Store

log = logging.getLogger(__name__)

#: Seconds between two looks; no schedule is finer than minutes.
POLL_SECONDS = 1.0


@dataclass(slots=True)
class Scheduler:
    """Runs until stopped; `starters` map a schedule's kind to what starts such a thing."""

    store: Store
    starters: Mapping[str, schedules.Starter]
    clock: Callable[[], float] = time.time
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Start looking at the clock, in a thread."""
        self._thread = threading.Thread(target=self._loop, name="scheduler", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop, once what is being started has been."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _loop(self) -> None:
        while not self._stopping.wait(POLL_SECONDS):
            try:
                while schedules.fire_due(self.store, self.starters, self.clock()) == schedules.AT_ONCE:
                    pass
            except Exception:
                log.exception("Looking at the schedules failed; trying again")
