"""Operations on the settings of column-statistics tasks, and on their schedules."""

from collections.abc import Mapping
from typing import Any

from isinglass.domain import cron
from isinglass.domain.column_statistics import columns_of
from isinglass.domain.statistics_schedules import KIND, schedule_name
from isinglass.flow.schedules import scheduled, stopped
from isinglass.model.glue.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    InvalidInputException,
    OperationNotSupportedException,
)
from isinglass.model.glue.shapes import (
    CreateColumnStatisticsTaskSettingsRequest,
    CreateColumnStatisticsTaskSettingsResponse,
    DeleteColumnStatisticsTaskSettingsRequest,
    DeleteColumnStatisticsTaskSettingsResponse,
    GetColumnStatisticsTaskSettingsRequest,
    GetColumnStatisticsTaskSettingsResponse,
    StartColumnStatisticsTaskRunScheduleRequest,
    StartColumnStatisticsTaskRunScheduleResponse,
    StopColumnStatisticsTaskRunScheduleRequest,
    StopColumnStatisticsTaskRunScheduleResponse,
    UpdateColumnStatisticsTaskSettingsRequest,
    UpdateColumnStatisticsTaskSettingsResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.operations.statistics.starting import check_table, define, names_of
from isinglass.operations.visibility import require, visible_table
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.schedules import SCHEDULED
from isinglass.store.statistics_settings import StatisticsSettings
from isinglass.store.store import Transaction


@implements("CreateColumnStatisticsTaskSettings")
def create_column_statistics_task_settings(
    ctx: Context, request: CreateColumnStatisticsTaskSettingsRequest
) -> CreateColumnStatisticsTaskSettingsResponse:
    """Say how a table's statistics are computed; a schedule runs from now on."""
    if request.get("Tags"):
        raise OperationNotSupportedException("CreateColumnStatisticsTaskSettings does not support Tags yet.")
    database, name = names_of(ctx, request)
    definition = define(ctx, request)
    with ctx.store.begin() as tx:
        table = require(ctx, tx, tx.tables.lock(ctx.account_id, database, name), "ALTER", "INSERT")
        check_table(tx, table, definition)
        made = StatisticsSettings(ctx.account_id, database, name, table.id, definition)
        if not tx.statistics_settings.insert(made):
            raise AlreadyExistsException(f"Column statistics settings of {database}.{name} already exist.")
        _set_schedule(ctx, tx, made, request.get("Schedule", ""), running=True)
    return {}


@implements("UpdateColumnStatisticsTaskSettings")
def update_column_statistics_task_settings(
    ctx: Context, request: UpdateColumnStatisticsTaskSettingsRequest
) -> UpdateColumnStatisticsTaskSettingsResponse:
    """Change the members given; an empty Schedule takes it away, and one that was stopped stays so."""
    database, name = names_of(ctx, request)
    definition = define(ctx, request)
    with ctx.store.begin() as tx:
        table = require(ctx, tx, tx.tables.lock(ctx.account_id, database, name), "ALTER", "INSERT")
        settings = _locked(tx, table, ctx, database, name)
        definition = {**settings.definition, **definition}
        check_table(tx, table, definition)
        tx.statistics_settings.redefine(settings, definition)
        if "Schedule" in request:
            present = tx.schedules.find(ctx.account_id, KIND, schedule_name(database, name))
            runs = present is None or present.state == SCHEDULED
            _set_schedule(ctx, tx, settings, request["Schedule"], running=runs)
    return {}


@implements("GetColumnStatisticsTaskSettings")
def get_column_statistics_task_settings(
    ctx: Context, request: GetColumnStatisticsTaskSettingsRequest
) -> GetColumnStatisticsTaskSettingsResponse:
    database, name = names_of(ctx, request)
    with ctx.store.read() as tx:
        table = visible_table(ctx, tx, tx.tables.require(ctx.account_id, database, name))
        settings = _found(tx.statistics_settings.find(ctx.account_id, database, name), database, name)
        if settings.table_id != table.id:
            raise _missing(database, name)
        schedule = tx.schedules.find(ctx.account_id, KIND, schedule_name(database, name))
    shown: dict[str, Any] = {
        "DatabaseName": database,
        "TableName": name,
        "CatalogID": ctx.account_id,
        **settings.definition,
        **_seen_names(settings.definition, columns_of(table.document)),
        "SettingSource": "TABLE",
    }
    if schedule is not None:
        shown["Schedule"] = {"ScheduleExpression": schedule.expression, "State": schedule.state}
        shown["ScheduleType"] = "CRON"
    if settings.last_attempt is not None:
        shown["LastExecutionAttempt"] = settings.last_attempt
    answer: Any = {"ColumnStatisticsTaskSettings": shown}
    response: GetColumnStatisticsTaskSettingsResponse = answer
    return response


def _seen_names(definition: Mapping[str, Any], columns: frozenset[str]) -> dict[str, list[str]]:
    """Keep of the columns that settings name those that the caller may see."""
    if "ColumnNameList" not in definition:
        return {}
    return {"ColumnNameList": [name for name in definition["ColumnNameList"] if name.lower() in columns]}


@implements("DeleteColumnStatisticsTaskSettings")
def delete_column_statistics_task_settings(
    ctx: Context, request: DeleteColumnStatisticsTaskSettingsRequest
) -> DeleteColumnStatisticsTaskSettingsResponse:
    """Delete a table's settings with their schedule; a run that is under way goes on."""
    database, name = names_of(ctx, request)
    with ctx.store.begin() as tx:
        table = _require_writing(ctx, tx, database, name)
        settings = _locked(tx, table, ctx, database, name)
        tx.statistics_settings.delete(settings)
        tx.schedules.delete(ctx.account_id, KIND, schedule_name(database, name))
    return {}


@implements("StartColumnStatisticsTaskRunSchedule")
def start_column_statistics_task_run_schedule(
    ctx: Context, request: StartColumnStatisticsTaskRunScheduleRequest
) -> StartColumnStatisticsTaskRunScheduleResponse:
    _turn(ctx, request, running=True)
    return {}


@implements("StopColumnStatisticsTaskRunSchedule")
def stop_column_statistics_task_run_schedule(
    ctx: Context, request: StopColumnStatisticsTaskRunScheduleRequest
) -> StopColumnStatisticsTaskRunScheduleResponse:
    _turn(ctx, request, running=False)
    return {}


def _turn(ctx: Context, request: Mapping[str, Any], *, running: bool) -> None:
    database, name = names_of(ctx, request)
    with ctx.store.begin() as tx:
        table = _require_writing(ctx, tx, database, name)
        settings = _locked(tx, table, ctx, database, name)
        present = tx.schedules.find(ctx.account_id, KIND, schedule_name(database, name))
        if present is None:
            raise InvalidInputException(f"The settings of {database}.{name} have no schedule.")
        if (present.state == SCHEDULED) == running:
            state = "running already" if running else "not running"
            raise InvalidInputException(f"The schedule of {database}.{name} is {state}.")
        _set_schedule(ctx, tx, settings, present.expression, running=running)


def _set_schedule(
    ctx: Context, tx: Transaction, settings: StatisticsSettings, expression: str, *, running: bool
) -> None:
    name = schedule_name(settings.database_name, settings.table_name)
    if not expression:
        tx.schedules.delete(ctx.account_id, KIND, name)
        return
    try:
        if running:
            made = scheduled(ctx.account_id, KIND, name, expression, region=ctx.region, now=ctx.now)
        else:
            made = stopped(ctx.account_id, KIND, name, expression, region=ctx.region)
    except cron.MalformedSchedule as error:
        raise InvalidInputException(str(error)) from error
    tx.schedules.put(made)


def _require_writing(ctx: Context, tx: Transaction, database: str, name: str) -> CatalogTable | None:
    """Refuse whoever may not write the table, when it is there."""
    table = tx.tables.find(ctx.account_id, database, name)
    return None if table is None else require(ctx, tx, table, "ALTER", "INSERT")


def _locked(
    tx: Transaction, table: CatalogTable | None, ctx: Context, database: str, name: str
) -> StatisticsSettings:
    """Find the settings of a table, or of the one that had its name last when there is none."""
    settings = _found(tx.statistics_settings.lock(ctx.account_id, database, name), database, name)
    if table is not None and settings.table_id != table.id:
        raise _missing(database, name)
    return settings


def _found(settings: StatisticsSettings | None, database: str, name: str) -> StatisticsSettings:
    if settings is None:
        raise _missing(database, name)
    return settings


def _missing(database: str, name: str) -> EntityNotFoundException:
    return EntityNotFoundException(f"Column statistics settings of {database}.{name} not found.")
