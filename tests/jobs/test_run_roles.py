"""Runs of roles that nobody defined, and which role a run's key is of; defined ones: tests/e2e/test_run_roles.py."""

import time

from api_fixtures import ROOT_ACCOUNT
from identity_clients import trust
from job_fixtures import JobServer

DATABASES = ["sqlite"]

SCRIPT = """
import boto3
from botocore.exceptions import ClientError

print(boto3.client("sts").get_caller_identity()["Arn"])
for service, call, request in [
    ("glue", "get_databases", {}),
    ("glue", "create_database", {"DatabaseInput": {"Name": "made"}}),
    ("iam", "create_user", {"UserName": "eve"}),
    ("sts", "assume_role", {"RoleArn": "arn:aws:iam::123456789012:role/admin", "RoleSessionName": "eve"}),
]:
    try:
        getattr(boto3.client(service), call)(**request)
        print(call, "done")
    except ClientError as error:
        print(call, error.response["Error"]["Code"])
"""


def _printed(job_server: JobServer) -> list[str]:
    run_id = job_server.start()
    job_server.wait(run_id)
    return [line[2:] for line in job_server.log(run_id) if line.startswith("O ")]


def test_run_of_an_undefined_role_becomes_nobody_else(job_server: JobServer) -> None:
    iam = job_server.api.client("iam")
    iam.create_role(RoleName="admin", AssumeRolePolicyDocument=trust({"AWS": ROOT_ACCOUNT}))
    job_server.create_job(SCRIPT)
    assert _printed(job_server)[1:] == [
        "get_databases done",
        "create_database done",
        "create_user AccessDenied",
        "assume_role AccessDenied",
    ]


def test_key_of_a_run_names_the_role_by_its_whole_arn(job_server: JobServer) -> None:
    iam, now = job_server.api.client("iam"), time.time()
    role = iam.create_role(RoleName="role", Path="/team/", AssumeRolePolicyDocument=trust({"AWS": "*"}))[
        "Role"
    ]
    held = []
    for given in (
        role["Arn"],
        "role",
        f"arn:aws:iam::{ROOT_ACCOUNT}:role/role",
        "arn:aws:iam::999999999999:role/role",
    ):
        with job_server.store.begin() as tx:
            keys = job_server.queries.keys.issue(
                tx, account_id=ROOT_ACCOUNT, role=given, session="s", now=now, expires_at=now + 60.0
            )
            key = tx.access_keys.find(keys.access_key_id)
            assert key is not None
            held.append((key.identity_id == role["RoleId"], keys.limited, key.principal_arn))
    session = f"arn:aws:sts::{ROOT_ACCOUNT}:assumed-role/role/s"
    assert held == [(True, True, session), *[(False, False, session)] * 3]
