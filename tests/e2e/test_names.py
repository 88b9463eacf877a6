"""Names with tricks in them: taken for what they are, or refused; never a path, a statement or a log line."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from server_fixtures import LiveServer, wait_for

TAKEN = [
    "../../../etc/evil", "..", ".", "a/b", "a\\b", "x'; drop table jobs; --", "%2e%2e%2f", " ", "日本", "😀", "a\u202eb",
    "ü" * 200, "x" * 255, "CON",
]  # fmt: skip
REFUSED = ["", "x" * 256, "a\x00b", "a\nb"]


def _calls(glue: Any, name: str, bucket: str) -> list[Any]:
    """Gather calls that make a thing of each kind by this name."""
    command = {"Name": "pythonshell", "ScriptLocation": f"s3://{bucket}/job.py"}
    targets = {"S3Targets": [{"Path": f"s3://{bucket}/raw/"}]}
    return [
        lambda: glue.create_database(DatabaseInput={"Name": name}),
        lambda: glue.create_table(DatabaseName=name, TableInput={"Name": name}),
        lambda: glue.create_job(Name=name, Role="r", Command=command),
        lambda: glue.create_crawler(Name=name, Role="r", DatabaseName="raw", Targets=targets),
    ]


@pytest.mark.parametrize("name", TAKEN)
def test_name_with_tricks_names_a_thing_that_works(live_server: LiveServer, new_account: str, name: str):
    glue, logs, s3 = (live_server.client(service, new_account) for service in ("glue", "logs", "s3"))
    own = f"names-{new_account}"
    s3.create_bucket(Bucket=own)
    s3.put_object(Bucket=own, Key="job.py", Body=b"print('ran')")
    s3.put_object(Bucket=own, Key="raw/t/a.csv", Body=b"id,name\n1,x\n")
    for call in _calls(glue, name, own):
        call()
    run = glue.start_job_run(JobName=name)["JobRunId"]
    glue.start_crawler(Name=name)
    assert glue.get_table(DatabaseName=name, Name=name)["Table"]["Name"] == name.lower()
    wait_for(lambda: glue.get_job_run(JobName=name, RunId=run)["JobRun"]["JobRunState"] == "SUCCEEDED")
    wait_for(lambda: glue.get_crawler(Name=name)["Crawler"].get("LastCrawl", {}).get("Status") == "SUCCEEDED")
    assert [found["Name"] for found in glue.get_tables(DatabaseName="raw")["TableList"]] == ["t"]
    stream = glue.get_crawler(Name=name)["Crawler"]["LastCrawl"]["LogStream"]
    events = logs.get_log_events(logGroupName="/aws-glue/crawlers", logStreamName=stream)["events"]
    assert events
    assert not Path("/etc/evil").exists()


@pytest.mark.parametrize("name", REFUSED)
def test_name_that_cannot_be_is_refused_for_every_kind(live_server: LiveServer, name: str):
    glue = live_server.client("glue", parameter_validation=False)
    for call in _calls(glue, name, "none"):
        with pytest.raises(ClientError) as refused:
            call()
        assert refused.value.response["Error"]["Code"] == "ValidationException"
