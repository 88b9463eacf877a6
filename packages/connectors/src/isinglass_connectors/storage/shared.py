"""One open storage per process and set of options: a client takes 0.3 s to make, and its connections stay."""

import os
from typing import Any

from isinglass_connectors.storage.options import StorageOptions
from isinglass_connectors.storage.storage import Storage


class _Opened(dict[tuple[int, StorageOptions], Storage]):
    """Travels empty: jobs send this module by value to a Spark cluster's workers."""

    def __reduce__(self) -> tuple[Any, tuple[()]]:
        return _Opened, ()


_OPENED = _Opened()


def shared_storage(options: StorageOptions) -> Storage:
    """Give the process's storage with these options; a forked child gets its own."""
    return _OPENED.setdefault((os.getpid(), options), Storage(options))
