"""Follows job runs: finds them by what a person writes, prints their logs live, waits for their end."""

import time
from collections.abc import Iterator
from contextlib import suppress
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
#: How many ids with the same end are looked through for the one that is all of it.
_MOST_ENDING = 20


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


def newest_runs(session: Session, limit: int, **which: str) -> list[dict[str, Any]]:
    """List the newest runs in a few of their members: of all jobs, of a `JobName`, or of a `RunIdEnd`."""
    return list(session.client.call("isinglass:ListJobRuns", {**which, "MaxResults": limit})["JobRuns"])


def find_run(session: Session, name: str) -> dict[str, Any]:
    """Find a run by its id, the end of its id, `@last`, or the name of a job (its newest run)."""
    is_last = name in {"@last", ""}
    found = newest_runs(session, 1) if is_last else newest_runs(session, 1, JobName=name)
    end = name.lstrip("….")
    if not found and not is_last and len(end) >= _SHORTEST_SUFFIX:
        found = newest_runs(session, _MOST_ENDING, RunIdEnd=end)
        found = [run for run in found if run["Id"] == end] or found
    if len(found) > 1:
        raise CliError(f"{name} is the end of several run ids", hint="write more of it", exit_code=NOT_FOUND)
    if not found:
        raise _no_run(session, name)
    return found[0]


def _no_run(session: Session, name: str) -> CliError:
    """Tell a job that has not run from a name of nothing."""
    with suppress(CliError):
        session.client.call("GetJob", {"JobName": name})
        return CliError(f"{name} has not run yet", hint=f"isinglass run {name}", exit_code=NOT_FOUND)
    return CliError(f'there is no job or run "{name}"', hint="isinglass runs", exit_code=NOT_FOUND)


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
