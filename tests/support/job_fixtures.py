"""A live server with a worker: jobs are created over HTTP and run in real processes."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from api_fixtures import REGION, ROOT_ACCOUNT, Api, FolderServices

from isinglass.daemons.worker import Worker
from isinglass.domain.job_run_states import TERMINAL
from isinglass.engines.launcher import Launcher
from isinglass.gateway.server import GatewaySettings, Server, listen
from isinglass.jobs.handler import JobRunHandler
from isinglass.jobs.queries import QueryRunner, Rows, Statement
from isinglass.jobs.run_keys import StoredRunKeys
from isinglass.jobs.settings import JobSettings
from isinglass.jobs.statistics_runs import KIND as STATISTICS
from isinglass.jobs.statistics_runs import StatisticsHandler
from isinglass.observe.logs import log_path, read_forward
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store


@dataclass(frozen=True)
class JobServices(FolderServices):
    """Services that can run statements."""

    queries: list[QueryRunner]

    def run_query(self, statement: Statement) -> Rows:
        return self.queries[0].run(statement)


@dataclass
class JobServer:
    """A live server, and what tests ask of its jobs."""

    api: Api
    store: Store
    settings: JobSettings
    folder: Path
    worker: Worker
    glue: Any
    queries: QueryRunner

    def create_job(
        self, script: str, *, name: str = "job", command: str = "pythonshell", **members: Any
    ) -> str:
        path = self.folder / f"{name}.py"
        path.write_text(script)
        where = {"Name": command, "ScriptLocation": str(path)}
        self.glue.create_job(Name=name, Role="role", Command=where, **members)
        return name

    def start(self, name: str = "job", **members: Any) -> str:
        return self.glue.start_job_run(JobName=name, **members)["JobRunId"]

    def stop(self, *run_ids: str, name: str = "job") -> Any:
        return self.glue.batch_stop_job_run(JobName=name, JobRunIds=list(run_ids))

    def run(self, run_id: str, name: str = "job") -> Any:
        return self.glue.get_job_run(JobName=name, RunId=run_id)["JobRun"]

    def wait(self, run_id: str, *states: str, name: str = "job", seconds: float = 60.0) -> Any:
        wanted = states or tuple(TERMINAL)
        return eventually(
            lambda: found if (found := self.run(run_id, name))["JobRunState"] in wanted else None,
            seconds,
            lambda: f"{self.run(run_id, name)}\n" + "\n".join(self.log(run_id)),
        )

    def log(self, run_id: str) -> list[str]:
        return read_log(self.settings, run_id)

    def redefine(self, name: str = "job", **members: Any) -> None:
        """Change a stored definition past what the API allows, such as a timeout below a minute."""
        with self.store.begin() as tx:
            job = tx.jobs.find(ROOT_ACCOUNT, name)
            assert job is not None
            tx.jobs.update(ROOT_ACCOUNT, name, {**job.definition, **members}, job.modified_at)

    def access_keys(self) -> list[str]:
        """The temporary keys that are in the store."""
        with self.store.read() as tx:
            rows = tx.connection.exec_driver_sql(
                "SELECT access_key_id FROM access_keys WHERE expires_at IS NOT NULL"
            )
            return [row[0] for row in rows]


def read_log(settings: JobSettings, run_id: str) -> list[str]:
    """Read a run's log as `O text` and `E text`."""
    directory = settings.log_directory(ROOT_ACCOUNT)
    paths = [log_path(directory, family, run_id) for family in ("jobs", "python-jobs")]
    return [f"{line.stream} {line.text}" for path in paths for line in read_forward(path, 0)]


def eventually(ask: Callable[[], Any], seconds: float = 30.0, describe: Callable[[], str] = str) -> Any:
    """Ask until the answer is truthy, and fail with a description when time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.02)
    return pytest.fail(f"It did not happen within {seconds:g} s: {describe()}")


def job_settings(folder: Path, **changes: Any) -> JobSettings:
    """Settings that keep everything in one folder."""
    return JobSettings(
        **{
            "endpoint_url": "http://127.0.0.1:1",
            "s3_endpoint_url": "http://127.0.0.1:1",
            "region": REGION,
            "scratch_root": str(folder / "scratch"),
            "modules_dir": str(folder / "modules"),
            "log_directory": lambda account_id: str(folder / "logs" / account_id),
            "may_use_local_files": lambda account_id: account_id == ROOT_ACCOUNT,
            "slots": 4,
            "grace_seconds": 0.5,
            **changes,
        }
    )


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    """One warm parent process for the whole session."""
    launcher = Launcher()
    launcher.start()
    yield launcher
    launcher.close()


def start_job_server(
    store: Store, launcher: Launcher, folder: Path, session: boto3.Session, stack: ExitStack, **changes: Any
) -> JobServer:
    """Start a live server with a worker; the stack stops both."""
    server_key, listening = os.urandom(32), listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = job_settings(folder, **{"endpoint_url": url, "s3_endpoint_url": url, **changes})
    sealer = store.vault.sealer = Sealer(server_key)
    keys = StoredRunKeys(sealer)
    queries = QueryRunner(settings, launcher, keys, store)
    server = Server(
        store,
        JobServices(folder, [queries], server_key=server_key),
        server_key,
        GatewaySettings(folder / "access.log", strict=True),
    )
    server.start(listening)
    stack.callback(server.stop)
    handlers = {
        "job_run": JobRunHandler(settings, launcher, keys),
        STATISTICS: StatisticsHandler(settings, launcher, keys),
    }
    worker = Worker(store, handlers, {"job_run": 4, STATISTICS: 2})
    api = Api(url, store, server_key, folder / "access.log", session)
    glue = api.client("glue")
    worker.start()
    stack.callback(worker.stop)
    return JobServer(api, store, settings, folder, worker, glue, queries)


@pytest.fixture
def make_job_server(
    store: Store, launcher: Launcher, tmp_path: Path, boto_session: boto3.Session
) -> Iterator[Callable[..., JobServer]]:
    """Make a server whose worker executes runs, with settings of the test's own."""
    with ExitStack() as stack:
        yield lambda **changes: start_job_server(store, launcher, tmp_path, boto_session, stack, **changes)


@pytest.fixture
def job_server(make_job_server: Callable[..., JobServer]) -> JobServer:
    """A server whose worker executes runs; the root account's scripts may be local files."""
    return make_job_server()


def alive(pid: int) -> bool:
    """Tell whether a process exists and is not merely waiting to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def marks(path: Path) -> list[Any]:
    """Read what scripts appended to a file, a JSON document a line."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
