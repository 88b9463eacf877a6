"""Catalogs that come from somewhere else: a live endpoint through boto3, and dumps of Hive metastores."""

from dataclasses import replace
from pathlib import Path

import pytest
from api_fixtures import REGION, ROOT_ACCOUNT
from transfer_fixtures import EVERYTHING, Mover, without_header

from isinglass.transfer.aws_glue import open_account
from isinglass.transfer.calling import CallFailed, Patient
from isinglass.transfer.hive.metastore import hive_entries
from isinglass.transfer.importing import import_records
from isinglass.transfer.mapping import parse_remap
from isinglass.transfer.putting import Target
from isinglass.transfer.records import encode
from isinglass.transfer.report import Choices, Report

DATABASES = ["sqlite"]
DUMPS = Path(__file__).parents[2] / "data" / "hive"
NAMES = ["hive-2.mysql-complete", "hive-3.mysql", "hive-4.postgresql-copy", "hive-4.postgresql-inserts"]


@pytest.fixture
def account(api, monkeypatch):
    """Open the root account as the AWS tools would: by variables."""
    keys = api.credentials_of(ROOT_ACCOUNT)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys.secret_access_key)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    return open_account(None, REGION, api.url)


def test_live_account_read_through_boto3_is_the_same_file(api, account):
    mover = Mover(api)
    mover.put(ROOT_ACCOUNT, records_of("hive-3.mysql"))
    assert (account.account_id, account.region) == (ROOT_ACCOUNT, REGION)
    exported = mover.export(ROOT_ACCOUNT, glue=Patient(account.glue), segments=3)
    assert exported == mover.export(ROOT_ACCOUNT)
    assert b'"Kind":"PartitionStatistics"' in exported


def test_refusals_of_a_live_account_keep_their_code(account):
    with pytest.raises(CallFailed) as failed:
        account.glue.call("GetDatabase", {"Name": "nope"})
    assert (failed.value.code, failed.value.message) == (
        "EntityNotFoundException",
        "Database nope not found.",
    )


def test_nobody_at_the_endpoint_is_told(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(CallFailed, match="Could not connect to the endpoint URL"):
        open_account(None, REGION, "http://127.0.0.1:1")


def records_of(name, note=lambda _: None):
    return b"".join(
        encode(entry.record) for entry in hive_entries(str(DUMPS / f"{name}.sql.gz"), "hive", note)
    )


def test_dumps_of_every_version_and_program_give_the_same_records():
    expected = (DUMPS / "expected.jsonl").read_bytes()
    assert {name: records_of(name) == expected for name in NAMES} == dict.fromkeys(NAMES, True)


def test_what_a_dump_has_and_glue_has_not_is_told():
    notes: list[str] = []
    records_of("hive-3.mysql", notes.append)
    assert notes == [
        "1 databases of catalog spark are left out; --hive-catalog spark takes them",
        "1 comments of columns are cut to one line of 255 characters",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_dump_imports_whole_and_exports_again(api, name):
    mover = Mover(api)
    report = Report(Choices(wanted=EVERYTHING))
    target = Target(mover.glue(ROOT_ACCOUNT), ROOT_ACCOUNT, REGION, report)
    remap = parse_remap(["hdfs://nn:8020/=s3://lake/", "s3a://=s3://"], [])
    entries = list(hive_entries(str(DUMPS / f"{name}.sql.gz"), "hive", lambda _: None))
    import_records(target, (replace(entry, record=remap.apply(entry.record)) for entry in entries))
    assert report.by_kind() == {
        "Database": {"created": 2}, "Function": {"created": 1}, "Table": {"created": 2},
        "TableStatistics": {"created": 7}, "Partition": {"created": 3}, "PartitionStatistics": {"created": 1},
    }  # fmt: skip
    exported = mover.export(ROOT_ACCOUNT)
    assert b"hdfs://" not in exported
    assert mover.put("2" * 12, exported).failures == 0
    assert without_header(mover.export("2" * 12)) == without_header(exported)
