"""Remove what is past its time: temporary keys, and what was deleted and can be restored no longer."""

from collections.abc import Callable

from isinglass.store.store import Store

#: Seconds between two rounds.
INTERVAL = 60.0

#: Rows of deleted things removed in one transaction: others get their turn in between.
STEP = 5_000


def run_once(
    store: Store, now: float, *, deleted_retention: float, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Delete expired keys, and what was deleted so many seconds ago; returns how many keys.

    A crash between two steps leaves the rest for the next round.
    """
    with store.begin() as tx:
        keys = tx.access_keys.delete_expired(now)
        tx.deleted_remains.expire(now - deleted_retention)
    more = True
    while more and not stopping():
        with store.begin() as tx:
            more = tx.deleted_remains.remove(STEP)
    return keys
