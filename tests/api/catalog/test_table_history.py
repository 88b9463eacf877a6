"""Who made each version of a table and why, what differs between two, and the way back."""

import time
from typing import Any

import pytest
from api_fixtures import ROOT_ACCOUNT, Api, call
from botocore.exceptions import ClientError

from isinglass.jobs.run_keys import StoredRunKeys
from isinglass.store.sealing import Sealer

ROOT = f"arn:aws:iam::{ROOT_ACCOUNT}:root"
ORDERS = {"DatabaseName": "sales", "TableName": "orders"}


def history(api: Api, **arguments: Any) -> list[dict[str, Any]]:
    """Read the whole history of the table, two entries a page."""
    entries: list[dict[str, Any]] = []
    token: dict[str, Any] = {}
    while True:
        status, answer = call(api, "ListTableHistory", {**ORDERS, "MaxResults": 2, **token, **arguments})
        assert status == 200, answer
        entries += answer["Entries"]
        if "NextToken" not in answer:
            return entries
        token = {"NextToken": answer["NextToken"]}


def told(entries: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(entry["Event"], entry["VersionId"], entry["Change"]["Operation"]) for entry in entries]


def columns(*names: str) -> dict[str, Any]:
    return {"StorageDescriptor": {"Columns": [{"Name": name, "Type": "string"} for name in names]}}


def update(catalog: Any, *names: str, **arguments: Any) -> None:
    table_input = {"Name": "orders", **columns(*names)}
    catalog.glue.update_table(DatabaseName="sales", TableInput=table_input, **arguments)


def test_history_tells_who_made_each_version_with_which_request(catalog: Any, api: Api) -> None:
    catalog.update_table("orders", "second")
    answered = catalog.glue.update_table(
        DatabaseName="sales", TableInput={"Name": "orders", **columns("id", "city")}
    )
    newest, _, first = history(api)
    change = newest["Change"]
    assert change.pop("Time") > first["Change"]["Time"]
    assert change.pop("Client").startswith("Boto3/")
    assert change == {
        "Principal": ROOT,
        "Operation": "UpdateTable",
        "RequestId": answered["ResponseMetadata"]["RequestId"],
        "Origin": {"Through": "API"},
    }
    del newest["Change"]
    assert newest == {
        "Event": "UPDATED",
        "VersionId": "2",
        "Current": True,
        "ComparedWithVersionId": "1",
        "Compatibility": "BREAKING",
        "Summary": [
            "column id string added",
            "column city string added",
            "partition key year removed",
            "partition key city removed",
            "Description removed",
        ],
    }
    assert (first["Event"], first["Current"], first["Change"]["Operation"]) == (
        "CREATED",
        False,
        "CreateTable",
    )


def test_history_has_deletions_and_restores_in_their_place(catalog: Any, api: Api) -> None:
    catalog.update_table("orders", "second")
    for _ in range(2):
        catalog.glue.delete_table(DatabaseName="sales", Name="orders")
        assert call(api, "RestoreTable", {**ORDERS, "Note": "too early"})[0] == 200
    catalog.update_table("orders", "third")
    catalog.glue.batch_delete_table(DatabaseName="sales", TablesToDelete=["orders"])
    entries = history(api)
    assert told(entries) == [
        ("DELETED", "2", "BatchDeleteTable"),
        ("UPDATED", "2", "UpdateTable"),
        ("RESTORED", "1", "RestoreTable"),
        ("DELETED", "1", "DeleteTable"),
        ("RESTORED", "1", "RestoreTable"),
        ("DELETED", "1", "DeleteTable"),
        ("UPDATED", "1", "UpdateTable"),
        ("CREATED", "0", "CreateTable"),
    ]
    assert [entry["Change"].get("Note") for entry in entries[2:4]] == ["too early", None]
    assert not any(entry["Current"] for entry in entries)


def test_history_of_a_recreated_table_is_its_own_and_the_old_one_has_its_id(catalog: Any, api: Api) -> None:
    catalog.glue.delete_table(DatabaseName="sales", Name="orders")
    catalog.create_table("orders")
    _, deleted = call(api, "ListDeleted", {"DatabaseName": "Sales"})
    [kept] = deleted["Deleted"]
    assert told(history(api)) == [("CREATED", "0", "CreateTable")]
    assert told(history(api, DeletedId=kept["DeletedId"])) == [
        ("DELETED", "0", "DeleteTable"),
        ("CREATED", "0", "CreateTable"),
    ]


def test_note_of_a_signed_header_is_kept_with_the_version(catalog: Any, api: Api) -> None:
    def add_note(request: Any, **_: Any) -> None:
        request.headers["X-Isinglass-Note"] = "wider%20caf%C3%A9 column"

    catalog.glue.meta.events.register("before-sign.glue.UpdateTable", add_note)
    catalog.update_table("orders", "second")
    assert history(api)[0]["Change"]["Note"] == "wider café column"


def test_history_after_a_skipped_archive_compares_with_what_is_kept(catalog: Any, api: Api) -> None:
    update(catalog, "id")
    update(catalog, "id", "gone", SkipArchive=True)
    update(catalog, "id", "city", SkipArchive=True)
    newest, first = history(api)
    assert (newest["VersionId"], newest["ComparedWithVersionId"], first["VersionId"]) == ("3", "0", "0")
    assert "column city string added" in newest["Summary"]


def test_history_without_the_first_version_still_tells_who_created_the_table(catalog: Any, api: Api) -> None:
    update(catalog, "id", SkipArchive=True)
    catalog.glue.delete_table(DatabaseName="sales", Name="orders")
    call(api, "RestoreTable", ORDERS)
    expected = [
        ("RESTORED", "1", "RestoreTable"),
        ("DELETED", "1", "DeleteTable"),
        ("UPDATED", "1", "UpdateTable"),
        ("CREATED", "0", "CreateTable"),
    ]
    assert told(history(api)) == expected
    catalog.create_table("other")
    catalog.glue.update_table(DatabaseName="sales", TableInput={"Name": "other"})
    catalog.glue.delete_table_version(DatabaseName="sales", TableName="other", VersionId="0")
    entries = call(api, "ListTableHistory", {**ORDERS, "TableName": "other"})[1]["Entries"]
    assert told(entries) == [("UPDATED", "1", "UpdateTable"), ("CREATED", "0", "CreateTable")]


def test_diff_without_versions_is_of_the_last_change(catalog: Any, api: Api) -> None:
    update(catalog, "id", "name")
    update(catalog, "id", "name", "city")
    _, answer = call(api, "DiffTableVersions", ORDERS)
    added = {
        "Kind": "COLUMN",
        "Change": "ADDED",
        "Path": "city",
        "After": "string",
        "Compatibility": "BACKWARD",
        "Reason": "data that is there has no value for it",
    }
    expected = {"FromVersionId": "1", "ToVersionId": "2", "Compatibility": "BACKWARD", "Differences": [added]}
    assert answer == expected
    _, back = call(api, "DiffTableVersions", {**ORDERS, "FromVersionId": "2", "ToVersionId": "1"})
    assert (back["Compatibility"], back["Differences"][0]["Change"]) == ("FORWARD", "REMOVED")
    _, same = call(api, "DiffTableVersions", {**ORDERS, "FromVersionId": "2", "ToVersionId": "2"})
    assert (same["Compatibility"], same["Differences"]) == ("IDENTICAL", [])


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"FromVersionId": "7"}, "Version 7 of table orders is not kept; the current one is 0."),
        ({}, "No version of table orders before 0 is kept to compare it with."),
    ],
)
def test_diff_of_a_version_that_is_not_kept_is_refused(
    catalog: Any, api: Api, request_: dict[str, str], message: str
) -> None:
    status, answer = call(api, "DiffTableVersions", {**ORDERS, **request_})
    assert (status, answer["__type"], answer["Message"]) == (400, "EntityNotFoundException", message)


def test_restore_of_a_version_is_the_next_version_with_its_definition(catalog: Any, api: Api) -> None:
    catalog.update_table("orders", "second")
    catalog.update_table("orders", "third")
    restore = {**ORDERS, "VersionId": "1", "ExpectedVersionId": "2", "Note": "third was wrong"}
    assert call(api, "RestoreTableVersion", restore) == (200, {"VersionId": "3", "RestoredVersionId": "1"})
    assert catalog.versions() == [("3", "second"), ("2", "third"), ("1", "second"), ("0", "")]
    change = history(api)[0]["Change"]
    assert (change["Operation"], change["Note"]) == ("RestoreTableVersion", "third was wrong")
    assert change["Origin"] == {"Through": "RESTORE", "RestoredFrom": "1"}
    status, answer = call(api, "RestoreTableVersion", restore)
    assert (status, answer["__type"]) == (400, "ConcurrentModificationException")
    assert answer["Message"] == "Table orders is at version 3, not at 2"


def test_restore_of_a_version_whose_keys_do_not_fit_is_refused(catalog: Any, api: Api) -> None:
    update(catalog, "id")
    catalog.update_table("orders", "with keys again")
    index = {"IndexName": "by_year", "Keys": ["year"]}
    catalog.glue.create_partition_index(**ORDERS, PartitionIndex=index)
    restore = {**ORDERS, "VersionId": "1"}
    _, answer = call(api, "RestoreTableVersion", restore)
    assert (
        answer["Message"] == "The partition keys of table orders cannot change: they are indexed by by_year"
    )
    catalog.add_partitions(["2026", "Oslo"])
    _, answer = call(api, "RestoreTableVersion", restore)
    assert answer["Message"] == (
        "Table orders has partitions with 2 values, and version 1 has 0 partition keys: "
        "delete the partitions first"
    )
    assert catalog.versions()[0] == ("2", "with keys again")


def test_import_is_told_with_what_it_wrote(catalog: Any, api: Api) -> None:
    def add_source(request: Any, **_: Any) -> None:
        request.headers["X-Isinglass-Import"] = "catalog.jsonl"

    catalog.glue.meta.events.register("before-sign.glue.UpdateTable", add_source)
    catalog.update_table("orders", "second")
    assert history(api)[0]["Change"]["Origin"] == {"Through": "IMPORT", "ImportedFrom": "catalog.jsonl"}


def test_note_in_a_header_that_is_not_signed_is_refused(catalog: Any, api: Api) -> None:
    def add_note(request: Any, **_: Any) -> None:
        request.headers["X-Isinglass-Note"] = "from nobody"

    catalog.glue.meta.events.register("before-send.glue.UpdateTable", add_note)
    with pytest.raises(ClientError, match="must be a 'SignedHeader'"):
        catalog.update_table("orders", "second")


def test_version_made_with_the_key_of_a_job_run_tells_the_run(catalog: Any, api: Api) -> None:
    issued = StoredRunKeys(Sealer(api.server_key))
    with api.store.begin() as tx:
        keys = issued.issue(
            tx,
            account_id=ROOT_ACCOUNT,
            role="etl",
            session="run",
            now=time.time(),
            expires_at=time.time() + 60,
            context={"JobName": "nightly", "JobRunId": "jr_1"},
        )
    run = api.session.client(
        "glue",
        endpoint_url=api.url,
        region_name="eu-west-1",
        aws_access_key_id=keys.access_key_id,
        aws_secret_access_key=keys.secret_access_key,
        aws_session_token=keys.session_token,
    )
    run.update_table(DatabaseName="sales", TableInput={"Name": "orders"})
    change = history(api)[0]["Change"]
    assert change["Origin"] == {"Through": "JOB", "JobName": "nightly", "JobRunId": "jr_1"}
    assert change["Principal"] == f"arn:aws:sts::{ROOT_ACCOUNT}:assumed-role/etl/run"
