"""The worker: claims queued work and hands it to the handler of its kind, each in a thread of its own."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from isinglass.flow import asset_words, pruner, queue
from isinglass.flow.leases import Leases
from isinglass.store.store import Store
from isinglass.store.work import WorkItem
from isinglass.store.work_context import Handler, WorkContext

log = logging.getLogger(__name__)

#: Seconds between two looks at the queue when no hint arrives.
POLL_SECONDS = 0.5
#: Seconds until work whose handler raised is tried again.
FAULT_DELAY_SECONDS = 5.0


def worker_name() -> str:
    """Name this worker: unique over machines and restarts."""
    return f"{socket.gethostname()}-{os.getpid()}-{os.urandom(4).hex()}"


@dataclass(slots=True)
class Worker:
    """Runs until stopped; `limits` says how much work of each kind may be in hand at once."""

    store: Store
    handlers: Mapping[str, Handler]
    limits: Mapping[str, int]
    name: str = field(default_factory=worker_name)
    clock: Callable[[], float] = time.time
    #: Seconds that deleted tables and databases are kept for.
    deleted_retention: float = 30 * 86_400.0
    #: What else is to be seen to now and then; each is told the time.
    chores: Sequence[Callable[[float], object]] = ()
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _busy: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _leases: Leases = field(init=False)

    def __post_init__(self) -> None:
        self._leases = Leases(self.store)

    def start(self) -> None:
        """Start claiming, keeping leases and maintenance, in threads."""
        for name, loop in (
            ("claims", self._claim_loop),
            ("leases", self._lease_loop),
            ("pruner", self._prune_loop),
        ):
            thread = threading.Thread(target=loop, name=f"worker-{name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, grace_seconds: float = 20.0) -> bool:
        """Stop claiming, ask handlers to give their work back, and wait; False when some did not end."""
        self._stopping.set()
        self.store.work_arrived.set()
        deadline = time.monotonic() + grace_seconds
        # Looked at anew each time: the claims in flight may still add a thread.
        while alive := [thread for thread in self._threads if thread.is_alive()]:
            if time.monotonic() >= deadline:
                return False
            alive[0].join(max(0.0, deadline - time.monotonic()))
        return True

    def run_once(self, now: float) -> int:
        """Claim what there is room for and start its handlers; returns how much was claimed."""
        claimed = 0
        for kind in self.handlers:
            with self._lock:
                room = self.limits.get(kind, 1) - self._busy.get(kind, 0)
            items = queue.claim(self.store, [kind], worker=self.name, now=now, room=room)
            for item in items:
                self._begin(item)
            claimed += len(items)
        return claimed

    def _begin(self, item: WorkItem) -> None:
        context = WorkContext(self.store, self.clock, stopping=self._stopping)
        self._leases.hold(item, context)
        with self._lock:
            self._busy[item.kind] = self._busy.get(item.kind, 0) + 1
        thread = threading.Thread(
            target=self._handle, args=(item, context), name=f"{item.kind}-{item.id}", daemon=True
        )
        self._threads = [other for other in self._threads if other.is_alive()]
        self._threads.append(thread)
        thread.start()

    def _handle(self, item: WorkItem, context: WorkContext) -> None:
        try:
            self.handlers[item.kind](context, item)
        except Exception:
            log.exception("The handler of %s work %s failed; it is tried again", item.kind, item.id)
            self._postpone(item)
        finally:
            self._leases.drop(item)
            with self._lock:
                self._busy[item.kind] -= 1
            self.store.work_arrived.set()  # there is room again

    def _postpone(self, item: WorkItem) -> None:
        try:
            with self.store.begin() as tx:
                tx.work.release(item, self.clock() + FAULT_DELAY_SECONDS)
        except Exception:
            log.exception("Giving back %s work %s failed; its lease will run out", item.kind, item.id)

    def _claim_loop(self) -> None:
        while not self._stopping.is_set():
            self.store.work_arrived.clear()
            try:
                self.run_once(self.clock())
            except Exception:
                log.exception("Claiming work failed; trying again")
            self.store.work_arrived.wait(POLL_SECONDS)

    def _lease_loop(self) -> None:
        # Outlives the claims: work being given back still needs its lease.
        while not (self._stopping.wait(queue.LEASE_SECONDS / 5) and self._leases.count() == 0):
            try:
                self._leases.run_once(self.clock())
            except Exception:
                log.exception("Extending leases failed; trying again")
            if self._stopping.is_set():
                time.sleep(0.2)

    def _prune_loop(self) -> None:
        while not self._stopping.wait(pruner.INTERVAL):
            for chore in (self._prune, self._index_assets, *self.chores):
                try:
                    chore(self.clock())
                except Exception:  # it must not keep the others from their turn
                    log.exception("Maintenance failed; trying again")

    def _prune(self, now: float) -> None:
        pruner.run_once(
            self.store, now, deleted_retention=self.deleted_retention, stopping=self._stopping.is_set
        )

    def _index_assets(self, _now: float) -> None:
        while not self._stopping.is_set() and asset_words.catch_up(self.store):
            pass
