"""What Glue has no word for about runs: rows, files and bytes, engine, memory, waits; those of all jobs."""

from collections.abc import Mapping
from typing import Any, cast

from isinglass.model.isinglass.errors import EntityNotFoundException, InvalidInputException
from isinglass.model.isinglass.shapes import (
    GetRunDetailsRequest,
    GetRunDetailsResponse,
    JobRunSummary,
    ListJobRunsRequest,
    ListJobRunsResponse,
    RunDetails,
)
from isinglass.operations.context import Context
from isinglass.operations.jobs.runs import read_back
from isinglass.operations.registry import implements
from isinglass.store.job_runs import JobRun

#: Members of the answer, and what a run's process calls them.
_COUNTS = {
    "FilesRead": "files_read",
    "BytesRead": "bytes_read",
    "RowsWritten": "rows_written",
    "FilesWritten": "files_written",
    "BytesWritten": "bytes_written",
    "PeakMemoryBytes": "peak_bytes",
}
#: What a listing tells of each run, in Glue's words.
_SUMMARY = tuple(JobRunSummary.__annotations__)


@implements("isinglass:ListJobRuns")
def list_job_runs(ctx: Context, request: ListJobRunsRequest) -> ListJobRunsResponse:
    """List runs, newest first: of all jobs, deleted ones too, of one, or those whose ids end alike."""
    job_name, id_end = request.get("JobName"), request.get("RunIdEnd")
    if job_name is not None and id_end is not None:
        raise InvalidInputException("JobName and RunIdEnd cannot be given together.")
    with ctx.store.read() as tx:
        if job_name is not None:
            runs, after = tx.job_runs.list(ctx.account_id, job_name, ctx.page)
        else:
            runs, after = tx.job_runs.newest(ctx.account_id, ctx.page, id_end=id_end)
    return {"JobRuns": [_summary(run, ctx.now) for run in runs], "NextToken": ctx.token(after)}


def _summary(run: JobRun, now: float) -> JobRunSummary:
    document: Mapping[str, Any] = read_back(run, now)
    return cast("JobRunSummary", {name: document[name] for name in _SUMMARY if name in document})


@implements("isinglass:GetRunDetails")
def get_run_details(ctx: Context, request: GetRunDetailsRequest) -> GetRunDetailsResponse:
    """Read what a run has done so far."""
    with ctx.store.read() as tx:
        run = tx.job_runs.find(ctx.account_id, request["RunId"])
    if run is None or run.job_name != request["JobName"]:
        raise EntityNotFoundException(f"Job run {request['RunId']} of job {request['JobName']} not found.")
    return {"RunDetails": details(run, ctx.now)}


def details(run: JobRun, now: float) -> RunDetails:
    """Answer a run's own counts; those that its process has not reported are left out."""
    progress = run.progress or {}
    executing = run.running_since is not None and run.state in ("RUNNING", "STOPPING")
    waited = (run.running_since or run.completed_at or now) - run.started_at
    document: dict[str, Any] = {
        "RunId": run.run_id,
        "JobName": run.job_name,
        "State": run.state,
        "Attempt": run.attempt,
        "Executions": run.executions,
        "Launches": _count(progress.get("launches", 0)),
        "Engine": progress.get("engine"),
        "WaitSeconds": max(0.0, waited),
        "ExecutionSeconds": run.execution_seconds + (now - (run.running_since or now) if executing else 0.0),
        **{member: _count(progress[name]) for member, name in _COUNTS.items() if name in progress},
    }
    targets = progress.get("targets")
    if isinstance(targets, list):
        document["Targets"] = [
            {
                "Url": str(target.get("url", "")),
                **{member: _count(target.get(member.lower(), 0)) for member in ("Rows", "Files", "Bytes")},
            }
            for target in targets
            if isinstance(target, dict)
        ]
    return cast("RunDetails", {member: value for member, value in document.items() if value is not None})


def _count(value: Any) -> int:
    """Take a count as it should be: the process that reported it runs its user's code."""
    return max(0, int(value)) if isinstance(value, (int, float)) and value == value else 0  # noqa: PLR0124 - not a NaN
