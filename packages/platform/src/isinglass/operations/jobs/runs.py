"""Job runs: start, read, stop."""

import secrets
from dataclasses import replace
from typing import Any, cast

from isinglass.domain.access.documents import MalformedPolicy, parse_policy
from isinglass.domain.job_arguments import resolve
from isinglass.domain.job_definitions import SESSION_POLICY, with_overrides
from isinglass.domain.job_run_states import TERMINAL, Event
from isinglass.domain.job_sizing import InvalidSize, dpu_seconds
from isinglass.jobs import transitions
from isinglass.model.glue.errors import (
    ConcurrentRunsExceededException,
    EntityNotFoundException,
    InvalidInputException,
)
from isinglass.model.glue.shapes import (
    BatchStopJobRunError,
    BatchStopJobRunRequest,
    BatchStopJobRunResponse,
    GetJobRunRequest,
    GetJobRunResponse,
    GetJobRunsRequest,
    GetJobRunsResponse,
    StartJobRunRequest,
    StartJobRunResponse,
)
from isinglass.model.glue.shapes import JobRun as WireJobRun
from isinglass.operations.context import Context
from isinglass.operations.jobs.definitions import not_found
from isinglass.operations.jobs.usage_limits import limits_of
from isinglass.operations.registry import implements
from isinglass.store.job_runs import JobRun
from isinglass.store.jobs import Job
from isinglass.store.store import Transaction

#: Members of a run that its frozen definition holds.
_FROZEN = (
    "AllocatedCapacity", "ExecutionClass", SESSION_POLICY, "GlueVersion", "JobMode",
    "JobRunQueuingEnabled", "MaintenanceWindow", "MaxCapacity", "NotificationProperty", "NumberOfWorkers",
    "ProfileName", "SecurityConfiguration", "Timeout", "WorkerType",
)  # fmt: skip


@implements("StartJobRun")
def start_job_run(ctx: Context, request: StartJobRunRequest) -> StartJobRunResponse:
    """Start a run, or queue it when the job allows that and has all its concurrent runs."""
    name = request["JobName"]
    _check_session_policy(request)
    with ctx.store.begin() as tx:
        job = tx.jobs.lock(ctx.account_id, name)
        if job is None:
            raise not_found(name)
        run = _again(tx, ctx, job, request) if "JobRunId" in request else _first(tx, ctx, job, request)
        limit = job.definition["ExecutionProperty"].get("MaxConcurrentRuns", 1)
        if tx.job_runs.active(ctx.account_id, name) >= limit:
            if not run.definition.get("JobRunQueuingEnabled"):
                raise ConcurrentRunsExceededException(f"Concurrent runs exceeded for {name}")
            run = _waiting(run, limit)
        tx.job_runs.insert(run)
        transitions.publish(tx, run, ctx.now)
        if run.state == "STARTING":
            transitions.enqueue(tx, run, ctx.now)
    return {"JobRunId": run.run_id}


def _check_session_policy(request: StartJobRunRequest) -> None:
    if "ExecutionRoleSessionPolicy" in request:
        try:
            parse_policy(request["ExecutionRoleSessionPolicy"])
        except MalformedPolicy as error:
            raise InvalidInputException(f"ExecutionRoleSessionPolicy: {error.reason}") from error


def _first(tx: Transaction, ctx: Context, job: Job, request: StartJobRunRequest) -> JobRun:
    limits = limits_of(ctx, tx)
    try:
        frozen = with_overrides(job.definition, request)
    except InvalidSize as error:
        raise InvalidInputException(str(error)) from error
    if limits.profile is not None:
        frozen["ProfileName"] = limits.profile
        limits.check({**frozen, "Arguments": request.get("Arguments", {})})
    return JobRun(
        account_id=ctx.account_id,
        run_id=f"jr_{secrets.token_hex(32)}",
        job_name=job.name,
        state="STARTING",
        attempt=0,
        started_at=ctx.now,
        modified_at=ctx.now,
        arguments=dict(request.get("Arguments", {})),
        definition=frozen,
        principal_arn=ctx.principal.arn,
        encryption=_encryption(tx, ctx, frozen),
    )


def _encryption(tx: Transaction, ctx: Context, frozen: dict[str, Any]) -> dict[str, Any] | None:
    """Read what the run's security configuration says now; it holds for the run whatever becomes of it."""
    name = frozen.get("SecurityConfiguration")
    return tx.security_configurations.require(ctx.account_id, name).document if name else None


def _again(tx: Transaction, ctx: Context, job: Job, request: StartJobRunRequest) -> JobRun:
    """Make the next attempt of a run that ended, with its arguments unless others are given."""
    previous = _require(tx, ctx, job.name, request["JobRunId"])
    if previous.state not in TERMINAL:
        raise InvalidInputException(
            f"Job run {previous.run_id} is {previous.state}; only a run that has ended can be run again."
        )
    first = transitions.first_run_id(previous.run_id)
    attempt = tx.job_runs.highest_attempt(ctx.account_id, first) + 1
    fresh = _first(tx, ctx, job, request)
    if (policy := previous.definition.get(SESSION_POLICY)) is not None:
        # Else running again what was limited would be the way around the limit.
        fresh.definition.setdefault(SESSION_POLICY, policy)
    return replace(
        fresh,
        run_id=f"{first}_attempt_{attempt}",
        attempt=attempt,
        arguments=fresh.arguments if "Arguments" in request else previous.arguments,
        previous_run_id=previous.run_id,
    )


def _waiting(run: JobRun, limit: int) -> JobRun:
    return replace(
        run, state="WAITING", state_detail=f"The job has its {limit} concurrent runs; this one waits."
    )


def _require(tx: Transaction, ctx: Context, job_name: str, run_id: str) -> JobRun:
    run = tx.job_runs.find(ctx.account_id, run_id)
    if run is None or run.job_name != job_name:
        raise EntityNotFoundException(f"Job run {run_id} of job {job_name} not found.")
    return run


@implements("GetJobRun")
def get_job_run(ctx: Context, request: GetJobRunRequest) -> GetJobRunResponse:
    """Read one run."""
    with ctx.store.read() as tx:
        run = _require(tx, ctx, request["JobName"], request["RunId"])
    return {"JobRun": read_back(run, ctx.now)}


@implements("GetJobRuns")
def get_job_runs(ctx: Context, request: GetJobRunsRequest) -> GetJobRunsResponse:
    """Read a job's runs, newest first; those of a deleted job are kept."""
    name = request["JobName"]
    with ctx.store.read() as tx:
        runs, after = tx.job_runs.list(ctx.account_id, name, ctx.page)
        if not runs and ctx.page.after is None and tx.jobs.find(ctx.account_id, name) is None:
            raise not_found(name)
    return {"JobRuns": [read_back(run, ctx.now) for run in runs], "NextToken": ctx.token(after)}


@implements("BatchStopJobRun")
def batch_stop_job_run(ctx: Context, request: BatchStopJobRunRequest) -> BatchStopJobRunResponse:
    """Ask runs to stop; each is answered for itself."""
    name = request["JobName"]
    stopped: list[str] = []
    errors: list[BatchStopJobRunError] = []
    with ctx.store.begin() as tx:
        for run_id in dict.fromkeys(request["JobRunIds"]):
            problem = _stop(tx, ctx, name, run_id)
            if problem is None:
                stopped.append(run_id)
                continue
            code, message = problem
            detail = {"ErrorCode": code, "ErrorMessage": message}
            errors.append(
                cast("BatchStopJobRunError", {"JobName": name, "JobRunId": run_id, "ErrorDetail": detail})
            )
    return {
        "SuccessfulSubmissions": [{"JobName": name, "JobRunId": run_id} for run_id in stopped],
        "Errors": errors,
    }


def _stop(tx: Transaction, ctx: Context, job_name: str, run_id: str) -> tuple[str, str] | None:
    """Ask one run to stop; returns the error's code and message, None when it will."""
    run = tx.job_runs.lock(ctx.account_id, run_id)
    if run is None or run.job_name != job_name:
        return "EntityNotFoundException", f"Job run {run_id} of job {job_name} not found."
    if run.state in TERMINAL:
        return "InvalidInputException", f"Job run {run_id} has ended: it is {run.state}."
    run, _ = transitions.apply(tx, run, Event.STOP, ctx.now)
    if run.state == "STOPPING" and tx.work.cancel(transitions.dedupe_key(run)):
        # Nobody has begun it: there is no process to wait for.
        transitions.apply(tx, run, Event.BEGIN, ctx.now)
    return None


def read_back(run: JobRun, now: float) -> WireJobRun:
    """Answer a run as Glue does."""
    executing = run.running_since is not None and run.state in ("RUNNING", "STOPPING")
    seconds = run.execution_seconds + (now - (run.running_since or now) if executing else 0.0)
    shell = run.definition["Command"]["Name"] == "pythonshell"
    document: dict[str, Any] = {
        "Id": run.run_id,
        "Attempt": run.attempt,
        "PreviousRunId": run.previous_run_id,
        "JobName": run.job_name,
        "StartedOn": run.started_at,
        "LastModifiedOn": run.modified_at,
        "CompletedOn": run.completed_at,
        "JobRunState": run.state,
        "Arguments": run.arguments,
        "ErrorMessage": run.error_message,
        "StateDetail": run.state_detail,
        "PredecessorRuns": [],
        "ExecutionTime": int(seconds),
        "LogGroupName": "/aws-glue/python-jobs" if shell else "/aws-glue/jobs",
        "DPUSeconds": dpu_seconds(run.definition, resolve(run.definition, run.arguments), seconds),
        **{member: run.definition[member] for member in _FROZEN if member in run.definition},
    }
    return cast("WireJobRun", {member: value for member, value in document.items() if value is not None})
