"""Remove what is past its time: temporary keys, and events long handed on."""

from isinglass.store.store import Store

#: Seconds between two rounds.
INTERVAL = 60.0


def run_once(store: Store, now: float) -> int:
    """Delete expired keys; returns how many."""
    with store.begin() as tx:
        return tx.access_keys.delete_expired(now)
