"""`isinglass runs`: list, show and stop job runs."""

import math
import time
from typing import Any

import click

from isinglass.cli import following
from isinglass.cli.commands.status import duration
from isinglass.cli.errors import CliError, api_error
from isinglass.cli.session import Session

_UNITS = ("B", "kB", "MB", "GB", "TB")
_MARKS = {"SUCCEEDED": "✓", "FAILED": "✕", "ERROR": "✕", "TIMEOUT": "✕", "STOPPED": "○", "EXPIRED": "○"}


@click.group("runs", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    r"""List, show and stop job runs.

    \b
    Examples:
      isinglass runs
      isinglass runs list --job customer-360 --limit 5
      isinglass runs show 7f3a
      isinglass runs stop 7f3a
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@command.command("list")
@click.option("--job", help="Only this job's.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="At most so many.")
@click.pass_obj
def list_(session: Session, job: str | None = None, limit: int = 20) -> None:
    """List runs, newest first."""
    runs = following.newest_runs(session, limit, **({"JobName": job} if job else {}))
    session.rows(["run", "job", "state", "started", "duration", "why"], [_row(run) for run in runs], runs)
    failed = sum(run["JobRunState"] in {"FAILED", "ERROR", "TIMEOUT"} for run in runs)
    session.say(
        f"{len(runs)} runs, {failed} failed" if runs else "No runs yet. Start one: isinglass run SCRIPT"
    )


def _row(run: dict[str, Any]) -> list[str]:
    state = run["JobRunState"]
    started = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(run["StartedOn"]))
    spent = duration(run.get("ExecutionTime", 0))
    why = (run.get("ErrorMessage") or "").partition("\n")[0]
    return [run["Id"], run["JobName"], f"{_MARKS.get(state, '·')} {state.lower()}", started, spent, why[:80]]


@command.command("show")
@click.argument("name", default="@last")
@click.pass_obj
def show(session: Session, name: str) -> None:
    """Show one run, with what it has read and written."""
    run = following.get_run(session, following.find_run(session, name))
    request = {"JobName": run["JobName"], "RunId": run["Id"]}
    details = session.client.call("isinglass:GetRunDetails", request)["RunDetails"]
    members = (
        "Id",
        "JobName",
        "JobRunState",
        "Attempt",
        "ExecutionTime",
        "DPUSeconds",
        "StateDetail",
        "ErrorMessage",
    )
    lines = [(member, run[member]) for member in members if run.get(member) not in {None, ""}]
    session.thing({**run, "Details": details}, [*lines, *_details(details)], run["Id"])


def size(count: float) -> str:
    """Write a number of bytes for people: 1.2 MB."""
    if count < 1000:
        return f"{count:.0f} B"
    power = min(int(math.log10(count) // 3), len(_UNITS) - 1)
    return f"{count / 1000**power:.1f} {_UNITS[power]}"


def _details(details: dict[str, Any]) -> list[tuple[str, str]]:
    """Say what a run has done, as far as its process has reported it."""
    lines = [("Engine", details["Engine"])] if "Engine" in details else []
    if details.get("FilesRead"):
        lines.append(("Read", f"{details['FilesRead']:,} files, {size(details['BytesRead'])}"))
    if details.get("FilesWritten"):
        rows, files = f"{details['RowsWritten']:,} rows", f"{details['FilesWritten']:,} files"
        lines.append(("Written", f"{rows}, {files}, {size(details['BytesWritten'])}"))
    lines += [
        ("", f"{target['Rows']:,} rows, {size(target['Bytes'])} to {target['Url']}")
        for target in details.get("Targets", [])
    ]
    if details.get("PeakMemoryBytes"):
        lines.append(("PeakMemory", size(details["PeakMemoryBytes"])))
    lines.append(("Waited", f"{details['WaitSeconds']:.1f} s"))
    if details["Launches"] > 1:
        lines.append(("Launches", str(details["Launches"])))
    return lines


@command.command("stop")
@click.argument("name")
@click.pass_obj
def stop(session: Session, name: str) -> None:
    """Stop a run."""
    run = following.find_run(session, name)
    request = {"JobName": run["JobName"], "JobRunIds": [run["Id"]]}
    answer = session.client.call("BatchStopJobRun", request)
    for problem in answer.get("Errors", []):
        detail = problem.get("ErrorDetail", {})
        raise api_error(detail.get("ErrorCode", ""), detail.get("ErrorMessage", ""), "")
    if not answer.get("SuccessfulSubmissions"):
        raise CliError(f"the run {run['Id']} was not stopped")
    session.say(f"Stopping {run['Id']}")
