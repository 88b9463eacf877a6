"""Runs under a security configuration leave nothing in the clear: neither objects nor logs."""

import json
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from identity_clients import trust
from server_fixtures import LiveServer, start_server, stop_server, wait_for

BUCKET = "vaulted"
#: The marker is made by the script itself: what a script and its arguments hold is no secret.
SCRIPT = """
import sys, boto3
from awsglue.context import GlueContext
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["backwards", "target"])
marker, target = args["backwards"][::-1], args["target"]
glue = GlueContext(SparkContext.getOrCreate())
frame = glue.spark_session.createDataFrame([(1, marker), (2, marker)], ["id", "text"])
frame.write.mode("overwrite").parquet(f"{target}/native")
frame.write.mode("overwrite").csv(f"{target}/text")
from awsglue.dynamicframe import DynamicFrame
glue.write_dynamic_frame.from_options(
    DynamicFrame.fromDF(frame, glue, "f"), "s3", {"path": f"{target}/glue"}, format="json"
)
bucket, _, key = target.removeprefix("s3://").partition("/")
boto3.client("s3").put_object(Bucket=bucket, Key=f"{key}/by-hand", Body=marker.encode())
assert glue.spark_session.read.parquet(f"{target}/native").count() == 2
print("printed", marker)
print("complained", marker, file=sys.stderr)
"""
FAILING = """
import sys
from awsglue.utils import getResolvedOptions
marker = getResolvedOptions(sys.argv, ["backwards"])["backwards"][::-1]
print(marker)
def fall(text):
    sys.stderr.write(text)
    raise SystemExit(3)
fall(marker)
"""


@dataclass
class Vault:
    """A server whose data lies where tests look, and a key."""

    server: LiveServer
    glue: Any
    s3: Any
    kms: Any
    key: str

    def configure(self, name: str, *, objects: str = "DISABLED", logs: str = "DISABLED") -> str:
        """Make a security configuration with the key."""
        self.glue.create_security_configuration(
            Name=name,
            EncryptionConfiguration={
                "S3Encryption": [{"S3EncryptionMode": objects, "KmsKeyArn": self.key}],
                "CloudWatchEncryption": {"CloudWatchEncryptionMode": logs, "KmsKeyArn": self.key},
                "JobBookmarksEncryption": {
                    "JobBookmarksEncryptionMode": "CSE-KMS", "KmsKeyArn": self.key,
                },
            },
        )  # fmt: skip
        return name

    def role(self, name: str, *actions: str) -> str:
        """Make a role that may do this; returns its ARN."""
        iam = self.server.client("iam")
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"Service": "glue.amazonaws.com"}))
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_role_policy(RoleName=name, PolicyName="only", PolicyDocument=document)
        return f"arn:aws:iam::{self.server.account}:role/{name}"

    def run(self, role: str, marker: str, script: str = SCRIPT, **members: Any) -> dict[str, Any]:
        """Run a script to its end; returns the run."""
        name = f"job-{uuid.uuid4().hex[:8]}"
        self.s3.put_object(Bucket=BUCKET, Key=f"scripts/{name}.py", Body=script.encode())
        kind = "glueetl" if script is SCRIPT else "pythonshell"
        command = {"Name": kind, "ScriptLocation": f"s3://{BUCKET}/scripts/{name}.py"}
        self.glue.create_job(Name=name, Role=role, Command=command, **members)
        arguments = {"--backwards": marker[::-1], "--target": f"s3://{BUCKET}/{name}"}
        run = self.glue.start_job_run(JobName=name, Arguments=arguments)["JobRunId"]

        def ended() -> Any:
            found = self.glue.get_job_run(JobName=name, RunId=run)["JobRun"]
            return found if found["JobRunState"] in {"SUCCEEDED", "FAILED"} else None

        return dict(wait_for(ended, 120.0))

    def encryption(self, prefix: str) -> set[tuple[str | None, str | None]]:
        """Tell how all objects below a prefix are encrypted."""
        listed = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]
        heads = [self.s3.head_object(Bucket=BUCKET, Key=one["Key"]) for one in listed]
        return {(head.get("ServerSideEncryption"), head.get("SSEKMSKeyId")) for head in heads}

    def on_disk(self, text: str) -> list[str]:
        """Name the files of the server that hold a text."""
        found = subprocess.run(
            ["grep", "-rlaF", text, str(self.server.home)], capture_output=True, text=True, check=False
        )
        return [str(Path(path).relative_to(self.server.home)) for path in found.stdout.splitlines()]


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    server = start_server(tmp_path_factory.mktemp("vault"))
    kms = server.client("kms")
    made = Vault(
        server, server.client("glue"), server.client("s3"), kms, kms.create_key()["KeyMetadata"]["Arn"]
    )
    made.s3.create_bucket(Bucket=BUCKET)
    yield made
    assert stop_server(server) == 0


@pytest.fixture
def marker() -> str:
    return f"marker-{uuid.uuid4().hex}"


@pytest.fixture(scope="module")
def trusted(vault: Vault) -> str:
    return vault.role("trusted", "s3:*", "glue:*", "kms:GenerateDataKey", "kms:Decrypt")


def test_run_encrypts_all_it_writes_and_its_log(vault: Vault, trusted: str, marker: str) -> None:
    strict = vault.configure("strict", objects="SSE-KMS", logs="SSE-KMS")
    run = vault.run(trusted, marker, SecurityConfiguration=strict)
    assert (run["JobRunState"], run.get("ErrorMessage")) == ("SUCCEEDED", None)
    assert run["SecurityConfiguration"] == strict
    assert vault.encryption(f"{run['JobName']}/") == {("aws:kms", vault.key)}
    assert vault.on_disk(marker) == []
    shown = vault.server.cli("logs", run["Id"])
    assert f"printed {marker}" in shown.stdout
    assert f"complained {marker}" in shown.stdout + shown.stderr
    logs = vault.server.client("logs")
    group = {"logGroupName": "/aws-glue/jobs/output"}
    events = logs.get_log_events(**group, logStreamName=run["Id"], startFromHead=True)["events"]
    found = logs.filter_log_events(**group, filterPattern=f'"{marker}"')["events"]
    assert f"printed {marker}" in [event["message"] for event in events]
    assert [event["logStreamName"] for event in found] == [run["Id"]]
    vault.kms.disable_key(KeyId=vault.key)
    with pytest.raises(ClientError) as caught:
        logs.get_log_events(**group, logStreamName=run["Id"])
    vault.kms.enable_key(KeyId=vault.key)
    assert f"The key {vault.key} is disabled." in str(caught.value)


def test_run_without_security_configuration_leaves_both_in_the_clear(
    vault: Vault, trusted: str, marker: str
) -> None:
    run = vault.run(trusted, marker)
    assert run["JobRunState"] == "SUCCEEDED"
    assert vault.encryption(f"{run['JobName']}/") == {(None, None)}
    places = {
        "objects" if "objects" in Path(path).parts else Path(path).parts[-2] for path in vault.on_disk(marker)
    }
    assert places == {"objects", "jobs"}


def test_run_under_s3_managed_keys_encrypts_objects_alone(vault: Vault, trusted: str, marker: str) -> None:
    managed = vault.configure("managed", objects="SSE-S3")
    run = vault.run(trusted, marker, SecurityConfiguration=managed)
    assert run["JobRunState"] == "SUCCEEDED"
    assert vault.encryption(f"{run['JobName']}/") == {("AES256", None)}
    assert {Path(path).name for path in vault.on_disk(marker)} == {f"{run['Id']}.log"}


def test_run_that_fails_leaves_its_log_encrypted(vault: Vault, trusted: str, marker: str) -> None:
    logs = vault.configure("logs", logs="SSE-KMS")
    run = vault.run(trusted, marker, FAILING, SecurityConfiguration=logs)
    assert run["JobRunState"] == "FAILED"
    assert vault.on_disk(marker) == []
    assert marker in vault.server.cli("logs", run["Id"]).stdout


def test_run_whose_role_may_not_use_the_key_is_not_executed(vault: Vault, marker: str) -> None:
    poor = vault.role("poor", "s3:*", "glue:*")
    both = vault.configure("both", objects="SSE-KMS", logs="SSE-KMS")
    run = vault.run(poor, marker, FAILING, SecurityConfiguration=both)
    expected = f"is not authorized to perform: kms:GenerateDataKey on resource: {vault.key}"
    assert (run["JobRunState"], expected in run["ErrorMessage"]) == ("FAILED", True)
    assert run["ErrorMessage"].startswith("The log cannot be encrypted as the security configuration says.")
    objects = vault.configure("objects", objects="SSE-KMS")
    run = vault.run(poor, marker, SecurityConfiguration=objects)
    assert (run["JobRunState"], "kms:GenerateDataKey" in run["ErrorMessage"]) == ("FAILED", True)


def test_crawls_and_statistics_encrypt_their_logs(vault: Vault, trusted: str) -> None:
    table = f"t{uuid.uuid4().hex}"
    both = vault.configure("crawls", logs="SSE-KMS")
    vault.s3.put_object(Bucket=BUCKET, Key=f"raw/{table}/a.csv", Body=b"id,name\n1,a\n2,b\n")
    vault.glue.create_database(DatabaseInput={"Name": "lake"})
    vault.glue.create_crawler(
        Name="c", Role="trusted", DatabaseName="lake", CrawlerSecurityConfiguration=both,
        Targets={"S3Targets": [{"Path": f"s3://{BUCKET}/raw/{table}/"}]},
    )  # fmt: skip
    vault.glue.start_crawler(Name="c")
    wait_for(lambda: vault.glue.get_crawler(Name="c")["Crawler"]["State"] == "READY", 60.0)
    crawl = vault.glue.get_crawler(Name="c")["Crawler"]["LastCrawl"]
    assert (crawl["Status"], crawl.get("ErrorMessage")) == ("SUCCEEDED", None)
    started = vault.glue.start_column_statistics_task_run(
        DatabaseName="lake", TableName=table, Role=trusted, SecurityConfiguration=both
    )["ColumnStatisticsTaskRunId"]

    def ended() -> Any:
        found = vault.glue.get_column_statistics_task_run(ColumnStatisticsTaskRunId=started)
        return found["ColumnStatisticsTaskRun"]["Status"] in {"SUCCEEDED", "FAILED"}

    wait_for(ended, 60.0)
    logs = vault.server.client("logs")
    for group, stream in (("crawlers", "c"), ("column-statistics", started)):
        name = f"/aws-glue/{group}"
        events = logs.get_log_events(logGroupName=name, logStreamName=stream)["events"]
        assert any(table in event["message"] for event in events), group
        (log,) = vault.server.home.rglob(f"logs/*/{group}/*.log")
        assert table.encode() not in log.read_bytes()
        assert log.read_bytes().startswith(f"key {vault.key} ".encode())
