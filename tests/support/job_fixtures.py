"""A server's part for jobs: operations, a worker and the warm parent process, over the store under test."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from isinglass.daemons.worker import Worker
from isinglass.domain.job_run_states import TERMINAL
from isinglass.engines.launcher import Launcher
from isinglass.jobs.handler import JobRunHandler
from isinglass.jobs.run_keys import StoredRunKeys
from isinglass.jobs.settings import JobSettings
from isinglass.observe.logs import log_path, read_forward
from isinglass.operations.context import Context, Principal
from isinglass.operations.jobs import definitions, runs
from isinglass.store.accounts import Account
from isinglass.store.paging import PageRequest
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store

ACCOUNT = "111122223333"
PRINCIPAL = Principal(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", "AKIATEST")


@dataclass
class JobServer:
    """Calls operations as one account and looks at what came of them."""

    store: Store
    settings: JobSettings
    launcher: Launcher
    folder: Path
    speed: float = 1.0
    worker: Worker | None = None
    began: float = field(default_factory=time.time)

    def now(self) -> float:
        """The server's clock; `speed` lets minutes pass in seconds."""
        return self.began + (time.time() - self.began) * self.speed

    def context(self, page: PageRequest | None = None, account_id: str = ACCOUNT) -> Context:
        principal = Principal(account_id, f"arn:aws:iam::{account_id}:root", "AKIATEST")
        services: Any = None
        return Context(
            principal, "us-east-1", "request", self.now(), self.store, services, page or PageRequest(100)
        )

    def start_worker(self) -> Worker:
        handler = JobRunHandler(self.settings, self.launcher, StoredRunKeys(Sealer(b"k" * 32)))
        self.worker = Worker(self.store, {"job_run": handler}, {"job_run": 4}, clock=self.now)
        self.worker.start()
        return self.worker

    def script(self, text: str, name: str = "job.py") -> str:
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def create_job(
        self, script: str, *, name: str = "job", command: str = "pythonshell", **members: Any
    ) -> str:
        request = {
            "Name": name,
            "Role": "role",
            "Command": {"Name": command, "ScriptLocation": self.script(script, f"{name}.py")},
            **members,
        }
        definitions.create_job(self.context(), request)
        return name

    def start(self, name: str = "job", **members: Any) -> str:
        return runs.start_job_run(self.context(), {"JobName": name, **members})["JobRunId"]

    def stop(self, *run_ids: str, name: str = "job") -> Any:
        return runs.batch_stop_job_run(self.context(), {"JobName": name, "JobRunIds": list(run_ids)})

    def run(self, run_id: str, name: str = "job") -> Any:
        return runs.get_job_run(self.context(), {"JobName": name, "RunId": run_id})["JobRun"]

    def wait(self, run_id: str, name: str = "job", *states: str, seconds: float = 60.0) -> Any:
        wanted = states or tuple(TERMINAL)
        return eventually(
            lambda: found if (found := self.run(run_id, name))["JobRunState"] in wanted else None,
            seconds,
            lambda: f"{self.run(run_id, name)}\n{self.log(run_id)}",
        )

    def log(self, run_id: str) -> list[str]:
        paths = [
            log_path(self.settings.log_directory(ACCOUNT), family, run_id)
            for family in ("jobs", "python-jobs")
        ]
        return [f"{line.stream} {line.text}" for path in paths for line in read_forward(path, 0)]


def eventually(ask: Callable[[], Any], seconds: float = 30.0, describe: Callable[[], str] = str) -> Any:
    """Ask until the answer is truthy, and fail with a description when time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.02)
    pytest.fail(f"It did not happen within {seconds:g} s: {describe()}")


def add_account(store: Store, account_id: str = ACCOUNT) -> None:
    with store.begin() as tx:
        tx.accounts.insert(Account(account_id, "test", 0.0))


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    """One warm parent process for the whole session."""
    launcher = Launcher()
    launcher.start()
    yield launcher
    launcher.close()


def job_settings(folder: Path, **changes: Any) -> JobSettings:
    return JobSettings(
        **{
            "endpoint_url": "http://127.0.0.1:1",
            "s3_endpoint_url": "http://127.0.0.1:1",
            "region": "us-east-1",
            "scratch_root": str(folder / "scratch"),
            "modules_dir": str(folder / "modules"),
            "log_directory": lambda account_id: str(folder / "logs" / account_id),
            "may_use_local_files": lambda _account_id: True,
            "slots": 4,
            "grace_seconds": 0.5,
            **changes,
        }
    )


@pytest.fixture
def job_server(store: Store, launcher: Launcher, tmp_path: Path) -> Iterator[JobServer]:
    """A server whose worker executes runs; local scripts are allowed."""
    add_account(store)
    server = JobServer(store, job_settings(tmp_path), launcher, tmp_path)
    server.start_worker()
    yield server
    if server.worker is not None:
        server.worker.stop()
