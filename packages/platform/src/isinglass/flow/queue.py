"""Claim due work, up to what there is room for."""

from collections.abc import Sequence

from isinglass.store.store import Store
from isinglass.store.work import WorkItem

#: Seconds after which work of a silent holder is due again.
LEASE_SECONDS = 30.0


def claim(store: Store, kinds: Sequence[str], *, worker: str, now: float, room: int) -> list[WorkItem]:
    """Claim up to `room` pieces of due work for a worker."""
    if room <= 0 or not kinds:
        return []
    with store.begin() as tx:
        return tx.work.claim(list(kinds), worker=worker, now=now, lease_seconds=LEASE_SECONDS, limit=room)


def orphans(store: Store, *, worker_prefix: str, now: float) -> int:
    """Make the work of dead workers due at once; for a server that alone works on its database."""
    with store.begin() as tx:
        return tx.work.release_all_of(worker_prefix, now)
