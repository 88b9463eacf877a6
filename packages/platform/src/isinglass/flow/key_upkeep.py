"""Destroy keys whose waiting is over, and rotate those whose time has come."""

from dataclasses import replace

from isinglass.store.key_use import new_material
from isinglass.store.keys import Key
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store, Transaction

_DAY = 86_400.0
#: Keys seen to in one transaction: others get their turn in between.
_STEP = 50


def run_once(store: Store, sealer: Sealer, now: float) -> int:
    """See to all keys that are due; returns how many.

    Each is destroyed or rotated whole: a crash leaves the rest for the next round.
    """
    seen_to = 0
    while True:
        with store.begin() as tx:
            keys = tx.keys.due(now, _STEP)
            for key in keys:
                if key.is_gone(now):
                    tx.tags.delete_all(key.account_id, key.tag_resource)
                    tx.keys.destroy(key)
                else:
                    _rotate(tx, sealer, key, now)
        seen_to += len(keys)
        if len(keys) < _STEP:
            return seen_to


def _rotate(tx: Transaction, sealer: Sealer, key: Key, now: float) -> None:
    """Rotate once, however many times were missed, and from now on in the same rhythm."""
    number = key.current + 1
    rotated = replace(key, current=number, rotates_at=now + key.rotation_days * _DAY)
    tx.keys.rotate(rotated, new_material(sealer, key, number, "AUTOMATIC", now))
