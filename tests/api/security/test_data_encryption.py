"""What security configurations may ask for, and who may ask for them."""

import uuid
from typing import Any

import pytest
from api_fixtures import ROOT_ACCOUNT, Api
from botocore.exceptions import ClientError

UNKNOWN = f"arn:aws:kms:eu-west-1:{ROOT_ACCOUNT}:key/{uuid.UUID(int=1)}"
COMMAND = {"Name": "pythonshell", "ScriptLocation": "s3://b/s.py"}


@pytest.fixture
def key(api: Api) -> str:
    return str(api.client("kms").create_key()["KeyMetadata"]["Arn"])


def _error(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return str(error["Code"]), str(error["Message"])


def _all(key: str) -> dict[str, Any]:
    return {
        "S3Encryption": [{"S3EncryptionMode": "SSE-KMS", "KmsKeyArn": key}],
        "CloudWatchEncryption": {"CloudWatchEncryptionMode": "SSE-KMS", "KmsKeyArn": key},
        "JobBookmarksEncryption": {"JobBookmarksEncryptionMode": "CSE-KMS", "KmsKeyArn": key},
        "DataQualityEncryption": {"DataQualityEncryptionMode": "SSE-KMS", "KmsKeyArn": key},
    }


def test_terraform_makes_reads_and_destroys_a_security_configuration(glue: Any, key: str) -> None:
    """The calls of `aws_glue_security_configuration`: create, read, and read until it is gone."""
    given = {name: setting for name, setting in _all(key).items() if name != "DataQualityEncryption"}
    glue.create_security_configuration(Name="tf", EncryptionConfiguration=given)
    found = glue.get_security_configuration(Name="tf")["SecurityConfiguration"]
    assert (found["Name"], found["EncryptionConfiguration"]) == ("tf", given)
    glue.delete_security_configuration(Name="tf")
    gone = _error(glue.get_security_configuration, Name="tf")
    assert gone == ("EntityNotFoundException", "Security configuration tf not found.")


def test_security_configuration_takes_every_mode_and_reads_back(glue: Any, key: str) -> None:
    glue.create_security_configuration(Name="all", EncryptionConfiguration=_all(key))
    glue.create_security_configuration(
        Name="managed", EncryptionConfiguration={"S3Encryption": [{"S3EncryptionMode": "SSE-S3"}]}
    )
    found = glue.get_security_configurations()["SecurityConfigurations"]
    assert [(one["Name"], one["EncryptionConfiguration"]) for one in found] == [
        ("all", _all(key)),
        ("managed", {"S3Encryption": [{"S3EncryptionMode": "SSE-S3"}]}),
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"CloudWatchEncryption": {"CloudWatchEncryptionMode": "SSE-KMS"}},
            "CloudWatchEncryption SSE-KMS needs a KmsKeyArn: the key to encrypt with.",
        ),
        (
            {"S3Encryption": [{"KmsKeyArn": UNKNOWN}]},
            "S3Encryption has a KmsKeyArn and no S3EncryptionMode: it would encrypt nothing.",
        ),
        (
            {"CloudWatchEncryption": {"CloudWatchEncryptionMode": "SSE-KMS", "KmsKeyArn": "arn:aws:kms:x"}},
            "CloudWatchEncryption: Invalid arn arn:aws:kms:x",
        ),
        (
            {"S3Encryption": [{"S3EncryptionMode": "SSE-KMS", "KmsKeyArn": UNKNOWN}]},
            f"S3Encryption: The key {UNKNOWN} does not exist.",
        ),
        (
            {"JobBookmarksEncryption": {"JobBookmarksEncryptionMode": "CSE-KMS", "KmsKeyArn": UNKNOWN}},
            f"JobBookmarksEncryption: The key {UNKNOWN} does not exist.",
        ),
        (
            {"S3Encryption": [{"S3EncryptionMode": "SSE-S3"}, {"S3EncryptionMode": "DISABLED"}]},
            "S3Encryption has more than one setting: objects are encrypted once.",
        ),
    ],
)
def test_security_configuration_that_cannot_be_carried_out_is_refused(
    glue: Any, given: Any, message: str
) -> None:
    refused = _error(glue.create_security_configuration, Name="strict", EncryptionConfiguration=given)
    assert refused == ("InvalidInputException", message)
    assert glue.get_security_configurations()["SecurityConfigurations"] == []


def test_whether_another_account_has_a_key_is_not_told(api: Api, glue: Any) -> None:
    theirs = api.client("kms", "210987654321")
    made = theirs.create_key()["KeyMetadata"]
    theirs.create_alias(AliasName="alias/there", TargetKeyId=made["KeyId"])
    for name in ("alias/there", "alias/nowhere"):
        arn = f"arn:aws:kms:eu-west-1:210987654321:{name}"
        glue.create_security_configuration(Name=name[6:], EncryptionConfiguration=_all(arn))
    mistaken = f"arn:aws:kms:eu-west-1:{ROOT_ACCOUNT}:key/{made['KeyId']}"
    refused = _error(
        glue.create_security_configuration, Name="mistaken", EncryptionConfiguration=_all(mistaken)
    )
    assert refused == ("InvalidInputException", f"S3Encryption: The key {mistaken} does not exist.")


def test_runs_and_crawlers_need_security_configurations_that_are_there(glue: Any, key: str) -> None:
    glue.create_security_configuration(Name="strict", EncryptionConfiguration=_all(key))
    missing = "Security configuration lax not found."
    glue.create_job(Name="j", Role="r", Command=COMMAND, SecurityConfiguration="strict")
    crawler = {"Name": "c", "Role": "r", "Targets": {"S3Targets": [{"Path": "s3://b/x"}]}}
    glue.create_crawler(**crawler, DatabaseName="d", CrawlerSecurityConfiguration="strict")
    invalid, unknown = ("InvalidInputException", missing), ("EntityNotFoundException", missing)
    assert _error(glue.start_job_run, JobName="j", SecurityConfiguration="lax") == unknown
    crawler["Name"] = "d"
    assert _error(glue.create_crawler, **crawler, CrawlerSecurityConfiguration="lax") == invalid
    assert _error(glue.update_crawler, Name="c", CrawlerSecurityConfiguration="lax") == unknown
    glue.delete_security_configuration(Name="strict")
    gone = ("EntityNotFoundException", "Security configuration strict not found.")
    assert _error(glue.start_job_run, JobName="j") == gone
    assert _error(glue.start_crawler, Name="c") == gone


def test_job_names_a_security_configuration_that_comes_later(glue: Any, key: str) -> None:
    """As in Glue: what defines both may define them in any order, and no run starts without it."""
    missing = ("EntityNotFoundException", "Security configuration later not found.")
    job = {"Role": "r", "Command": COMMAND, "SecurityConfiguration": "later"}
    glue.create_job(Name="j", **job)
    glue.update_job(JobName="j", JobUpdate=job)
    assert _error(glue.start_job_run, JobName="j") == missing
    glue.create_security_configuration(Name="later", EncryptionConfiguration=_all(key))
    assert glue.get_job(JobName="j")["Job"]["SecurityConfiguration"] == "later"
    assert glue.start_job_run(JobName="j")["JobRunId"].startswith("jr_")


def test_run_keeps_what_its_security_configuration_said(api: Api, glue: Any, key: str) -> None:
    glue.create_security_configuration(Name="strict", EncryptionConfiguration=_all(key))
    glue.create_job(Name="j", Role="r", Command=COMMAND)
    run = glue.start_job_run(JobName="j", SecurityConfiguration="strict")["JobRunId"]
    glue.delete_security_configuration(Name="strict")
    assert glue.get_job_run(JobName="j", RunId=run)["JobRun"]["SecurityConfiguration"] == "strict"
    with api.store.read() as tx:
        found = tx.job_runs.find(ROOT_ACCOUNT, run)
    assert found is not None
    assert found.encryption == _all(key)
