"""A process that writes without end, alone and in groups, and tells of each write that was acknowledged.

Arguments: database URL, numbers of the first and last writer. A line of standard output is the id of an account
that is kept; ids of accounts that must not be there begin with 9.
"""

import os
import sys
import threading
from contextlib import suppress
from itertools import count

from isinglass.store.accounts import Account
from isinglass.store.store import Store


def insert(store: Store, account_id: str) -> None:
    """Write one account in a transaction, and now and then another one that fails."""
    with store.begin() as tx:
        tx.accounts.insert(Account(account_id, "kept", 0))
    if account_id.endswith("7"):
        with suppress(KeyError), store.begin() as tx:
            tx.accounts.insert(Account(f"9{account_id[1:]}", "undone", 0))
            raise KeyError(account_id)


def write_alone(store: Store, writer: int) -> None:
    """Acknowledge each write by itself."""
    for number in count():
        account_id = f"{writer:03}{number:09}"
        insert(store, account_id)
        os.write(1, f"{account_id}\n".encode())


def write_in_groups(store: Store, writer: int) -> None:
    """Acknowledge each group when it is committed."""
    for first in count(0, 5):
        group = [f"{writer:03}{number:09}" for number in range(first, first + 5)]
        with store.together():
            for account_id in group:
                insert(store, account_id)
        os.write(1, "".join(f"{account_id}\n" for account_id in group).encode())


def main() -> None:
    """Write until killed."""
    store = Store(sys.argv[1])
    for writer in range(int(sys.argv[2]), int(sys.argv[3]) + 1):
        write = write_in_groups if writer % 2 else write_alone
        threading.Thread(target=write, args=(store, writer)).start()


if __name__ == "__main__":
    main()
