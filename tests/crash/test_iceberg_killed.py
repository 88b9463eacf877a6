"""Iceberg tables created and changed by a server that is killed at each step: the old state, or the new one."""

import json
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

from undoing_process import context

from isinglass.operations.catalog import databases
from isinglass.store.store import Store

DATABASES = ["sqlite"]
PROCESS = Path(__file__).parents[1] / "support" / "iceberg_process.py"
ACCOUNT = "123456789012"


def seen(store: Store, folder: Path) -> tuple[int, Any]:
    """Read the table's version and its properties from the file that it points to; -1 where there is none."""
    with store.read() as tx:
        table = tx.tables.find(ACCOUNT, "lake", "orders")
    for file in folder.glob("orders/metadata/*.metadata.json"):
        json.loads(file.read_text())  # whole, also when nothing refers to it
    if table is None:
        return -1, None
    pointer = Path(table.document["Parameters"]["metadata_location"].removeprefix("file://"))
    return table.version, json.loads(pointer.read_text())["properties"]


def test_iceberg_table_killed_at_any_step_is_as_before_or_as_after(
    database_url: str, store: Store, tmp_path: Path
) -> None:
    databases.create_database(context(store, 1.0), {"DatabaseInput": {"Name": "lake"}})
    with subprocess.Popen(
        [sys.executable, str(PROCESS), database_url, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(PROCESS.parent), "PATH": "/usr/bin:/bin"},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for change, before, after in (("create", (-1, None), (0, {})), ("update", (0, {}), (1, {"a": "1"}))):
            killed = 0
            for step in count():
                process.stdin.write(f"{change} {step}\n")
                process.stdin.flush()
                answer = process.stdout.readline().strip()
                if answer != "killed":
                    break
                killed += 1
                assert seen(store, tmp_path) == before
            assert answer == "done 0"
            assert seen(store, tmp_path) == after
            # The file's two steps, the row and the commit at least.
            assert killed >= 4
        process.stdin.close()
