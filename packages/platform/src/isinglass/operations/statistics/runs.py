"""Operations on runs of column-statistics tasks."""

from typing import cast

from isinglass.domain.column_statistics import columns_of
from isinglass.jobs.statistics_runs import end_run
from isinglass.model.glue.errors import (
    ColumnStatisticsTaskNotRunningException,
    ColumnStatisticsTaskStoppingException,
    EntityNotFoundException,
)
from isinglass.model.glue.shapes import (
    ColumnStatisticsTaskRun,
    GetColumnStatisticsTaskRunRequest,
    GetColumnStatisticsTaskRunResponse,
    GetColumnStatisticsTaskRunsRequest,
    GetColumnStatisticsTaskRunsResponse,
    ListColumnStatisticsTaskRunsRequest,
    ListColumnStatisticsTaskRunsResponse,
    StartColumnStatisticsTaskRunRequest,
    StartColumnStatisticsTaskRunResponse,
    StopColumnStatisticsTaskRunRequest,
    StopColumnStatisticsTaskRunResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.operations.statistics.starting import check_table, define, names_of, start_run, work_key
from isinglass.operations.visibility import require, visible_table
from isinglass.store.statistics_runs import RUNNING, STOPPED, STOPPING, StatisticsRun
from isinglass.store.store import Transaction

#: What Glue shows of the workers that it bills; ours is one process.
_WORKERS = {"NumberOfWorkers": 1, "WorkerType": "G.1X"}


@implements("StartColumnStatisticsTaskRun")
def start_column_statistics_task_run(
    ctx: Context, request: StartColumnStatisticsTaskRunRequest
) -> StartColumnStatisticsTaskRunResponse:
    """Start computing the statistics of a table's columns, of those named or of all."""
    database, name = names_of(ctx, request)
    definition = define(ctx, request)
    with ctx.store.begin() as tx:
        table = require(ctx, tx, tx.tables.lock(ctx.account_id, database, name), "ALTER", "INSERT")
        check_table(tx, table, definition)
        run = start_run(tx, table, definition, now=ctx.now)
    return {"ColumnStatisticsTaskRunId": run.run_id}


@implements("StopColumnStatisticsTaskRun")
def stop_column_statistics_task_run(
    ctx: Context, request: StopColumnStatisticsTaskRunRequest
) -> StopColumnStatisticsTaskRunResponse:
    """Stop the run of a table; what it has measured is thrown away."""
    database, name = names_of(ctx, request)
    with ctx.store.begin() as tx:
        run = tx.statistics_runs.under_way(ctx.account_id, database, name)
        table = tx.tables.find(ctx.account_id, database, name)
        if table is not None:
            require(ctx, tx, table, "ALTER", "INSERT")
        if run is None:
            tx.tables.require(ctx.account_id, database, name)
            raise ColumnStatisticsTaskNotRunningException(
                f"No column statistics of table {database}.{name} are being computed."
            )
        if run.state == STOPPING:
            raise ColumnStatisticsTaskStoppingException(f"Run {run.run_id} is stopping already.")
        if tx.work.cancel(work_key(run.run_id)):
            end_run(tx, run, STOPPED, ctx.now)  # nobody has begun it: it is over at once
        else:
            tx.statistics_runs.update(run, state=STOPPING, updated_at=ctx.now)
    return {}


@implements("GetColumnStatisticsTaskRun")
def get_column_statistics_task_run(
    ctx: Context, request: GetColumnStatisticsTaskRunRequest
) -> GetColumnStatisticsTaskRunResponse:
    run_id = request["ColumnStatisticsTaskRunId"]
    with ctx.store.read() as tx:
        run = tx.statistics_runs.find(ctx.account_id, run_id)
        if run is None:
            raise EntityNotFoundException(f"Column statistics task run {run_id} not found.")
        [shown] = _visible(ctx, tx, [run])
    return {"ColumnStatisticsTaskRun": shown}


@implements("GetColumnStatisticsTaskRuns")
def get_column_statistics_task_runs(
    ctx: Context, request: GetColumnStatisticsTaskRunsRequest
) -> GetColumnStatisticsTaskRunsResponse:
    """List the runs of a table, also of one that is gone, the newest first."""
    database, name = names_of(ctx, request)
    with ctx.store.read() as tx:
        runs, after = tx.statistics_runs.page_of_table(ctx.account_id, database, name, ctx.page)
        shown = _visible(ctx, tx, runs)
    return {"ColumnStatisticsTaskRuns": shown, "NextToken": ctx.token(after)}


@implements("ListColumnStatisticsTaskRuns")
def list_column_statistics_task_runs(
    ctx: Context, _request: ListColumnStatisticsTaskRunsRequest
) -> ListColumnStatisticsTaskRunsResponse:
    with ctx.store.read() as tx:
        runs, after = tx.statistics_runs.page(ctx.account_id, ctx.page)
    return {"ColumnStatisticsTaskRunIds": [run.run_id for run in runs], "NextToken": ctx.token(after)}


def _visible(ctx: Context, tx: Transaction, runs: list[StatisticsRun]) -> list[ColumnStatisticsTaskRun]:
    """Show runs, naming of a table that is there the columns that the caller may see."""
    shown = []
    for run in runs:
        table = tx.tables.find(run.account_id, run.database_name, run.table_name)
        document = None if table is None else visible_table(ctx, tx, table).document
        shown.append(_shown(run, None if document is None else columns_of(document)))
    return shown


def _shown(run: StatisticsRun, columns: frozenset[str] | None) -> ColumnStatisticsTaskRun:
    names = run.definition["ColumnNameList"]
    shown = {
        "CustomerId": run.account_id,
        "ColumnStatisticsTaskRunId": run.run_id,
        "DatabaseName": run.database_name,
        "TableName": run.table_name,
        "CatalogID": run.account_id,
        **run.definition,
        "ColumnNameList": [name for name in names if columns is None or name.lower() in columns],
        **_WORKERS,
        # Every run measures the table anew.
        "ComputationType": "FULL",
        # Glue has no word for a run that is to stop and has not yet.
        "Status": RUNNING if run.state == STOPPING else run.state,
        "CreationTime": run.created_at,
        "LastUpdated": run.updated_at,
        "StartTime": run.started_at,
        "EndTime": run.ended_at,
        "ErrorMessage": run.error_message or None,
        "DPUSeconds": run.dpu_seconds,
    }
    return cast("ColumnStatisticsTaskRun", {key: value for key, value in shown.items() if value is not None})
