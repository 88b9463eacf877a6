"""A server killed with SIGKILL at named points, then a fresh one on the same database and folder."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from api_fixtures import ROOT_ACCOUNT
from job_fixtures import alive, eventually, job_settings, marks, read_log

from isinglass.domain.job_run_states import MAX_RECOVERIES, TERMINAL
from isinglass.operations.context import Context, Principal
from isinglass.operations.jobs import definitions, runs
from isinglass.store.accounts import Account
from isinglass.store.store import Store

SERVER = Path(__file__).parents[1] / "support" / "crashing_server.py"
pytestmark = pytest.mark.slow
POINTS = ["claimed", "begun", "launched", "ended", "outcome written", "outcome committed"]


@dataclass
class Killable:
    """Starts server processes on one database and asks the store what they did."""

    store: Store
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def server(self, point: str = "none") -> subprocess.Popen[bytes]:
        arguments = [sys.executable, str(SERVER), self.store.url, str(self.folder), point]
        process = subprocess.Popen(arguments, env={"PYTHONPATH": str(SERVER.parent), "PATH": "/usr/bin:/bin"})
        self.processes.append(process)
        return process

    def context(self) -> Context:
        arn = f"arn:aws:iam::{ROOT_ACCOUNT}:root"
        services: Any = None
        return Context(Principal(ROOT_ACCOUNT, arn, "AKIA"), "eu-west-1", "r", 1.0, self.store, services)

    def start_job(self, script: str) -> str:
        path = self.folder / "job.py"
        path.write_text(script)
        command = {"Name": "pythonshell", "ScriptLocation": str(path)}
        definitions.create_job(self.context(), {"Name": "job", "Role": "r", "Command": command})
        return runs.start_job_run(self.context(), {"JobName": "job"})["JobRunId"]

    def run(self, run_id: str) -> Any:
        with self.store.read() as tx:
            return tx.job_runs.find(ROOT_ACCOUNT, run_id)

    def ended(self, run_id: str) -> Any:
        return eventually(
            lambda: run if (run := self.run(run_id)).state in TERMINAL else None,
            60,
            lambda: f"{self.run(run_id)} {read_log(job_settings(self.folder), run_id)}",
        )

    def work_left(self) -> int:
        with self.store.read() as tx:
            return int(tx.connection.exec_driver_sql("SELECT count(*) FROM work").scalar_one())


@pytest.fixture
def killable(store: Store, tmp_path: Path) -> Iterator[Killable]:
    with store.begin() as tx:
        tx.accounts.insert(Account(ROOT_ACCOUNT, "root", 0.0))
    killable = Killable(store, tmp_path)
    yield killable
    for process in killable.processes:
        process.kill()
        process.wait()


def _noting(folder: Path, then: str) -> str:
    """A script that notes its process and each execution, and then does something."""
    return (
        f"import json, os, time\nwith open({str(folder / 'marks')!r}, 'a') as file:\n"
        f"    file.write(json.dumps(os.getpid()) + '\\n')\n{then}\n"
    )


@pytest.mark.parametrize("point", POINTS)
def test_server_killed_at_point_then_restarted_ends_the_run_once(killable: Killable, point: str) -> None:
    run_id = killable.start_job(_noting(killable.folder, "time.sleep(0.1)"))
    assert killable.server(point).wait(60) == -9
    killable.server()
    run = killable.ended(run_id)
    # Killed after the outcome was committed, nothing is done twice; before it, the script ran at most once more.
    assert (run.state, run.executions) == ("SUCCEEDED", 1 if point in ("claimed", "outcome committed") else 2)
    assert len(marks(killable.folder / "marks")) <= run.executions
    assert killable.work_left() == 0
    with killable.store.read() as tx:
        states = [row.payload["state"] for row in tx.outbox.undelivered(10)]
    assert states == ["STARTING", "RUNNING", "SUCCEEDED"]


def test_server_killed_while_script_runs_takes_its_processes_along(killable: Killable) -> None:
    sleeper = "import subprocess\nsubprocess.Popen(['sleep', '1000'])\ntime.sleep(1000)"
    killable.start_job(_noting(killable.folder, sleeper))
    server = killable.server()
    [pid] = eventually(lambda: marks(killable.folder / "marks"), 60)
    server.kill()
    eventually(lambda: not alive(pid))


def test_stop_requested_before_the_crash_is_honoured_after_it(killable: Killable) -> None:
    run_id = killable.start_job(_noting(killable.folder, "time.sleep(1000)"))
    server = killable.server()
    eventually(lambda: marks(killable.folder / "marks"), 60)
    server.kill()
    server.wait()
    runs.batch_stop_job_run(killable.context(), {"JobName": "job", "JobRunIds": [run_id]})
    killable.server()
    assert killable.ended(run_id).state == "STOPPED"
    assert len(marks(killable.folder / "marks")) == 1


def test_run_that_kills_its_server_each_time_is_given_up(killable: Killable) -> None:
    run_id = killable.start_job("pass")
    for _ in range(MAX_RECOVERIES + 1):
        assert killable.server("begun").wait(60) == -9
    killable.server()
    run = killable.ended(run_id)
    assert (run.state, run.error_message) == (
        "FAILED",
        f"The run was given up: its worker died {MAX_RECOVERIES + 1} times while executing it.",
    )
    assert killable.work_left() == 0
