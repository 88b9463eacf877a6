"""Usage profiles limit the jobs of the users and roles that are tagged with them."""

from typing import Any

import pytest
from api_fixtures import Api
from identity_clients import allowing, client_of, error_of, trust

PROFILE = {
    "JobConfiguration": {
        "workerType": {"DefaultValue": "G.1X", "AllowedValues": ["G.1X", "G.2X"]},
        "numberOfWorkers": {"DefaultValue": "5", "MinValue": "2", "MaxValue": "10"},
        "timeout": {"DefaultValue": "60", "MaxValue": "120"},
        "--sizing": {"AllowedValues": ["small"]},
    }
}
COMMAND = {"Name": "glueetl", "ScriptLocation": "s3://b/x.py"}


@pytest.fixture
def ana(api: Api, iam: Any) -> Any:
    """A Glue client of a user who may do everything and is tagged with a profile."""
    api.client("glue").create_usage_profile(Name="small", Configuration=PROFILE)
    role = iam.create_role(RoleName="etl", AssumeRolePolicyDocument=trust({"Service": "glue.amazonaws.com"}))
    iam.create_user(UserName="ana", Tags=[{"Key": "glue:UsageProfile", "Value": "small"}])
    iam.put_user_policy(UserName="ana", PolicyName="all", PolicyDocument=allowing("*"))
    glue = client_of(api, iam, "ana", "glue")
    glue.role = role["Role"]["Arn"]
    return glue


def test_job_of_a_limited_user_gets_the_defaults_of_its_profile(ana: Any) -> None:
    ana.create_job(Name="a", Role=ana.role, Command=COMMAND)
    job = ana.get_job(JobName="a")["Job"]
    members = ("WorkerType", "NumberOfWorkers", "Timeout", "ProfileName")
    assert [job[member] for member in members] == ["G.1X", 5, 60, "small"]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"WorkerType": "G.1X", "NumberOfWorkers": 11}, "allows numberOfWorkers from 2 to 10, not 11"),
    ({"WorkerType": "G.8X", "NumberOfWorkers": 2}, "allows workerType to be G.1X, G.2X, not G.8X"),
    ({"Timeout": 121}, "allows timeout from any to 120, not 121"),
    ({"MaxCapacity": 2.0}, "limits workerType: give WorkerType and NumberOfWorkers, not MaxCapacity"),
    ({"DefaultArguments": {"--sizing": "big"}}, "allows --sizing to be small, not big"),
]


@pytest.mark.parametrize(("members", "message"), REFUSED)
def test_job_outside_of_the_profile_is_refused(
    api: Api, ana: Any, members: dict[str, Any], message: str
) -> None:
    refused = ("InvalidInputException", f"Usage profile small {message}")
    assert error_of(ana.create_job, Name="a", Role=ana.role, Command=COMMAND, **members) == refused
    owner = api.client("glue")
    owner.create_job(Name="a", Role=ana.role, Command=COMMAND, **members)  # nothing limits the account
    assert "ProfileName" not in owner.get_job(JobName="a")["Job"]
    update = {"Role": ana.role, "Command": COMMAND, **members}
    assert error_of(ana.update_job, JobName="a", JobUpdate=update) == refused


def test_run_outside_of_the_profile_is_refused(api: Api, ana: Any) -> None:
    ana.create_job(Name="a", Role=ana.role, Command=COMMAND)
    code, message = error_of(ana.start_job_run, JobName="a", WorkerType="G.1X", NumberOfWorkers=11)
    assert (code, message.endswith("not 11")) == ("InvalidInputException", True)
    assert error_of(ana.start_job_run, JobName="a", Arguments={"--sizing": "big"})[0] == code
    run = ana.start_job_run(JobName="a", NumberOfWorkers=2, WorkerType="G.2X")["JobRunId"]
    assert ana.get_job_run(JobName="a", RunId=run)["JobRun"]["ProfileName"] == "small"


def test_profile_that_does_not_exist_is_told_of(iam: Any, ana: Any) -> None:
    iam.tag_user(UserName="ana", Tags=[{"Key": "glue:UsageProfile", "Value": "gone"}])
    code, message = error_of(ana.create_job, Name="a", Role=ana.role, Command=COMMAND)
    assert (code, "usage profile gone, which does not exist" in message) == ("InvalidInputException", True)
