"""Open the storage that a crawl may read."""

from contextlib import AbstractContextManager
from typing import Protocol

from isinglass.store.sealing import Sealer
from isinglass_connectors.storage.options import StorageOptions
from isinglass_connectors.storage.storage import Storage


class StorageAccess(Protocol):
    """Where an account's objects are, and the keys that reach exactly them."""

    @property
    def endpoint(self) -> str | None: ...
    @property
    def region(self) -> str: ...
    @property
    def access_key_id(self) -> str: ...
    @property
    def secret_access_key(self) -> str: ...
    @property
    def session_token(self) -> str | None: ...


class Services(Protocol):
    """What a crawl needs beyond the store."""

    def storage_of_role(
        self, account_id: str, role: str, session: str
    ) -> AbstractContextManager[StorageAccess]:
        """Credentials that act as a role, for as long as the block runs."""
        ...

    @property
    def sealer(self) -> Sealer:
        """Seals what must not lie in the clear, and opens it again."""
        ...

    def log_directory(self, account_id: str) -> str:
        """The folder that holds one account's logs."""
        ...

    def may_use_local_files(self, account_id: str) -> bool:
        """Tell whether the account may crawl the server's own file system."""
        ...


def open_storage(access: StorageAccess) -> Storage:
    """Open the storage that credentials reach."""
    return Storage(
        StorageOptions(
            endpoint=access.endpoint,
            region=access.region,
            access_key_id=access.access_key_id,
            secret_access_key=access.secret_access_key,
            session_token=access.session_token,
        )
    )
