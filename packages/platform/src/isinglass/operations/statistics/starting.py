"""What a statistics task is made of, and its start: by a request or by the clock."""

import uuid
from collections.abc import Mapping
from typing import Any

from isinglass.domain.catalog_objects import fold
from isinglass.domain.column_statistics import columns_of
from isinglass.jobs import statistics_runs as work
from isinglass.model.glue.errors import (
    ColumnStatisticsTaskRunningException,
    EntityNotFoundException,
    InvalidInputException,
    OperationNotSupportedException,
)
from isinglass.operations.context import Context
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.statistics_runs import STARTING, StatisticsRun
from isinglass.store.store import Transaction

#: Members of a task's definition, besides the table's names.
_MEMBERS = ("Role", "ColumnNameList", "SampleSize", "SecurityConfiguration")


def work_key(run_id: str) -> str:
    """Name the work of a run, so that it can be cancelled before anybody has begun it."""
    return f"{work.KIND}:{run_id}"


def names_of(ctx: Context, request: Mapping[str, Any]) -> tuple[str, str]:
    """Fold a request's database and table; refuses catalogs that tasks do not read."""
    catalog_id = request.get("CatalogID", ctx.account_id)
    if catalog_id != ctx.account_id:
        raise OperationNotSupportedException(
            f"Column statistics are computed for tables of the account's own catalog, not of {catalog_id}."
        )
    return fold(request["DatabaseName"]), fold(request["TableName"])


def define(ctx: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Take a task's definition out of a request, checked as far as it can be without the table."""
    definition = {name: request[name] for name in _MEMBERS if name in request}
    if "Role" in definition:
        _check_role(ctx, definition["Role"])
    if definition.get("SampleSize") == 0:
        raise InvalidInputException("SampleSize must be above 0: a sample of 0 % has no rows.")
    return definition


def _check_role(ctx: Context, role: str) -> None:
    if not role.startswith("arn:"):
        return
    parts = role.split(":", 5)
    if len(parts) != 6 or parts[2] != "iam" or not parts[5].startswith("role/"):
        raise InvalidInputException(f"Role {role} is not the ARN of a role.")
    if parts[4] != ctx.account_id:
        raise InvalidInputException(f"Role {role} belongs to another account.")


def check_table(tx: Transaction, table: CatalogTable, definition: Mapping[str, Any]) -> None:
    """Refuse a task that a table can never have."""
    if table.document.get("TableType") == "VIRTUAL_VIEW":
        raise InvalidInputException(f"Table {table.name} is a view; only tables with data have statistics.")
    if table.document.get("TargetTable"):
        raise InvalidInputException(
            f"Table {table.name} is a resource link; compute its target's statistics."
        )
    if not (table.document.get("StorageDescriptor", {}).get("Location") or table.partition_keys):
        raise InvalidInputException(f"Table {table.name} has no location: there is nothing to read.")
    present = columns_of(table.document)
    missing = [name for name in definition.get("ColumnNameList", ()) if name.lower() not in present]
    if missing:
        raise EntityNotFoundException(f"Column {', '.join(missing)} not found.")
    if not present:
        raise InvalidInputException(f"Table {table.name} has no columns.")
    _encryption(tx, table, definition)


def start_run(
    tx: Transaction, table: CatalogTable, definition: Mapping[str, Any], *, now: float
) -> StatisticsRun:
    """Start a run for a locked table; raises ColumnStatisticsTaskRunningException while it has one."""
    running = tx.statistics_runs.under_way(table.account_id, table.database_name, table.name)
    if running is not None:
        raise ColumnStatisticsTaskRunningException(
            f"Column statistics of table {table.database_name}.{table.name} are being computed already, "
            f"by run {running.run_id}."
        )
    run = StatisticsRun(
        account_id=table.account_id,
        run_id=str(uuid.uuid4()),
        database_name=table.database_name,
        table_name=table.name,
        table_id=table.id,
        state=STARTING,
        definition={**definition, "ColumnNameList": _columns(table, definition)},
        created_at=now,
        updated_at=now,
    )
    tx.statistics_runs.insert(run)
    tx.work.enqueue(
        work.KIND,
        run.account_id,
        {"run_id": run.run_id, "encryption": _encryption(tx, table, definition)},
        now=now,
        dedupe_key=work_key(run.run_id),
    )
    return run


def _encryption(tx: Transaction, table: CatalogTable, definition: Mapping[str, Any]) -> Any:
    """Read what a task's security configuration says; None when it has none."""
    name = definition.get("SecurityConfiguration")
    return tx.security_configurations.require(table.account_id, name).document if name else None


def _columns(table: CatalogTable, definition: Mapping[str, Any]) -> list[str]:
    """Name the columns to measure as the table declares them: those asked for, or all that rows have."""
    declared = (*table.document.get("StorageDescriptor", {}).get("Columns", ()), *table.partition_keys)
    wanted = {name.lower() for name in definition.get("ColumnNameList", ())}
    measured = (
        column["Name"]
        for column in declared
        if (column["Name"].lower() in wanted if wanted else not _is_former(column))
    )
    return list(dict.fromkeys(measured))


def _is_former(column: Mapping[str, Any]) -> bool:
    """Tell of a column that it was dropped or renamed: Iceberg's libraries keep those declared."""
    return bool(column.get("Parameters", {}).get("iceberg.field.current") == "false")
