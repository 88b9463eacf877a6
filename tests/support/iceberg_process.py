"""A process that creates and changes an Iceberg table and kills itself with SIGKILL at a chosen step of it.

Arguments: database URL, folder. A line of standard input is `create` or `update` and the number of the step: a
statement of the database or a file that is written; standard output then says `killed` or `done`.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from api_fixtures import FolderServices
from statement_hooks import statements_told
from undoing_process import context, die

from isinglass.operations.catalog import table_updates, tables
from isinglass.store.store import Store
from isinglass_connectors.storage.storage import Storage

SCHEMA: Any = {"Fields": [{"Id": 1, "Name": "id", "Type": "long", "Required": False}]}


def change(url: str, folder: Path, name: str, step: int) -> None:
    """Make a change, and die before a step of it if that is reached."""
    store = Store(url)
    services: Any = FolderServices(folder)
    ctx = replace(context(store), services=services)
    left = [step]

    def count(*_: object) -> None:
        if left[0] == 0:
            die()
        left[0] -= 1

    create = Storage.create

    def counted(*arguments: Any) -> None:
        count()
        create(*arguments)
        count()

    Storage.create = counted  # type: ignore[method-assign] # the product has no test hooks
    sa.event.listen(store.engine, "commit", count)
    with statements_told(store, count):
        location = f"file://{folder}/orders/"
        if name == "create":
            given: Any = {"Location": location, "Schema": SCHEMA}
            iceberg: Any = {"IcebergInput": {"MetadataOperation": "CREATE", "CreateIcebergTableInput": given}}
            tables.create_table(
                ctx, {"DatabaseName": "lake", "Name": "orders", "OpenTableFormatInput": iceberg}
            )
        else:
            update: Any = {"Schema": SCHEMA, "Location": location, "Properties": {"a": "1"}}
            updates: Any = {"UpdateIcebergInput": {"UpdateIcebergTableInput": {"Updates": [update]}}}
            table_updates.update_table(
                ctx, {"DatabaseName": "lake", "Name": "orders", "UpdateOpenTableFormatInput": updates}
            )
    os._exit(0)


def main(url: str, folder: Path) -> None:
    """Make the changes asked for, each in a child."""
    for line in sys.stdin:
        name, step = line.split()
        child = os.fork()
        if child == 0:
            change(url, folder, name, int(step))
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else f"done {status}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
