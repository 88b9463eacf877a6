"""What happens when the schedule of a table's statistics is due."""

from typing import Any

from isinglass.domain.statistics_schedules import KIND, table_of_schedule
from isinglass.flow.schedules import Due
from isinglass.model.glue.errors import (
    ColumnStatisticsTaskRunningException,
    EntityNotFoundException,
    InvalidInputException,
)
from isinglass.operations.statistics.starting import check_table, start_run
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.statistics_settings import StatisticsSettings
from isinglass.store.store import Transaction


def start(tx: Transaction, due: Due) -> None:
    """Start a run by a table's settings; why none was started is kept with the settings."""
    schedule = due.schedule
    database, name = table_of_schedule(schedule.name)
    table = _locked_table(tx, schedule.account_id, database, name)
    settings = tx.statistics_settings.lock(schedule.account_id, database, name)
    if settings is None or _is_gone(tx, settings, table):
        tx.schedules.delete(schedule.account_id, KIND, schedule.name)
        if settings is not None:
            tx.statistics_settings.delete(settings)
        return
    attempt: dict[str, Any] = {"Status": "STARTED", "ExecutionTimestamp": due.now}
    try:
        if table is None or table.id != settings.table_id:
            raise EntityNotFoundException(f"Table {name} not found.")
        check_table(tx, table, settings.definition)
        run = start_run(tx, table, settings.definition, now=due.now)
        attempt["ColumnStatisticsTaskRunId"] = run.run_id
    except (EntityNotFoundException, InvalidInputException, ColumnStatisticsTaskRunningException) as error:
        attempt |= {"Status": "FAILED", "ErrorMessage": error.message}
    if due.remark and attempt["Status"] == "STARTED":
        attempt["ErrorMessage"] = due.remark
    tx.statistics_settings.note_attempt(settings, attempt)


def _is_gone(tx: Transaction, settings: StatisticsSettings, table: CatalogTable | None) -> bool:
    """Tell whether the table of settings is gone for good; one that was deleted may yet be restored."""
    if table is not None and table.id == settings.table_id:
        return False
    names = (settings.account_id, settings.database_name, settings.table_name)
    return tx.deleted_tables.find(*names, settings.table_id) is None


def _locked_table(tx: Transaction, account_id: str, database: str, name: str) -> CatalogTable | None:
    try:
        return tx.tables.lock(account_id, database, name)
    except EntityNotFoundException:
        return None
