"""Deletes and restores killed before each of their statements: the catalog is as before, or as after."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from undoing_process import CHANGES, ENCRYPTED_CHANGES, SERVER_KEY, context

from isinglass.domain.catalog_objects import partition_document
from isinglass.operations.catalog import databases, partitions, table_updates, tables
from isinglass.store.paging import PageRequest
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store
from isinglass.store.tables.flow import outbox

PROCESS = Path(__file__).parents[1] / "support" / "undoing_process.py"
ACCOUNT = "123456789012"
pytestmark = pytest.mark.slow

#: What has to be done before each change, in order.
PREPARATIONS = {
    "delete table": [],
    "restore table": ["delete table"],
    "restore version": [],
    "delete database": [],
    "restore database": ["delete database"],
}


@pytest.fixture
def process(database_url: str) -> Iterator[subprocess.Popen[str]]:
    """The process that makes changes; it is forked for each of them."""
    with subprocess.Popen(
        [sys.executable, str(PROCESS), database_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(PROCESS.parent), "PATH": "/usr/bin:/bin"},
    ) as started:
        yield started
        assert started.stdin is not None
        started.stdin.close()


def ask(process: subprocess.Popen[str], change: str, point: str) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{change} {point}\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def furnish(store: Store) -> None:
    """Make a database with a table of two versions and two partitions."""
    ctx = context(store, 1.0)
    databases.create_database(ctx, {"DatabaseInput": {"Name": "sales"}})
    table_input: Any = {"Name": "orders", "PartitionKeys": [{"Name": "year", "Type": "int"}]}
    tables.create_table(ctx, {"DatabaseName": "sales", "TableInput": table_input})
    second: Any = {**table_input, "Description": "second"}
    table_updates.update_table(ctx, {"DatabaseName": "sales", "TableInput": second})
    for year in ("2025", "2026"):
        given: Any = {"Values": [year], **partition_document({})}
        partitions.create_partition(
            ctx, {"DatabaseName": "sales", "TableName": "orders", "PartitionInput": given}
        )


def everything(store: Store) -> dict[str, Any]:
    """Read the whole catalog, what was deleted, and the events."""
    page = PageRequest(100)
    with store.read() as tx:
        found = tx.databases.page(ACCOUNT, page)[0]
        listed = [table for one in found for table in tx.tables.page(ACCOUNT, one.name, page)[0]]
        gone = tx.deleted_tables.page(ACCOUNT, None, page)[0]
        return {
            "databases": [one.name for one in found],
            "tables": [(one.name, one.version, one.document) for one in listed],
            "versions": [
                (one.version, one.document)
                for table in listed
                for one in tx.table_versions.page(table, page)[0]
            ],
            "partitions": [one.values for table in listed for one in tx.partitions.page(table, page)[0]],
            "deleted": [(one.table.name, one.table.version, one.deletion.operation) for one in gone],
            "deleted databases": [
                (one.database.name, one.tables) for one in tx.deleted_databases.page(ACCOUNT, None, page)[0]
            ],
            "history": [
                (one.event, one.change.operation)
                for table in [*listed, *(each.table for each in gone)]
                for one in tx.history.of_table(table, None, 100)
            ],
            "encryption": tx.security_configurations.catalog_encryption(ACCOUNT),
            "events": tx.connection.scalar(sa.select(sa.func.count()).select_from(outbox)),
        }


@pytest.mark.parametrize("change", list(CHANGES))
def test_change_killed_before_any_statement_leaves_the_old_state(
    database_url: str, process: subprocess.Popen[str], change: str
) -> None:
    store = Store(database_url)
    furnish(store)
    for first in PREPARATIONS[change]:
        assert ask(process, first, "never") == "done"
    before = everything(store)
    for statement in count():
        outcome = ask(process, change, str(statement))
        if outcome == "done":
            break
        assert everything(store) == before
        if statement == 0:
            assert ask(process, change, "commit") == "killed"
            assert everything(store) == before
    assert statement > 3
    assert everything(store) != before
    store.close()


@pytest.mark.parametrize("change", list(CHANGES))
def test_change_killed_before_its_answer_is_made(
    database_url: str, process: subprocess.Popen[str], change: str
) -> None:
    store = Store(database_url)
    furnish(store)
    for first in PREPARATIONS[change]:
        ask(process, first, "never")
    before = everything(store)
    assert ask(process, change, "answer") == "killed"
    after = everything(store)
    assert after["events"] == before["events"] + (2 if change == "restore database" else 1)
    assert {name for name in after if after[name] != before[name]} >= {"events"}
    gone = sorted(name for name, _, _ in after["deleted"])
    assert gone == (["orders"] if change.startswith("delete") else [])
    assert len(after["partitions"]) == (0 if change.startswith("delete") else 2)
    store.close()


@pytest.mark.parametrize("change", list(ENCRYPTED_CHANGES))
def test_encrypted_catalog_killed_before_any_statement_reads_as_before(
    database_url: str, process: subprocess.Popen[str], change: str
) -> None:
    store = Store(database_url)
    store.vault.sealer = Sealer(SERVER_KEY)
    furnish(store)
    if change != "encrypt":
        assert ask(process, "encrypt", "never") == "done"
    before = everything(store)
    for statement in count():
        outcome = ask(process, change, str(statement))
        if outcome == "done":
            break
        assert everything(store) == before
    assert everything(store) != before
    # What was begun and lost leaves nothing behind that later writes would be sealed with.
    assert ask(process, "delete table", "never") == ask(process, "restore table", "never") == "done"
    after = everything(store)
    assert [name for name, _, _ in after["tables"]] == ["orders"]
    store.close()
