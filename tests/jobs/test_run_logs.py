"""Logs of runs over the CloudWatch API: groups, streams, tail, search."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from job_fixtures import JobServer, eventually

#: What is tried here depends on no database.
DATABASES = ["sqlite"]


def _messages(answer: Any) -> list[str]:
    return [event["message"] for event in answer["events"]]


def test_log_of_a_run_is_tailed_while_it_runs(job_server: JobServer) -> None:
    go = job_server.folder / "go"
    script = f"import os, time\nprint('first')\nwhile not os.path.exists({str(go)!r}): time.sleep(0.05)\nprint('last')\n"
    job_server.create_job(script)
    logs = job_server.api.client("logs")
    stream = {"logGroupName": "/aws-glue/python-jobs/output", "logStreamName": job_server.start()}

    def read(token: str | None = None) -> Any:
        try:
            return logs.get_log_events(
                startFromHead=True, **stream, **({"nextToken": token} if token else {})
            )
        except logs.exceptions.ResourceNotFoundException:
            return {"events": []}

    first = eventually(lambda: answer if _messages(answer := read()) else None)
    assert _messages(first) == ["first"]
    waiting = read(first["nextForwardToken"])
    assert (_messages(waiting), waiting["nextForwardToken"]) == ([], first["nextForwardToken"])
    go.touch()
    job_server.wait(stream["logStreamName"])
    assert _messages(read(first["nextForwardToken"])) == ["last"]


def test_logs_are_searched_across_streams_in_pages(job_server: JobServer) -> None:
    job_server.create_job("import sys\nfor n in range(3): print('line', n)\nprint('bad', file=sys.stderr)")
    ids = []
    for _ in range(2):
        ids.append(job_server.start())
        job_server.wait(ids[-1])
    logs = job_server.api.client("logs")
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    assert groups == ["/aws-glue/python-jobs/error", "/aws-glue/python-jobs/output"]
    paginator = logs.get_paginator("filter_log_events")
    pages = paginator.paginate(
        logGroupName="/aws-glue/python-jobs/output", filterPattern="line -1", PaginationConfig={"PageSize": 3}
    )
    found = [[(event["logStreamName"], event["message"]) for event in page["events"]] for page in pages]
    assert found == [[(ids[0], "line 0"), (ids[0], "line 2"), (ids[1], "line 0")], [(ids[1], "line 2")]]
    errors = logs.filter_log_events(logGroupName="/aws-glue/python-jobs/error", logStreamNames=[ids[1]])
    assert _messages(errors) == ["bad"]
    described = logs.describe_log_streams(
        logGroupName="/aws-glue/python-jobs/output", orderBy="LastEventTime", descending=True
    )
    assert [stream["logStreamName"] for stream in described["logStreams"]] == ids[::-1]


def test_logs_of_another_account_are_not_seen(job_server: JobServer) -> None:
    job_server.create_job("print('mine')")
    run_id = job_server.start()
    job_server.wait(run_id)
    other = job_server.api.client("logs", "222222222222")
    assert other.describe_log_groups()["logGroups"] == []
    for name in (run_id, f"../../123456789012/python-jobs/{run_id}"):
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            other.get_log_events(logGroupName="/aws-glue/python-jobs/output", logStreamName=name)
