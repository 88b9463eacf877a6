"""Jobs over HTTP: create, read, list, replace, delete."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

SCRIPT = {"Name": "glueetl", "ScriptLocation": "s3://scripts/job.py"}


def _code(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    return str(raised.value.response["Error"]["Code"])


def test_job_read_back_has_defaults_and_its_tags_apart(glue: Any) -> None:
    created = glue.create_job(Name="orders", Role="etl", Command=SCRIPT, Tags={"team": "sales"})
    job = glue.get_job(JobName="orders")["Job"]
    times = {job.pop("CreatedOn"), job.pop("LastModifiedOn")}
    assert (created["Name"], len(times)) == ("orders", 1)
    assert job == {
        "Name": "orders",
        "JobMode": "SCRIPT",
        "JobRunQueuingEnabled": False,
        "Role": "etl",
        "ExecutionProperty": {"MaxConcurrentRuns": 1},
        "Command": {**SCRIPT, "PythonVersion": "2"},
        "MaxRetries": 0,
        "AllocatedCapacity": 10,
        "Timeout": 480,
        "MaxCapacity": 10.0,
        "WorkerType": "G.1X",
        "NumberOfWorkers": 10,
        "GlueVersion": "5.1",
    }
    arn = "arn:aws:glue:eu-west-1:123456789012:job/orders"
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"team": "sales"}


def test_job_created_again_is_refused_by_what_differs(glue: Any) -> None:
    glue.create_job(Name="a", Role="r", Command=SCRIPT)
    assert _code(glue.create_job, Name="a", Role="r", Command=SCRIPT) == "AlreadyExistsException"
    assert (
        _code(glue.create_job, Name="a", Role="other", Command=SCRIPT)
        == "IdempotentParameterMismatchException"
    )


def test_job_update_clears_what_it_leaves_out(glue: Any) -> None:
    glue.create_job(Name="a", Role="r", Command=SCRIPT, Description="old", Timeout=5, MaxRetries=3)
    glue.update_job(JobName="a", JobUpdate={"Role": "r2", "Command": SCRIPT})
    job = glue.get_job(JobName="a")["Job"]
    assert (job["Role"], job.get("Description"), job["Timeout"], job["MaxRetries"]) == ("r2", None, 480, 0)
    assert _code(glue.update_job, JobName="a", JobUpdate={"Role": "r2"}) == "InvalidInputException"
    assert (
        _code(glue.update_job, JobName="b", JobUpdate={"Role": "r", "Command": SCRIPT})
        == "EntityNotFoundException"
    )


def test_job_deleted_twice_answers_its_name_and_is_gone(glue: Any) -> None:
    glue.create_job(Name="a", Role="r", Command=SCRIPT, Tags={"k": "v"})
    assert [glue.delete_job(JobName="a")["JobName"] for _ in range(2)] == ["a", "a"]
    assert _code(glue.get_job, JobName="a") == "EntityNotFoundException"
    assert _code(glue.start_job_run, JobName="a") == "EntityNotFoundException"
    assert _code(glue.get_job_runs, JobName="a") == "EntityNotFoundException"


def test_jobs_are_listed_in_pages_and_by_tags(glue: Any) -> None:
    for name in ("c", "a", "b"):
        glue.create_job(Name=name, Role="r", Command=SCRIPT, Tags={"of": name})
    pages = list(glue.get_paginator("get_jobs").paginate(PaginationConfig={"PageSize": 2}))
    assert [[job["Name"] for job in page["Jobs"]] for page in pages] == [["a", "b"], ["c"]]
    assert glue.list_jobs()["JobNames"] == ["a", "b", "c"]
    assert glue.list_jobs(Tags={"of": "b"})["JobNames"] == ["b"]
    batch = glue.batch_get_jobs(JobNames=["c", "x", "a"])
    assert ([job["Name"] for job in batch["Jobs"]], batch["JobsNotFound"]) == (["c", "a"], ["x"])


def test_jobs_of_another_account_are_not_seen(api: Any) -> None:
    api.client("glue").create_job(Name="a", Role="r", Command=SCRIPT)
    other = api.client("glue", "222222222222")
    assert other.list_jobs()["JobNames"] == []
    assert _code(other.get_job, JobName="a") == "EntityNotFoundException"


def test_runs_are_listed_newest_first_in_pages(glue: Any) -> None:
    glue.create_job(Name="a", Role="r", Command=SCRIPT, ExecutionProperty={"MaxConcurrentRuns": 3})
    started = [glue.start_job_run(JobName="a", Arguments={"--n": str(n)})["JobRunId"] for n in range(3)]
    pages = list(glue.get_paginator("get_job_runs").paginate(JobName="a", PaginationConfig={"PageSize": 2}))
    assert [run["Id"] for page in pages for run in page["JobRuns"]] == started[::-1]
    run = glue.get_job_run(JobName="a", RunId=started[0])["JobRun"]
    assert (run["JobRunState"], run["Arguments"], run["MaxCapacity"], run["LogGroupName"]) == (
        "STARTING",
        {"--n": "0"},
        10.0,
        "/aws-glue/jobs",
    )


def test_run_with_both_sizings_is_refused(glue: Any) -> None:
    glue.create_job(Name="a", Role="r", Command=SCRIPT)
    code = _code(glue.start_job_run, JobName="a", MaxCapacity=2.0, WorkerType="G.1X", NumberOfWorkers=2)
    assert code == "InvalidInputException"
    assert _code(glue.start_job_run, JobName="a", Arguments={"n": "1"}) == "InvalidInputException"


def test_stop_of_a_run_nobody_began_ends_it_at_once(glue: Any) -> None:
    glue.create_job(Name="a", Role="r", Command=SCRIPT)
    run_id = glue.start_job_run(JobName="a")["JobRunId"]
    glue.batch_stop_job_run(JobName="a", JobRunIds=[run_id])
    assert glue.get_job_run(JobName="a", RunId=run_id)["JobRun"]["JobRunState"] == "STOPPED"


READING = (
    '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "glue:Get*", "Resource": "*"}}'
)


def test_run_with_a_session_policy_shows_it_and_so_does_its_next_attempt(glue: Any) -> None:
    glue.create_job(Name="a", Role="r", Command=SCRIPT)
    first = glue.start_job_run(JobName="a", ExecutionRoleSessionPolicy=READING)["JobRunId"]
    glue.batch_stop_job_run(JobName="a", JobRunIds=[first])
    again = glue.start_job_run(JobName="a", JobRunId=first)["JobRunId"]
    assert [
        glue.get_job_run(JobName="a", RunId=run)["JobRun"]["ExecutionRoleSessionPolicy"]
        for run in (first, again)
    ] == [READING, READING]
    assert "ExecutionRoleSessionPolicy" not in glue.get_job(JobName="a")["Job"]


def test_run_with_a_malformed_session_policy_is_refused_and_starts_nothing(glue: Any) -> None:
    glue.create_job(Name="a", Role="r", Command=SCRIPT)
    refused = [
        _code(glue.start_job_run, JobName="a", ExecutionRoleSessionPolicy=policy)
        for policy in ('{"Statement": []}', "{}", "no policy", READING.replace("Action", "Aktion"))
    ]
    assert (refused, glue.get_job_runs(JobName="a")["JobRuns"]) == (["InvalidInputException"] * 4, [])
