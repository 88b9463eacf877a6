"""What operations and workers may use beyond the store."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from isinglass.app.accounts import NewKey, insert_key, new_key, service_key
from isinglass.jobs.queries import QueryRunner, Rows, Statement
from isinglass.operations.context import Component, StorageAccess
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store, Transaction

if TYPE_CHECKING:
    from isinglass_connectors.storage.storage import Storage


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
    queries: QueryRunner | None = None
    _keys: dict[str, NewKey] = field(default_factory=dict)
    _storages: "dict[str, Storage]" = field(default_factory=dict)

    def storage_access(self, account_id: str) -> StorageAccess:
        """Credentials that reach exactly the objects of one account."""
        key = self._keys.get(account_id)
        if key is None:
            key = self._keys[account_id] = service_key(self.store, self.sealer, account_id, time.time())
        return StorageAccess(self.s3_endpoint, self.region, key.access_key_id, key.secret_access_key)

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

    def issue_key(self, tx: Transaction, account_id: str, now: float) -> tuple[str, str]:
        """Make a key for an account; returns it in the clear, this once."""
        key = new_key()
        insert_key(tx, self.sealer, account_id, key, now)
        return key.access_key_id, key.secret_access_key

    def run_query(self, statement: Statement) -> Rows:
        """Run a reading statement in a process of its own."""
        assert self.queries is not None
        return self.queries.run(statement)
