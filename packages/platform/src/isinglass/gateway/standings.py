"""What the holders of access keys may do, remembered for some seconds or until identities change."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from isinglass.domain.access.asking import asks_for_tags, is_plain
from isinglass.domain.access.catalog_policies import parse_catalog_policy
from isinglass.domain.access.documents import Policy
from isinglass.domain.access.standing import Standing
from isinglass.store.access_keys import AccessKey
from isinglass.store.store import Store, Transaction

#: How long another process may go on with what was changed here.
_REMEMBERED_SECONDS = 3.0
_MOST_REMEMBERED = 4096
_MOST_ALLOWED = 4096


@dataclass(frozen=True, slots=True)
class Known:
    """A standing and the policy of its account's catalog.

    `asks_for_tags` says that one of them looks at tags of resources. When none looks at anything but action
    and resource they are `plain`, and what they allowed they allow again: `allowed` keeps it.
    """

    standing: Standing
    catalog: tuple[Policy, ...]
    asks_for_tags: bool
    plain: bool
    until: float
    allowed: set[tuple[str, str]] = field(default_factory=set)

    def allows_again(self, action: str, resource: str) -> bool:
        """Tell whether this was allowed before and cannot have changed since."""
        return (action, resource) in self.allowed

    def keep(self, action: str, resource: str) -> None:
        """Remember what was allowed, where nothing else could decide otherwise."""
        if self.plain and len(self.allowed) < _MOST_ALLOWED:
            self.allowed.add((action, resource))


class Standings:
    """Looks standings up in the store; safe to share between threads."""

    def __init__(self, store: Store, monotonic: Callable[[], float]) -> None:
        self._store = store
        self._monotonic = monotonic
        self._known: dict[str, Known] = {}
        self._foreign: dict[str, tuple[tuple[Policy, ...], float]] = {}
        #: Counts changes: what was read before one must not be remembered after it.
        self._changes = 0
        self._lock = threading.Lock()

    def of(self, key: AccessKey) -> Known:
        """Tell what the holder of a key may do."""
        now = self._monotonic()
        known = self._known.get(key.access_key_id)
        if known is not None and now < known.until:
            return known
        changes = self._changes
        with self._store.read() as tx:
            standing = tx.identities.standing(key)
            catalog = _catalog_policy(tx, key.account_id)
        policies = (*standing.all_policies, *catalog)
        known = Known(
            standing,
            catalog,
            asks_for_tags=any(map(asks_for_tags, policies)),
            plain=all(map(is_plain, policies)),
            until=now + _REMEMBERED_SECONDS,
        )
        with self._lock:
            if changes == self._changes:
                if len(self._known) >= _MOST_REMEMBERED:
                    self._known.clear()
                self._known[key.access_key_id] = known
        return known

    def key(self, access_key_id: str) -> AccessKey | None:
        """Find the key that another is used for."""
        with self._store.read() as tx:
            return tx.access_keys.find(access_key_id)

    def catalog_policy(self, account_id: str) -> tuple[Policy, ...]:
        """Give the policy of another account's catalog."""
        now = self._monotonic()
        found, until = self._foreign.get(account_id, ((), 0.0))
        if now < until:
            return found
        changes = self._changes
        with self._store.read() as tx:
            found = _catalog_policy(tx, account_id)
        with self._lock:
            if changes == self._changes:
                if len(self._foreign) >= _MOST_REMEMBERED:
                    self._foreign.clear()
                self._foreign[account_id] = (found, now + _REMEMBERED_SECONDS)
        return found

    def forget(self) -> None:
        """Forget everything: an identity, a policy or a key has changed."""
        with self._lock:
            self._changes += 1
            self._known.clear()
            self._foreign.clear()


def _catalog_policy(tx: Transaction, account_id: str) -> tuple[Policy, ...]:
    found = tx.resource_policies.find(account_id)
    return () if found is None else (parse_catalog_policy(found.document, account_id),)
