"""A process that changes the catalog and kills itself with SIGKILL before a chosen statement of the change.

Argument: database URL. A line of standard input is the name of a change and the number of the statement,
`commit` or `answer`; standard output then says `killed` or `done`. Each change runs in a forked child.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from statement_hooks import statements_told

from isinglass.operations.catalog import databases, history, table_updates, tables, undo
from isinglass.operations.context import Context, Principal
from isinglass.operations.security import catalog_encryption
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store

ACCOUNT = "123456789012"
SERVER_KEY = bytes(32)
ORDERS: Any = {"DatabaseName": "sales", "TableName": "orders"}

CHANGES: dict[str, Callable[[Context], object]] = {
    "delete table": lambda ctx: tables.delete_table(ctx, {"DatabaseName": "sales", "Name": "orders"}),
    "restore table": lambda ctx: undo.restore_table(ctx, ORDERS),
    "restore version": lambda ctx: history.restore_table_version(ctx, {**ORDERS, "VersionId": "0"}),
    "delete database": lambda ctx: databases.delete_database(ctx, {"Name": "sales"}),
    "restore database": lambda ctx: undo.restore_database(ctx, {"Name": "sales"}),
}

_AT_REST: Any = {"EncryptionAtRest": {"CatalogEncryptionMode": "SSE-KMS"}}
_TABLE: Any = {"Name": "orders", "PartitionKeys": [{"Name": "year", "Type": "int"}], "Description": "third"}

#: Changes to and of an encrypted catalog.
ENCRYPTED_CHANGES: dict[str, Callable[[Context], object]] = {
    "encrypt": lambda ctx: catalog_encryption.put_data_catalog_encryption_settings(
        ctx, {"DataCatalogEncryptionSettings": _AT_REST}
    ),
    "update table": lambda ctx: table_updates.update_table(
        ctx, {"DatabaseName": "sales", "TableInput": _TABLE}
    ),
}


def context(store: Store, now: float = 1000.0) -> Context:
    """Act as the account itself."""
    services: Any = None
    principal = Principal(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", "AKIA")
    return Context(principal, "eu-west-1", "r", now, store, services)


def die(*_: object) -> None:
    """Die as by a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def change(url: str, name: str, point: str) -> None:
    """Make a change, and die at a point of it if it is reached."""
    store = Store(url)
    store.vault.sealer = Sealer(SERVER_KEY)
    left = [int(point) if point.isdigit() else -1]

    def count(*_: object) -> None:
        if left[0] == 0:
            die()
        left[0] -= 1

    if point == "commit":
        sa.event.listen(store.engine, "commit", die)
    with statements_told(store, count):
        (CHANGES | ENCRYPTED_CHANGES)[name](context(store))
    if point == "answer":
        die()
    os._exit(0)


def main(url: str) -> None:
    """Make the changes asked for, each in a child."""
    for line in sys.stdin:
        name, _, point = line.strip().rpartition(" ")
        child = os.fork()
        if child == 0:
            change(url, name, point)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else "done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
