"""Apply what happens to a run: the new state and everything it causes, in the caller's transaction."""

from dataclasses import replace
from typing import Any

from isinglass.domain.job_run_states import TERMINAL, Effect, Event, RunState, advance
from isinglass.store.job_runs import JobRun
from isinglass.store.store import Transaction

KIND = "job_run"
STATE_CHANGE = "Glue Job State Change"


def apply(
    tx: Transaction, run: JobRun, event: Event, now: float, *, error: str | None = None
) -> tuple[JobRun, tuple[Effect, ...]]:
    """Store the run after an event, with its retry, the next run in its place, and the event to publish."""
    step = advance(RunState(run.state, run.executions), event)
    ended = step.after.state in TERMINAL
    changed = replace(
        run,
        state=step.after.state,
        executions=step.after.executions,
        modified_at=now,
        completed_at=now if ended else None,
        error_message=_message(run, step.after.state, event, error),
        state_detail=None if Effect.ENQUEUE in step.effects or ended else run.state_detail,
    )
    tx.job_runs.update(changed)
    for effect in step.effects:
        _perform(tx, changed, effect, now)
    return changed, step.effects


def _message(run: JobRun, state: str, event: Event, error: str | None) -> str | None:
    if state in ("FAILED", "TIMEOUT"):
        if event is Event.BEGIN:
            return f"The run was given up: its worker died {run.executions} times while executing it."
        return error
    return run.error_message


def enqueue(tx: Transaction, run: JobRun, now: float, *, run_at: float | None = None) -> None:
    """Queue a run that may start."""
    tx.work.enqueue(
        KIND, run.account_id, {"run_id": run.run_id}, now=now, run_at=run_at, dedupe_key=dedupe_key(run)
    )


def dedupe_key(run: JobRun) -> str:
    """Name the run's work: there is never more than one piece of it."""
    return f"job_run/{run.account_id}/{run.run_id}"


def publish(tx: Transaction, run: JobRun, now: float) -> None:
    """Tell of a run's state, as EventBridge does of Glue's."""
    detail: dict[str, Any] = {
        "jobName": run.job_name,
        "severity": "ERROR" if run.state in ("FAILED", "TIMEOUT", "ERROR") else "INFO",
        "state": run.state,
        "jobRunId": run.run_id,
        "message": run.error_message or f"Job run is {run.state}",
    }
    tx.outbox.add(run.account_id, STATE_CHANGE, detail, now)


def _perform(tx: Transaction, run: JobRun, effect: Effect, now: float) -> None:
    if effect is Effect.ENQUEUE:
        enqueue(tx, run, now)
    elif effect is Effect.PUBLISH:
        publish(tx, run, now)
    elif effect is Effect.RETRY:
        _retry(tx, run, now)
    elif effect is Effect.FREE_SLOT:
        start_waiting(tx, run.account_id, run.job_name, now)


def _retry(tx: Transaction, run: JobRun, now: float) -> None:
    job = tx.jobs.find(run.account_id, run.job_name)
    if job is None or run.attempt >= int(run.definition.get("MaxRetries", 0)):
        return
    again = next_attempt(run, run.attempt + 1, now)
    tx.job_runs.insert(again)
    publish(tx, again, now)
    enqueue(tx, again, now, run_at=now + _delay(run))


def _delay(run: JobRun) -> float:
    """Seconds until a retry: at once, as on Glue, unless the job asks for another delay."""
    merged = {**run.definition.get("DefaultArguments", {}), **run.arguments}
    text = merged.get("--isinglass-retry-delay", "0")
    try:
        return min(max(0.0, float(text)), 86_400.0)
    except ValueError:
        return 0.0


def first_run_id(run_id: str) -> str:
    """The id of the first attempt of a run."""
    head, mark, number = run_id.rpartition("_attempt_")
    return head if mark and number.isdigit() else run_id


def next_attempt(run: JobRun, attempt: int, now: float) -> JobRun:
    """A fresh run after one that ended, with its arguments."""
    return replace(
        run,
        run_id=f"{first_run_id(run.run_id)}_attempt_{attempt}",
        previous_run_id=run.run_id,
        attempt=attempt,
        state="STARTING",
        started_at=now,
        modified_at=now,
        completed_at=None,
        running_since=None,
        execution_seconds=0.0,
        executions=0,
        error_message=None,
        state_detail=None,
        progress=None,
    )


def start_waiting(tx: Transaction, account_id: str, job_name: str, now: float) -> None:
    """Start waiting runs while the job has room for them.

    The job is locked before anything is counted: a run that StartJobRun is just now queueing, as it still
    counted the run that ends here, would otherwise wait for ever.
    """
    job = tx.jobs.lock(account_id, job_name)
    while (oldest := tx.job_runs.oldest_waiting(account_id, job_name)) is not None:
        definition = oldest.definition if job is None else job.definition
        room = int(definition.get("ExecutionProperty", {}).get("MaxConcurrentRuns", 1))
        if tx.job_runs.active(account_id, job_name) >= room:
            return
        waiting = tx.job_runs.lock(account_id, oldest.run_id)
        if waiting is not None and waiting.state == "WAITING":  # else it was stopped meanwhile
            apply(tx, waiting, Event.SLOT_FREE, now)
