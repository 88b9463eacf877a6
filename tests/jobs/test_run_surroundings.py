"""What runs are given: modules, a second try after a failed allocation, progress."""

import zipfile
from pathlib import Path

from job_fixtures import JobServer, eventually

#: What is tried here depends on no database.
DATABASES = ["sqlite"]

ALLOCATION = """
import os
print("prefer hash join:", os.environ.get("SAIL_OPTIMIZER__PREFER_HASH_JOIN"))
if "SAIL_OPTIMIZER__PREFER_HASH_JOIN" not in os.environ:
    raise MemoryError("Resources exhausted: Failed to allocate additional 1.0 MB for HashJoinInput[0]")
"""


def _wheel(folder: Path, value: int) -> Path:
    """Build the smallest wheel that can be installed."""
    path = folder / "greeting-1.0-py3-none-any.whl"
    files = {
        "greeting.py": f"VALUE = {value}\n",
        "greeting-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n",
        "greeting-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in files) + "greeting-1.0.dist-info/RECORD,,\n"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, "greeting-1.0.dist-info/RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(name), text)  # without the time of day
    return path


def test_additional_modules_are_installed_once_and_again_when_they_change(job_server: JobServer) -> None:
    wheel = _wheel(job_server.folder, 1)
    job_server.create_job(
        "import greeting\nprint(greeting.VALUE, greeting.__file__.split('/')[-2])",
        DefaultArguments={"--additional-python-modules": str(wheel)},
    )
    logs = []
    for value in (1, 1, 2):
        _wheel(job_server.folder, value)
        run_id = job_server.start()
        run = job_server.wait(run_id)
        assert run["JobRunState"] == "SUCCEEDED", job_server.log(run_id)
        logs.append(job_server.log(run_id)[-1].split())
    assert [line[1] for line in logs] == ["1", "1", "2"]
    assert logs[0][2] == logs[1][2] != logs[2][2]
    assert len(list((job_server.folder / "modules" / "123456789012").iterdir())) == 2


def test_failed_allocation_is_tried_again_with_sort_merge_joins(job_server: JobServer) -> None:
    job_server.create_job(ALLOCATION, command="glueetl")
    run_id = job_server.start()
    run = job_server.wait(run_id)
    log = job_server.log(run_id)
    assert (run["JobRunState"], run["Attempt"]) == ("SUCCEEDED", 0), log
    assert [line for line in log if line.startswith("O ")] == [
        "O prefer hash join: None",
        "O prefer hash join: false",
    ]
    assert any("once more with sort-merge joins" in line for line in log)


def test_progress_of_a_run_is_kept_with_it(job_server: JobServer) -> None:
    job_server.create_job(
        "from isinglass_runtime import events\nimport time\nevents.progress(rows=5)\ntime.sleep(1000)",
        command="glueetl",
    )
    run_id = job_server.start()

    def progress() -> object:
        with job_server.store.read() as tx:
            run = tx.job_runs.find("123456789012", run_id)
        return run and run.progress

    assert eventually(progress) == {"rows": 5, "engine": "sail", "launches": 1}
    job_server.stop(run_id)
    job_server.wait(run_id)


def test_runs_that_end_while_others_are_queued_leave_none_waiting(job_server: JobServer) -> None:
    job_server.create_job("print(1)", JobRunQueuingEnabled=True, ExecutionProperty={"MaxConcurrentRuns": 2})
    started = [job_server.start() for _ in range(12)]
    states = [job_server.wait(run_id)["JobRunState"] for run_id in started]
    assert states == ["SUCCEEDED"] * 12
