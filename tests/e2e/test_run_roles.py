"""A run that policies limit may do what they allow, and sees nothing of the server it runs on."""

import json

import pytest
from identity_clients import trust
from server_fixtures import LiveServer, wait_for

from isinglass_runtime import confinement

ROLE, BUCKET = "careful", "careful-scripts"
SCRIPT = """
import boto3, os
from botocore.exceptions import ClientError

print(boto3.client("sts").get_caller_identity()["Arn"])
for service, call, request in [
    ("glue", "get_databases", {{}}),
    ("glue", "create_database", {{"DatabaseInput": {{"Name": "made"}}}}),
    ("s3", "put_object", {{"Bucket": {bucket!r}, "Key": "x", "Body": b""}}),
    ("iam", "create_user", {{"UserName": "eve"}}),
    ("sts", "assume_role", {{"RoleArn": {admin!r}, "RoleSessionName": "eve"}}),
]:
    try:
        getattr(boto3.client(service), call)(**request)
        print(call, "done")
    except ClientError as error:
        print(call, error.response["Error"]["Code"])
try:
    print(len(open({secret!r}).read()))
except OSError as error:
    print(type(error).__name__)
"""
MAY = [
    {"Effect": "Allow", "Action": "glue:Get*", "Resource": "*"},
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"},
]
SESSION = [
    {"Effect": "Allow", "Action": "glue:CreateDatabase", "Resource": "*"},
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
]
FOR_EVERYBODY = ["create_user AccessDenied", "assume_role AccessDenied", "PermissionError"]


def _policy(statements: list[dict[str, str]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.mark.skipif(not confinement.available(), reason="this kernel has no Landlock")
def test_run_may_do_what_its_role_and_its_session_policy_may(live_server: LiveServer, tmp_path) -> None:
    iam, glue, s3 = (live_server.client(service) for service in ("iam", "glue", "s3"))
    (tmp_path / "kept").write_text("secret")
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust({"Service": "glue.amazonaws.com"}))
    iam.put_role_policy(RoleName=ROLE, PolicyName="careful", PolicyDocument=_policy(MAY))
    admin = iam.create_role(RoleName="boss", AssumeRolePolicyDocument=trust({"AWS": live_server.account}))
    script = SCRIPT.format(bucket=BUCKET, admin=admin["Role"]["Arn"], secret=str(tmp_path / "kept"))
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="job.py", Body=script.encode())
    command = {"Name": "pythonshell", "ScriptLocation": f"s3://{BUCKET}/job.py"}

    def printed(role: str, **members: str) -> list[str]:
        arn = f"arn:aws:iam::{live_server.account}:role/{role}"
        glue.create_job(Name=f"{role}{len(members)}", Role=arn, Command=command)
        run = glue.start_job_run(JobName=f"{role}{len(members)}", **members)["JobRunId"]
        ended = {"SUCCEEDED", "FAILED"}
        wait_for(
            lambda: (
                glue.get_job_run(JobName=f"{role}{len(members)}", RunId=run)["JobRun"]["JobRunState"] in ended
            )
        )
        return live_server.cli("logs", run).stdout.splitlines()

    def identity(role: str) -> str:
        return f"arn:aws:sts::{live_server.account}:assumed-role/{role}/GlueJobRunnerSession"

    session = {"ExecutionRoleSessionPolicy": _policy(SESSION)}
    assert printed(ROLE) == [
        identity(ROLE),
        "get_databases done",
        "create_database AccessDeniedException",
        "put_object AccessDenied",
        *FOR_EVERYBODY,
    ]
    assert printed(ROLE, **session) == [
        identity(ROLE),
        "get_databases AccessDeniedException",
        "create_database AccessDeniedException",
        "put_object AccessDenied",
        *FOR_EVERYBODY,
    ]
    # A role that nobody defined may do nearly all, and its run see the server's files: not with a policy.
    assert printed("nobodys", **session) == [
        identity("nobodys"),
        "get_databases AccessDeniedException",
        "create_database done",
        "put_object AccessDenied",
        *FOR_EVERYBODY,
    ]
