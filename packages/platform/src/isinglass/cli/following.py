"""Follows job runs: finds them by what a person writes, prints their logs live, waits for their end."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from isinglass.cli.errors import FAILED_RUN, GAVE_UP, NOT_FOUND, STOPPED_RUN, TIMED_OUT_RUN, CliError
from isinglass.cli.session import Session

ENDED = {
    "SUCCEEDED": 0,
    "FAILED": FAILED_RUN,
    "ERROR": FAILED_RUN,
    "TIMEOUT": TIMED_OUT_RUN,
    "STOPPED": STOPPED_RUN,
    "EXPIRED": STOPPED_RUN,
}
_POLL_SECONDS = 0.15
_SHORTEST_SUFFIX = 4


@dataclass(slots=True)
class LogTail:
    """Reads a run's log from where it last stopped."""

    session: Session
    run: dict[str, Any]
    _tokens: dict[str, str] = field(default_factory=dict)

    def new_lines(self) -> Iterator[dict[str, Any]]:
        """Yield the events written since the last call."""
        for group, stream in log_streams(self.run):
            request: dict[str, Any] = {"logGroupName": group, "logStreamName": stream, "startFromHead": True}
            while True:
                token = self._tokens.get(group)
                try:
                    page = self.session.client.call(
                        "logs:GetLogEvents", request if token is None else {**request, "nextToken": token}
                    )
                except CliError as error:
                    if error.code == "ResourceNotFoundException":
                        break  # nothing has been written yet
                    raise
                yield from page["events"]
                self._tokens[group] = page["nextForwardToken"]
                if not page["events"]:
                    break


def log_streams(run: dict[str, Any]) -> list[tuple[str, str]]:
    """Name the log groups and streams of a run: Python shell runs keep their two streams apart."""
    base = run.get("LogGroupName") or "/aws-glue/jobs"
    if base.startswith("/aws-glue/python-jobs"):
        return [("/aws-glue/python-jobs/output", run["Id"]), ("/aws-glue/python-jobs/error", run["Id"])]
    return [("/aws-glue/jobs/logs-v2", f"{run['Id']}-driver")]


def jobs(session: Session) -> list[dict[str, Any]]:
    """List every job."""
    return list(session.client.pages("GetJobs", {}, "Jobs"))


def runs_of(session: Session, job: str, limit: int = 200) -> list[dict[str, Any]]:
    """List a job's runs, newest first."""
    return list(session.client.call("GetJobRuns", {"JobName": job, "MaxResults": limit})["JobRuns"])


def find_run(session: Session, name: str) -> dict[str, Any]:
    """Find a run by its id, the end of its id, `@last`, or the name of a job (its newest run)."""
    every = jobs(session)
    if any(job["Name"] == name for job in every):
        runs = runs_of(session, name, 1)
        if not runs:
            raise CliError(f"{name} has not run yet", hint=f"isinglass run {name}", exit_code=NOT_FOUND)
        return runs[0]
    runs = [run for job in every for run in runs_of(session, job["Name"])]
    wanted = name.lstrip("….")
    if name in {"@last", ""}:
        found = sorted(runs, key=lambda run: run["StartedOn"])[-1:]
    else:
        found = [run for run in runs if run["Id"] == name]
        if not found and len(wanted) >= _SHORTEST_SUFFIX:
            found = [run for run in runs if run["Id"].endswith(wanted)]
    if len(found) > 1:
        raise CliError(
            f"{name} is the end of {len(found)} run ids", hint="write more of it", exit_code=NOT_FOUND
        )
    if not found:
        raise CliError(f'there is no job or run "{name}"', hint="isinglass runs", exit_code=NOT_FOUND)
    return found[0]


def follow(
    session: Session, run: dict[str, Any], *, show: bool, deadline: float | None = None
) -> dict[str, Any]:
    """Wait for a run's end, printing its log meanwhile; returns the run as it ended."""
    tail = LogTail(session, run)
    while True:
        # The state first: what was written before the end is then surely read after it.
        run = get_run(session, run)
        if show:
            for event in tail.new_lines():
                print(event["message"], flush=True)
        if run["JobRunState"] in ENDED:
            return run
        if deadline is not None and time.monotonic() > deadline:
            raise CliError(
                f"the run is still {run['JobRunState']}; it goes on", hint=f"isinglass logs {run['Id']} -f",
                exit_code=GAVE_UP,
            )  # fmt: skip
        time.sleep(_POLL_SECONDS)


def get_run(session: Session, run: dict[str, Any]) -> dict[str, Any]:
    """Read a run anew."""
    found = session.client.call("GetJobRun", {"JobName": run["JobName"], "RunId": run["Id"]})
    return dict(found["JobRun"])


def report(session: Session, run: dict[str, Any], *, temporary: bool = False) -> int:
    """Tell how a run ended; returns the exit code that says the same. A temporary server's log is gone."""
    state = run["JobRunState"]
    facts = [f"{run.get('ExecutionTime', 0)} s"]
    if run.get("DPUSeconds"):
        facts.append(f"{run['DPUSeconds'] / 3600:.3f} DPU-h")
    session.say(f"── {state} · {' · '.join(facts)} · {run['Id']} ──")
    if state != "SUCCEEDED" and run.get("ErrorMessage"):
        raise CliError(
            run["ErrorMessage"],
            where=f"run {run['Id']} of {run['JobName']}",
            hint="" if temporary else f"isinglass logs {run['Id']}",
            exit_code=ENDED[state],
        )
    return ENDED[state]
