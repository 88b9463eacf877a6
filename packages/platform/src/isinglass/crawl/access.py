"""Open an account's storage for a crawl."""

from typing import Protocol

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

    def storage_access(self, account_id: str) -> StorageAccess:
        """Credentials that reach exactly the objects of one account."""
        ...

    def log_directory(self, account_id: str) -> str:
        """The folder that holds one account's logs."""
        ...

    def may_use_local_files(self, account_id: str) -> bool:
        """Tell whether the account may crawl the server's own file system."""
        ...


def open_storage(services: Services, account_id: str) -> Storage:
    """Open the storage that holds one account's objects."""
    access = services.storage_access(account_id)
    return Storage(
        StorageOptions(
            endpoint=access.endpoint,
            region=access.region,
            access_key_id=access.access_key_id,
            secret_access_key=access.secret_access_key,
            session_token=access.session_token,
        )
    )
