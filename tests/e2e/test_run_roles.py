"""A run of a defined role may do what the role may, and sees nothing of the server it runs on."""

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


@pytest.mark.skipif(not confinement.available(), reason="this kernel has no Landlock")
def test_run_of_a_defined_role_may_do_what_the_role_may(live_server: LiveServer, tmp_path) -> None:
    iam, glue, s3 = (live_server.client(service) for service in ("iam", "glue", "s3"))
    (tmp_path / "kept").write_text("secret")
    policy = json.dumps({"Version": "2012-10-17", "Statement": MAY})
    role = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust({"Service": "glue.amazonaws.com"}))
    iam.put_role_policy(RoleName=ROLE, PolicyName="careful", PolicyDocument=policy)
    admin = iam.create_role(RoleName="boss", AssumeRolePolicyDocument=trust({"AWS": live_server.account}))
    script = SCRIPT.format(bucket=BUCKET, admin=admin["Role"]["Arn"], secret=str(tmp_path / "kept"))
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="job.py", Body=script.encode())
    command = {"Name": "pythonshell", "ScriptLocation": f"s3://{BUCKET}/job.py"}
    glue.create_job(Name="careful", Role=role["Role"]["Arn"], Command=command)
    run = glue.start_job_run(JobName="careful")["JobRunId"]
    wait_for(
        lambda: (
            glue.get_job_run(JobName="careful", RunId=run)["JobRun"]["JobRunState"] in {"SUCCEEDED", "FAILED"}
        )
    )
    assert live_server.cli("logs", run).stdout.splitlines() == [
        f"arn:aws:sts::{live_server.account}:assumed-role/{ROLE}/GlueJobRunnerSession",
        "get_databases done",
        "create_database AccessDeniedException",
        "put_object AccessDenied",
        "create_user AccessDenied",
        "assume_role AccessDenied",
        "PermissionError",
    ]
