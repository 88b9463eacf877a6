"""Runs of scripts, from StartJobRun to their outcome, in real processes."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from job_fixtures import JobServer, alive, eventually


def test_run_script_that_prints_succeeds_with_log(job_server: JobServer) -> None:
    job_server.create_job("import sys\nprint('hello', sys.argv[1:3])\nprint('warn', file=sys.stderr)\n")
    run_id = job_server.start(Arguments={"--name": "x"})
    run = job_server.wait(run_id)
    assert (run["JobRunState"], run.get("ErrorMessage")) == ("SUCCEEDED", None), "\n".join(
        job_server.log(run_id)
    )
    assert sorted(job_server.log(run_id)) == ["E warn", "O hello ['--name', 'x']"]
    assert job_server.access_keys() == []
    assert list((job_server.folder / "scratch").iterdir()) == []


OUTCOMES = [
    ("raise SystemExit(3)", "FAILED", "Command failed with exit code 3"),
    ("import sys\nsys.exit(0)", "SUCCEEDED", None),
    ("import sys\nsys.exit('no input')", "FAILED", "Command failed with exit code 1: no input"),
    (
        "def ratio(a, b):\n    return a / b\n\nratio(1, 0)\n",
        "FAILED",
        "ZeroDivisionError: division by zero (job.py, line 2: return a / b)",
    ),
    ("x = 1\nif x\n    pass\n", "FAILED", "SyntaxError: expected ':' (job.py, line 2: if x)"),
    (
        "import nowhere",
        "FAILED",
        "ModuleNotFoundError: No module named 'nowhere' (job.py, line 1: import nowhere)",
    ),
    (
        "try:\n    {}['a']\nexcept KeyError as error:\n    raise ValueError('no a\\nat all') from error\n",
        "FAILED",
        "ValueError: no a (job.py, line 4: raise ValueError('no a\\nat all') from error)",
    ),
    ("import os\nos._exit(9)", "FAILED", "Command failed with exit code 9"),
    (
        "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)",
        "FAILED",
        "The run's process was killed by SIGSEGV",
    ),
]


def test_run_of_each_outcome_reads_back_its_state_and_reason(job_server: JobServer) -> None:
    runs = []
    for number, (script, _, _) in enumerate(OUTCOMES):
        name = job_server.create_job(script, name=f"job{number}")
        runs.append((name, job_server.start(name)))
    found = [job_server.wait(run_id, name=name) for name, run_id in runs]
    expected = [
        (state, error and error.replace("job.py", f"job{number}.py"))
        for number, (_, state, error) in enumerate(OUTCOMES)
    ]
    assert [(run["JobRunState"], run.get("ErrorMessage")) for run in found] == expected


def test_run_of_unsupported_command_fails_saying_so(job_server: JobServer) -> None:
    job_server.create_job("pass", command="gluestreaming")
    run = job_server.wait(job_server.start())
    assert run["JobRunState"] == "FAILED"
    assert run["ErrorMessage"].startswith("gluestreaming is not supported yet")


def test_run_with_missing_script_fails_naming_it(job_server: JobServer) -> None:
    job_server.create_job("pass", DefaultArguments={"--extra-py-files": "/nowhere/lib.py"})
    run = job_server.wait(job_server.start())
    assert run["JobRunState"] == "FAILED"
    assert run["ErrorMessage"].startswith("--extra-py-files: cannot read /nowhere/lib.py: ")


def test_run_of_another_account_may_not_read_local_files(job_server: JobServer) -> None:
    glue = job_server.api.client("glue", "222222222222")
    path = job_server.folder / "secret.py"
    path.write_text("print(1)")
    glue.create_job(Name="j", Role="r", Command={"Name": "pythonshell", "ScriptLocation": str(path)})
    run_id = glue.start_job_run(JobName="j")["JobRunId"]
    run = eventually(
        lambda: (
            run if (run := glue.get_job_run(JobName="j", RunId=run_id)["JobRun"]).get("CompletedOn") else None
        )
    )
    assert "only the root account may use local files" in run["ErrorMessage"]
    with pytest.raises(ClientError, match="EntityNotFoundException"):
        job_server.glue.get_job_run(JobName="j", RunId=run_id)


def test_run_environment_holds_only_its_own_keys(
    job_server: JobServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVER_SECRET", "x")
    script = (
        "import os, boto3\n"
        "print(sorted(n for n in os.environ if 'SECRET' in n or n.startswith('CUSTOMER_')))\n"
        "print(boto3.client('glue').get_job(JobName='job')['Job']['Name'])\n"
        "print(os.environ['AWS_SECRET_ACCESS_KEY'])\n"
        "print(os.getcwd() != os.path.expanduser('~'), os.listdir())\n"
        "raise ValueError(os.environ['AWS_SESSION_TOKEN'])\n"
    )
    job_server.create_job(
        script, DefaultArguments={"--customer-driver-env-vars": 'CUSTOMER_A=1,CUSTOMER_B="x,y",OTHER=2'}
    )
    run_id = job_server.start()
    run = job_server.wait(run_id)
    output = [line for line in job_server.log(run_id) if line[:1] == "O"]
    assert run["ErrorMessage"].startswith("ValueError: ******** (job.py, line 6: ")
    assert (run["JobRunState"], output) == (
        "FAILED",
        ["O ['AWS_SECRET_ACCESS_KEY', 'CUSTOMER_A', 'CUSTOMER_B']", "O job", "O ********", "O True []"],
    )


def test_run_with_extra_files_finds_them(job_server: JobServer) -> None:
    (job_server.folder / "lib").mkdir()
    (job_server.folder / "lib" / "mine.py").write_text("VALUE = 7\n")
    (job_server.folder / "data").mkdir()
    (job_server.folder / "data" / "a.txt").write_text("text")
    arguments = {
        "--extra-py-files": str(job_server.folder / "lib" / "mine.py"),
        "--extra-files": f"{job_server.folder}/data/",
    }
    job_server.create_job("import mine\nprint(mine.VALUE, open('a.txt').read())", DefaultArguments=arguments)
    run_id = job_server.start()
    job_server.wait(run_id)
    assert job_server.log(run_id) == ["O 7 text"]


STUBBORN = (
    "import os, signal, subprocess, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "child = subprocess.Popen(['sleep', '1000'])\n"
    "print(os.getpid(), child.pid)\n"
    "time.sleep(1000)\n"
)


def _pids(job_server: JobServer, run_id: str) -> list[int]:
    line = eventually(lambda: next((line for line in job_server.log(run_id) if line[:1] == "O"), None))
    return [int(text) for text in line[2:].split()]


def test_stop_of_script_that_ignores_sigterm_ends_stopped_without_survivors(job_server: JobServer) -> None:
    job_server.create_job(STUBBORN)
    run_id = job_server.start()
    pids = _pids(job_server, run_id)
    assert job_server.stop(run_id)["SuccessfulSubmissions"] == [{"JobName": "job", "JobRunId": run_id}]
    assert job_server.run(run_id)["JobRunState"] in ("STOPPING", "STOPPED")
    run = job_server.wait(run_id)
    assert (run["JobRunState"], run.get("ErrorMessage")) == ("STOPPED", None)
    eventually(lambda: not any(alive(pid) for pid in pids))
    again = job_server.stop(run_id, "jr_unknown")
    assert again["SuccessfulSubmissions"] == []
    assert [error["ErrorDetail"]["ErrorCode"] for error in again["Errors"]] == [
        "InvalidInputException",
        "EntityNotFoundException",
    ]


def test_run_beyond_its_timeout_ends_as_timeout(job_server: JobServer) -> None:
    job_server.create_job(STUBBORN)
    job_server.redefine(Timeout=0.02)
    run_id = job_server.start()
    pids = _pids(job_server, run_id)
    run = job_server.wait(run_id)
    assert run["JobRunState"] == "TIMEOUT"
    assert run["ErrorMessage"] == "Job run exceeded timeout of 0.02 minutes"
    assert not any(alive(pid) for pid in pids)


def test_run_beyond_its_memory_fails_naming_limit_and_use(make_job_server: Callable[..., JobServer]) -> None:
    server = make_job_server(machine_bytes=3 * 2**30)
    server.create_job("data = b'x' * (800 * 2**20)\nimport time\ntime.sleep(1000)\n")
    run = server.wait(server.start())
    assert run["JobRunState"] == "FAILED"
    assert run["ErrorMessage"].startswith("Out of memory: the run used ")
    assert "limit here is 0.60 GiB" in run["ErrorMessage"]


def test_failed_run_is_retried_as_attempts_that_name_their_predecessor(job_server: JobServer) -> None:
    job_server.create_job("import sys\nsys.exit(2)", MaxRetries=2)
    first = job_server.start()
    last = f"{first}_attempt_2"
    eventually(
        lambda: any(run["Id"] == last for run in job_server.glue.get_job_runs(JobName="job")["JobRuns"])
    )
    job_server.wait(last)
    found = job_server.glue.get_job_runs(JobName="job")["JobRuns"]
    assert [(run["Id"], run["Attempt"], run.get("PreviousRunId"), run["JobRunState"]) for run in found] == [
        (last, 2, f"{first}_attempt_1", "FAILED"),
        (f"{first}_attempt_1", 1, first, "FAILED"),
        (first, 0, None, "FAILED"),
    ]
    again = job_server.start(JobRunId=first)
    assert again == f"{first}_attempt_3"
    job_server.wait(again)


def test_second_run_exceeds_concurrency_or_waits_when_queuing_is_enabled(job_server: JobServer) -> None:
    job_server.create_job("import time\ntime.sleep(1000)")
    first = job_server.start()
    with pytest.raises(ClientError, match="Concurrent runs exceeded for job") as raised:
        job_server.start()
    assert raised.value.response["Error"]["Code"] == "ConcurrentRunsExceededException"
    second = job_server.start(JobRunQueuingEnabled=True)
    third = job_server.start(JobRunQueuingEnabled=True)
    assert [job_server.run(run_id)["JobRunState"] for run_id in (second, third)] == ["WAITING", "WAITING"]
    job_server.stop(second)
    assert job_server.run(second)["JobRunState"] == "STOPPED"
    job_server.stop(first)
    job_server.wait(third, "STARTING", "RUNNING")
    job_server.stop(third)
    assert job_server.wait(third)["JobRunState"] == "STOPPED"
    job_server.wait(first)


def test_run_whose_warm_parent_dies_executes_again(job_server: JobServer) -> None:
    path = job_server.folder / "times"
    job_server.create_job(
        f"import pathlib, time\np = pathlib.Path({str(path)!r})\nn = len(p.read_text()) if p.exists() else 0\n"
        "p.write_text('x' * (n + 1))\nprint('execution', n)\nwhile n == 0: time.sleep(0.1)\n"
    )
    run_id = job_server.start()
    eventually(path.exists)
    os.kill(job_server.queries.launcher.zygote_pid, signal.SIGKILL)
    run = job_server.wait(run_id)
    assert run["JobRunState"] == "SUCCEEDED"
    assert [line for line in job_server.log(run_id) if line[:1] == "O"] == ["O execution 0", "O execution 1"]


def test_state_changes_are_published_with_them(job_server: JobServer) -> None:
    job_server.create_job("print(1)")
    run_id = job_server.start()
    job_server.wait(run_id)
    with job_server.store.read() as tx:
        events = [
            (row.kind, row.payload["state"], row.payload["jobRunId"]) for row in tx.outbox.undelivered(10)
        ]
    kind = "Glue Job State Change"
    assert events == [(kind, state, run_id) for state in ("STARTING", "RUNNING", "SUCCEEDED")]


def test_additional_modules_that_cannot_be_installed_fail_the_run_with_the_reason(
    job_server: JobServer,
) -> None:
    job_server.create_job(
        "pass", DefaultArguments={"--additional-python-modules": "/nowhere/absent-1.0-py3-none-any.whl"}
    )
    run = job_server.wait(job_server.start())
    assert run["JobRunState"] == "FAILED"
    assert run["ErrorMessage"].startswith(
        "--additional-python-modules /nowhere/absent-1.0-py3-none-any.whl: "
    )


def test_worker_that_stops_gives_its_runs_back(job_server: JobServer) -> None:
    job_server.create_job("import time\nprint('begun')\ntime.sleep(1000)")
    run_id = job_server.start()
    eventually(lambda: job_server.log(run_id))
    assert job_server.worker.stop()
    run = job_server.run(run_id)
    with job_server.store.read() as tx:
        stored: Any = tx.job_runs.find(run["JobName"] and "123456789012", run_id)
        item = tx.connection.exec_driver_sql("SELECT state FROM work").scalar()
    assert (stored.state, stored.executions, item) == ("RUNNING", 0, "ready")
