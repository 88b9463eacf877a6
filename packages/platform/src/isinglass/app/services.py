"""What operations and workers may use beyond the store."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from isinglass.app.accounts import NewKey, insert_key, new_key, service_key
from isinglass.domain.access.principals import is_root
from isinglass.jobs.permitted import Copied, PermittedCopier, PermittedPart
from isinglass.jobs.queries import QueryRunner, Rows, Statement
from isinglass.jobs.run_keys import StoredRunKeys
from isinglass.jobs.settings import Credentials
from isinglass.operations.context import Component, Principal, StorageAccess
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store, Transaction

if TYPE_CHECKING:
    from isinglass_connectors.storage.storage import Storage


#: How long a key may be used that was lent for what one request does.
_LENT_SECONDS = 1200.0
_MOST_LENT = 1024
_WEEK = 7 * 86_400.0


@dataclass(eq=False)
class KeyGone(Exception):
    """The key that signed a request was deleted while it ran."""

    access_key_id: str

    def __str__(self) -> str:
        return f"The access key {self.access_key_id} was deleted."


@dataclass(slots=True)
class AppServices:
    """The services of one server; `components` tells how its parts are."""

    store: Store
    sealer: Sealer
    region: str
    root_account_id: str
    s3_endpoint: str
    logs: Path
    started_at: float
    components: Callable[[], list[Component]]
    deleted_retention: float
    has_own_objects: bool = True
    #: Ports of the server that are known without looking.
    known_ports: frozenset[int] = frozenset()
    queries: QueryRunner | None = None
    copies: PermittedCopier | None = None
    _keys: dict[str, NewKey] = field(default_factory=dict)
    _lent: dict[str, tuple[StorageAccess, float]] = field(default_factory=dict)
    _storages: "dict[str, Storage]" = field(default_factory=dict)

    def storage_access(self, account_id: str) -> StorageAccess:
        """Credentials that reach exactly the objects of one account."""
        key = self._keys.get(account_id)
        if key is None:
            key = self._keys[account_id] = service_key(self.store, self.sealer, account_id, time.time())
        return StorageAccess(self.s3_endpoint, self.region, key.access_key_id, key.secret_access_key)

    def storage_of(self, principal: Principal) -> StorageAccess:
        """Credentials that act as a caller; an account itself reaches all that is its own."""
        if is_root(principal.arn):
            return self.storage_access(principal.account_id)
        now = time.time()
        access, until = self._lent.get(principal.access_key_id, (None, 0.0))
        if access is not None and now < until:
            return access
        with self.store.begin() as tx:
            keys = StoredRunKeys(self.sealer).lend(
                tx, access_key_id=principal.access_key_id, now=now, expires_at=now + _LENT_SECONDS
            )
        if keys is None:
            raise KeyGone(principal.access_key_id)
        access = self._access(keys)
        if len(self._lent) >= _MOST_LENT:
            self._lent.clear()
        # What is begun with it at the last moment must come to its end.
        self._lent[principal.access_key_id] = (access, now + _LENT_SECONDS / 2)
        return access

    @contextmanager
    def storage_of_role(self, account_id: str, role: str, session: str) -> Iterator[StorageAccess]:
        """Credentials that act as a role, for as long as the block runs."""
        now = time.time()
        with self.store.begin() as tx:
            keys = StoredRunKeys(self.sealer).issue(
                tx, account_id=account_id, role=role, session=session, now=now, expires_at=now + _WEEK
            )
        try:
            yield self._access(keys)
        finally:
            with self.store.begin() as tx:
                tx.access_keys.delete(keys.access_key_id)

    def _access(self, keys: Credentials) -> StorageAccess:
        return StorageAccess(
            self.s3_endpoint, self.region, keys.access_key_id, keys.secret_access_key, keys.session_token
        )

    def open_storage(self, account_id: str) -> "Storage":
        """Open the storage of one account."""
        from isinglass_connectors.storage.options import StorageOptions
        from isinglass_connectors.storage.storage import Storage

        storage = self._storages.get(account_id)
        if storage is None:
            access = self.storage_access(account_id)
            options = StorageOptions(
                endpoint=access.endpoint,
                region=access.region,
                access_key_id=access.access_key_id,
                secret_access_key=access.secret_access_key,
                session_token=access.session_token,
            )
            storage = self._storages[account_id] = Storage(options)
        return storage

    def log_directory(self, account_id: str) -> str:
        """The folder that holds one account's logs."""
        return str(self.logs / account_id)

    def may_use_local_files(self, account_id: str) -> bool:
        """Only who runs the server may name files of its machine."""
        return account_id == self.root_account_id

    def is_root(self, account_id: str) -> bool:
        """Whether the account is the first, which makes the others."""
        return account_id == self.root_account_id

    def own_ports(self) -> frozenset[int]:
        """List the ports that parts of this server listen on."""
        from isinglass.app.own_ports import listening_ports

        return listening_ports(self.known_ports)

    def issue_key(self, tx: Transaction, account_id: str, now: float) -> tuple[str, str]:
        """Make a key for an account; returns it in the clear, this once."""
        key = new_key()
        insert_key(tx, self.sealer, account_id, key, now)
        return key.access_key_id, key.secret_access_key

    def copy_permitted(self, part: PermittedPart) -> Copied:
        """Copy the permitted part of a table in a process of its own."""
        assert self.copies is not None
        return self.copies.copy(part)

    def run_query(self, statement: Statement) -> Rows:
        """Run a reading statement in a process of its own."""
        assert self.queries is not None
        return self.queries.run(statement)
