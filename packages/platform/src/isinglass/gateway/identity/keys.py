"""Finds access keys and their opened secrets, remembering them for a few seconds."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from isinglass.domain.access.principals import identity_arn
from isinglass.domain.signature import Scope, signing_key
from isinglass.store.access_keys import AccessKey
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store

#: How long a deleted key may go on working in this process.
_REMEMBERED_SECONDS = 5.0
_MOST_REMEMBERED = 4096


@dataclass(slots=True)
class KnownKey:
    """A key, its secret, and the signing key it was last used with; `found_at` is on the ring's clock."""

    key: AccessKey
    secret: str
    found_at: float
    identity_arn: str
    derived: tuple[Scope, bytes] | None = None

    def signing_key(self, scope: Scope) -> bytes:
        """Derive the signing key, once for as long as the scope (the day) stays the same."""
        # Read once and written at once: other threads may be at it for another service.
        derived = self.derived
        if derived is None or derived[0] != scope:
            derived = self.derived = scope, signing_key(self.secret, scope)
        return derived[1]


class KeyRing:
    """Looks keys up in the store. Unknown keys are not remembered: a new key works at once."""

    def __init__(self, store: Store, sealer: Sealer, monotonic: Callable[[], float]) -> None:
        self._store = store
        self._sealer = sealer
        self._monotonic = monotonic
        self._known: dict[str, KnownKey] = {}
        #: Counts changes: what was read before one must not be remembered after it.
        self._changes = 0
        self._lock = threading.Lock()

    def find(self, access_key_id: str) -> KnownKey | None:
        """Find a key by its id; one that was made inactive is as good as gone."""
        now = self._monotonic()
        known = self._known.get(access_key_id)
        if known is not None and now - known.found_at < _REMEMBERED_SECONDS:
            return known
        changes = self._changes
        with self._store.read() as tx:
            key = tx.access_keys.find(access_key_id)
        if key is None or key.status != "Active":
            self._known.pop(access_key_id, None)
            return None
        secret = self._sealer.open(key.secret_sealed, access_key_id).decode()
        known = KnownKey(key, secret, now, identity_arn(key.principal_arn))
        with self._lock:
            if changes == self._changes:
                if len(self._known) >= _MOST_REMEMBERED:
                    self._known.clear()
                self._known[access_key_id] = known
        return known

    def forget(self) -> None:
        """Forget every key: one was changed or deleted."""
        with self._lock:
            self._changes += 1
            self._known.clear()
