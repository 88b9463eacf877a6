"""Keep the leases of work in hand alive, and notice when one was lost."""

import threading
from dataclasses import dataclass, field

from isinglass.flow.queue import LEASE_SECONDS
from isinglass.store.store import Store
from isinglass.store.work import WorkItem
from isinglass.store.work_context import WorkContext


@dataclass(slots=True)
class Leases:
    """The work a worker holds; `run_once` extends all of it in one transaction."""

    store: Store
    _held: dict[int, tuple[WorkItem, WorkContext]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hold(self, item: WorkItem, context: WorkContext) -> None:
        """Keep this work's lease alive from now on."""
        with self._lock:
            self._held[item.id] = (item, context)

    def drop(self, item: WorkItem) -> None:
        """Stop caring for this work's lease."""
        with self._lock:
            held = self._held.get(item.id)
            if held is not None and held[0].attempt == item.attempt:
                del self._held[item.id]

    def count(self) -> int:
        """How much work is in hand."""
        with self._lock:
            return len(self._held)

    def run_once(self, now: float) -> int:
        """Extend every lease; sets `lost` where the work has passed on. Returns how many were lost."""
        with self._lock:
            held = list(self._held.values())
        if not held:
            return 0
        with self.store.begin() as tx:
            lost = [
                (item, context) for item, context in held if not tx.work.extend(item, now + LEASE_SECONDS)
            ]
        for item, context in lost:
            with self._lock:
                finished = item.id not in self._held
            if not finished:
                context.lost.set()
        return len(lost)
