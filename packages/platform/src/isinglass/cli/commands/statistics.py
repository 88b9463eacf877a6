"""`isinglass statistics`: compute, show and schedule the statistics of tables' columns."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import click

from isinglass.cli.commands.status import duration
from isinglass.cli.errors import FAILED_RUN, GAVE_UP, STOPPED_RUN, CliError, usage
from isinglass.cli.hints import hints
from isinglass.cli.naming import table_name
from isinglass.cli.session import Session

_POLL_SECONDS = 0.2
_MARKS = {"SUCCEEDED": "✓", "FAILED": "✕", "STOPPED": "○"}
_ENDED = frozenset(_MARKS)
#: Columns in one request of GetColumnStatisticsForTable.
_AT_ONCE = 100
_HEADINGS = ["column", "type", "nulls", "distinct", "least", "most", "longest", "average", "true", "false"]


@click.group("statistics")
def command() -> None:
    r"""Compute and show the statistics of a table's columns.

    \b
    Examples:
      isinglass statistics compute retail.orders
      isinglass statistics compute retail.orders --column amount --sample 10
      isinglass statistics show retail.orders
      isinglass statistics schedule retail.orders --cron 'cron(0 6 * * ? *)'
      isinglass statistics runs retail.orders
    """


_COLUMN = click.option("--column", "columns", multiple=True, metavar="NAME", help="Only this one; repeat it.")
_SAMPLE = click.option(
    "--sample", type=click.FloatRange(0, 100, min_open=True), metavar="PERCENT", help="Read so much of it."
)
_ROLE = click.option("--role", help="The role that reads the table.")


@command.command("compute")
@click.argument("name", metavar="DB.TABLE")
@_COLUMN
@_SAMPLE
@_ROLE
@click.option("--timeout", type=click.FloatRange(0), metavar="SECONDS", help="Wait so long at most.")
@click.option("--detach", is_flag=True, help="Do not wait for the end.")
@click.pass_obj
def compute(
    session: Session, name: str, columns: tuple[str, ...], sample: float | None, role: str | None,
    timeout: float | None, detach: bool,
) -> None:  # fmt: skip
    """Compute a table's statistics with the engine, and show them."""
    table = _table(name)
    request = {**table, **_definition(columns, sample), "Role": role or _role(session)}
    run_id = session.client.call("StartColumnStatisticsTaskRun", request)["ColumnStatisticsTaskRunId"]
    if detach:
        session.thing({"ColumnStatisticsTaskRunId": run_id}, [("Run", run_id)], run_id)
        return
    try:
        run = _wait(session, run_id, name, timeout)
    except KeyboardInterrupt:
        session.say(f"Detached; the run goes on. To end it: isinglass statistics stop {name}")
        raise
    _show(session, table, list(columns))
    session.say(f"Computed statistics of {name} in {duration(run['EndTime'] - run['CreationTime'])}")


def _wait(session: Session, run_id: str, name: str, timeout: float | None) -> dict[str, Any]:
    """Wait for the end of a run; one that did not succeed is an error."""
    until = None if timeout is None else time.monotonic() + timeout
    while True:
        answer = session.client.call("GetColumnStatisticsTaskRun", {"ColumnStatisticsTaskRunId": run_id})
        run: dict[str, Any] = answer["ColumnStatisticsTaskRun"]
        if run["Status"] in _ENDED:
            break
        if until is not None and time.monotonic() >= until:
            raise CliError(
                f"gave up waiting after {timeout:g} s; the run goes on",
                where=run_id, hint=f"isinglass statistics runs {name}", exit_code=GAVE_UP,
            )  # fmt: skip
        time.sleep(_POLL_SECONDS)
    if run["Status"] == "SUCCEEDED":
        return run
    stopped = run["Status"] == "STOPPED"
    raise CliError(
        run.get("ErrorMessage") or f"the run was {run['Status'].lower()}",
        where=name,
        exit_code=STOPPED_RUN if stopped else FAILED_RUN,
    )


@command.command("show")
@click.argument("name", metavar="DB.TABLE")
@_COLUMN
@click.pass_obj
def show(session: Session, name: str, columns: tuple[str, ...]) -> None:
    """Show the statistics that a table's columns have."""
    if not _show(session, _table(name), list(columns)):
        session.say(f"{name} has no statistics. Compute them: isinglass statistics compute {name}")


def _show(session: Session, table: dict[str, str], columns: list[str]) -> bool:
    if not columns:
        request = {"DatabaseName": table["DatabaseName"], "Name": table["TableName"]}
        found = session.client.call("GetTable", request)["Table"]
        declared = [*found.get("StorageDescriptor", {}).get("Columns", []), *found.get("PartitionKeys", [])]
        columns = [column["Name"] for column in declared]
    statistics = [each for some in _batches(columns) for each in _of_columns(session, table, some)]
    rows = [_row(each) for each in statistics]
    shown = [i for i in range(len(_HEADINGS)) if i < 2 or any(row[i] != "" for row in rows)]
    session.rows([_HEADINGS[i] for i in shown], [[row[i] for i in shown] for row in rows], statistics)
    return bool(rows)


def _batches(columns: list[str]) -> Iterator[list[str]]:
    remaining = iter(columns)
    while some := list(islice(remaining, _AT_ONCE)):
        yield some


def _of_columns(session: Session, table: dict[str, str], columns: list[str]) -> list[dict[str, Any]]:
    answer = session.client.call("GetColumnStatisticsForTable", {**table, "ColumnNames": columns})
    found: list[dict[str, Any]] = answer["ColumnStatisticsList"]
    return found


def _row(statistics: dict[str, Any]) -> list[Any]:
    """Write a column's statistics below _HEADINGS."""
    name, column_type = statistics["ColumnName"], statistics["ColumnType"]
    data = dict(statistics["StatisticsData"])
    kind = data.pop("Type")
    [values] = data.values()
    bounds = [
        _bound(kind, column_type, values.get(member, "")) for member in ("MinimumValue", "MaximumValue")
    ]
    average = f"{values['AverageLength']:.1f}" if "AverageLength" in values else ""
    nulls, distinct, longest, trues, falses = (
        values.get(member, "")
        for member in (
            "NumberOfNulls", "NumberOfDistinctValues", "MaximumLength", "NumberOfTrues", "NumberOfFalses",
        )
    )  # fmt: skip
    return [name, column_type, nulls, distinct, *bounds, longest, average, trues, falses]


def _bound(kind: str, column_type: str, value: Any) -> str:
    """Write a bound as its column would: Glue has days as times, times as numbers and decimals as bytes."""
    if value == "":
        return ""
    if kind == "DECIMAL":
        import base64
        from decimal import Context, Decimal

        digits = int.from_bytes(base64.b64decode(value["UnscaledValue"]), "big", signed=True)
        return format(Decimal(digits).scaleb(-value["Scale"], Context(prec=80)), "f")
    if kind == "DATE":
        return _moment(value, "%Y-%m-%d")
    if column_type == "timestamp":
        return _moment(value, "%Y-%m-%d %H:%M:%S")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _moment(seconds: float, pattern: str) -> str:
    from datetime import UTC, datetime, timedelta

    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).strftime(pattern)
    except OverflowError:
        return str(seconds)  # whoever wrote it meant no time that Python has


@command.command("runs")
@click.argument("name", metavar="DB.TABLE")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="At most so many.")
@click.pass_obj
def runs(session: Session, name: str, limit: int) -> None:
    """List the runs of a table, newest first."""
    request = {**_table(name), "MaxResults": min(limit, 100)}
    pages = session.client.pages("GetColumnStatisticsTaskRuns", request, "ColumnStatisticsTaskRuns")
    found = list(islice(pages, limit))
    session.rows(["run", "state", "started", "duration", "why"], [_run_row(run) for run in found], found)
    if not found:
        session.say(f"No runs yet. Start one: isinglass statistics compute {name}")


def _run_row(run: dict[str, Any]) -> list[str]:
    state = run["Status"]
    started = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(run["CreationTime"]))
    spent = duration(run["EndTime"] - run["CreationTime"]) if "EndTime" in run else ""
    why = (run.get("ErrorMessage") or "").partition("\n")[0]
    mark = f"{_MARKS.get(state, '·')} {state.lower()}"
    return [run["ColumnStatisticsTaskRunId"], mark, started, spent, why[:80]]


@command.command("stop")
@click.argument("name", metavar="DB.TABLE")
@click.pass_obj
def stop(session: Session, name: str) -> None:
    """Stop the run of a table; its statistics stay as they were."""
    session.client.call("StopColumnStatisticsTaskRun", _table(name))
    session.say(f"Stopping the run of {name}")


@command.command("schedule", short_help="Compute a table's statistics by the clock.")
@click.argument("name", metavar="DB.TABLE")
@click.option("--cron", metavar="EXPRESSION", help="Compute at these times (UTC), as cron(0 6 * * ? *).")
@_COLUMN
@_SAMPLE
@_ROLE
@click.option("--start", "turn", flag_value="start", help="Let a schedule that was stopped run again.")
@click.option("--stop", "turn", flag_value="stop", help="Stop the schedule, and keep it.")
@click.option("--remove", "turn", flag_value="remove", help="Remove the schedule with its settings.")
@click.pass_obj
def schedule(
    session: Session, name: str, cron: str | None, columns: tuple[str, ...], sample: float | None,
    role: str | None, turn: str | None,
) -> None:  # fmt: skip
    """Compute a table's statistics by the clock; without options, show its schedule."""
    table = _table(name)
    definition = _definition(columns, sample) | ({"Role": role} if role else {})
    if turn and (cron or definition):
        raise usage(f"--{turn} stands alone", "isinglass statistics schedule --help")
    if turn == "remove":
        session.client.call("DeleteColumnStatisticsTaskSettings", table)
        session.say(f"Removed the schedule of {name}")
        return
    if turn:
        session.client.call(f"{turn.capitalize()}ColumnStatisticsTaskRunSchedule", table)
    elif cron or definition:
        _set(session, table, definition | ({"Schedule": cron} if cron else {}))
    _show_schedule(session, table, name)


def _set(session: Session, table: dict[str, str], definition: dict[str, Any]) -> None:
    try:
        session.client.call("UpdateColumnStatisticsTaskSettings", {**table, **definition})
    except CliError as error:
        if error.code != "EntityNotFoundException" or "settings" not in error.message:
            raise
        role = {"Role": definition.get("Role") or _role(session)}
        session.client.call("CreateColumnStatisticsTaskSettings", {**table, **definition, **role})


def _show_schedule(session: Session, table: dict[str, str], name: str) -> None:
    with hints(EntityNotFoundException=f"isinglass statistics schedule {name} --cron 'cron(0 6 * * ? *)'"):
        found = session.client.call("GetColumnStatisticsTaskSettings", table)["ColumnStatisticsTaskSettings"]
    times, last = found.get("Schedule", {}), found.get("LastExecutionAttempt", {})
    lines = [
        ("Table", name),
        ("Schedule", times.get("ScheduleExpression", "none")),
        ("State", times.get("State", "NOT_SCHEDULED")),
        ("Columns", ", ".join(found.get("ColumnNameList", [])) or "all"),
        ("Sample", f"{found['SampleSize']:g} %" if "SampleSize" in found else "all rows"),
        ("Role", found["Role"]),
    ]
    if last:
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(last["ExecutionTimestamp"]))
        said = f"{last['Status'].lower()} {when} {last.get('ErrorMessage', '')}"
        lines.append(("Last", said.rstrip()))
    session.thing(found, lines, name)


def _table(name: str) -> dict[str, str]:
    database, table = table_name(name)
    return {"DatabaseName": database, "TableName": table}


def _definition(columns: tuple[str, ...], sample: float | None) -> dict[str, Any]:
    definition: dict[str, Any] = {"ColumnNameList": list(columns)} if columns else {}
    return definition if sample is None else {**definition, "SampleSize": sample}


def _role(session: Session) -> str:
    account = session.client.call("isinglass:GetServerStatus")["AccountId"]
    return f"arn:aws:iam::{account}:role/isinglass"
