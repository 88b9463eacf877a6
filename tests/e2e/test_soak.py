"""Many clients and many runs at once on a small machine: all is answered, all runs end, each log is whole."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from server_fixtures import LiveServer, wait_for

pytestmark = pytest.mark.slow

RUNS, LINES, THREADS, SECONDS = 20, 200, 50, 10
CHATTY = f"for n in range({LINES}): print('line', n)\n"
OVER = {"SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR"}


def test_many_runs_at_once_all_end_with_whole_logs(live_server: LiveServer, new_account: str):
    glue, logs = live_server.client("glue", new_account), live_server.client("logs", new_account)
    s3, bucket = live_server.client("s3", new_account), f"soak-{new_account}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="job.py", Body=CHATTY.encode())
    commands = {"a": "glueetl", "b": "pythonshell", "c": "pythonshell", "d": "pythonshell"}
    for name, command in commands.items():
        glue.create_job(
            Name=name,
            Role="r",
            Command={"Name": command, "ScriptLocation": f"s3://{bucket}/job.py"},
            ExecutionProperty={"MaxConcurrentRuns": RUNS},
        )
    with ThreadPoolExecutor(RUNS) as pool:
        names = [sorted(commands)[number % len(commands)] for number in range(RUNS)]
        started = list(pool.map(lambda name: (name, glue.start_job_run(JobName=name)["JobRunId"]), names))

    def all_ended() -> list[dict[str, Any]]:
        runs = [glue.get_job_run(JobName=name, RunId=run_id)["JobRun"] for name, run_id in started]
        return runs if all(run["JobRunState"] in OVER for run in runs) else []

    ended = wait_for(all_ended, 120)
    assert Counter(run["JobRunState"] for run in ended) == {"SUCCEEDED": RUNS}
    assert len({run["Id"] for run in ended}) == RUNS
    for name, run_id in started:
        group = "/aws-glue/jobs/output" if commands[name] == "glueetl" else "/aws-glue/python-jobs/output"
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, logStreamNames=[run_id])
        said = [event["message"] for page in pages for event in page["events"]]
        assert said == [f"line {n}" for n in range(LINES)]


def _life_of_tables(glue: Any, s3: Any, number: int) -> None:
    """Make, read, change and delete a database of one's own, and read what is everybody's."""
    mine = f"soak_{number}_{threading.get_ident() % 1000}"
    glue.create_database(DatabaseInput={"Name": mine})
    for table in ("one", "two"):
        keys = [{"Name": "day", "Type": "string"}]
        glue.create_table(DatabaseName=mine, TableInput={"Name": table, "PartitionKeys": keys})
    inputs = [{"Values": [str(day)]} for day in range(20)]
    assert (
        glue.batch_create_partition(DatabaseName=mine, TableName="one", PartitionInputList=inputs)["Errors"]
        == []
    )
    found = glue.get_partitions(DatabaseName=mine, TableName="one", Expression="day < '15'")["Partitions"]
    assert sorted(partition["Values"][0] for partition in found) == ["0", "1", "10", "11", "12", "13", "14"]
    glue.update_table(DatabaseName=mine, TableInput={"Name": "two", "Description": mine})
    assert glue.get_table(DatabaseName=mine, Name="two")["Table"]["Description"] == mine
    glue.get_databases(MaxResults=5)
    s3.put_object(Bucket=s3.bucket, Key=f"{mine}/a", Body=b"x" * 1000)
    assert s3.list_objects_v2(Bucket=s3.bucket, Prefix=f"{mine}/")["KeyCount"] == 1
    # All write the same table: each update wins or is told that it did not.
    with contextlib.suppress(glue.exceptions.ConcurrentModificationException):
        glue.update_table(DatabaseName="shared", TableInput={"Name": "shared", "Description": mine})
    glue.delete_database(Name=mine)


def test_many_clients_at_once_get_no_server_error(live_server: LiveServer, new_account: str):
    glue = live_server.client("glue", new_account, max_pool_connections=THREADS)
    s3 = live_server.client("s3", new_account, max_pool_connections=THREADS)
    s3.bucket = f"soak2-{new_account}"
    s3.create_bucket(Bucket=s3.bucket)
    glue.create_database(DatabaseInput={"Name": "shared"})
    glue.create_table(DatabaseName="shared", TableInput={"Name": "shared"})
    deadline = time.monotonic() + SECONDS
    rounds: Counter[int] = Counter()

    def work(number: int) -> None:
        while time.monotonic() < deadline:
            _life_of_tables(glue, s3, number)
            rounds[number] += 1

    failures = _gather(work)
    assert failures == []
    assert min(rounds[number] for number in range(THREADS)) >= 1
    assert [found["Name"] for found in glue.get_databases()["DatabaseList"]] == ["shared"]


def _gather(work: Callable[[int], None]) -> list[str]:
    """Run the work in every thread; returns what went wrong."""
    with ThreadPoolExecutor(THREADS) as pool:
        futures = [pool.submit(work, number) for number in range(THREADS)]
        errors = [error for future in futures if (error := future.exception()) is not None]
    return [
        f"{error.operation_name}: {error}" if isinstance(error, ClientError) else repr(error)
        for error in errors
    ]
