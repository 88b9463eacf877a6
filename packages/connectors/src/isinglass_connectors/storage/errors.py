"""What goes wrong when storage is asked for something; callers branch on the class and the fields."""


class StorageError(Exception):
    """Storage refused or failed an operation on one URL."""

    def __init__(self, url: str, operation: str, reason: str) -> None:
        super().__init__(url, operation, reason)
        self.url = url
        self.operation = operation
        self.reason = reason

    def __str__(self) -> str:
        return f"cannot {self.operation} {self.url}: {self.reason}"


class ObjectNotFound(StorageError):
    """The object, or the bucket that should hold it, does not exist."""


class StorageDenied(StorageError):
    """The credentials may not do this."""


class ObjectExists(StorageError):
    """There is an object where one was to be created."""
