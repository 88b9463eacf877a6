"""Events of the catalog: each operation that changes something writes its event with the change."""

from typing import Any

import pytest
from api_fixtures import ROOT_ACCOUNT, Api, call
from botocore.exceptions import ClientError

from isinglass.domain.event_envelopes import envelope
from isinglass.store.outbox import Outbox

DATABASE_CHANGE = "Glue Data Catalog Database State Change"
TABLE_CHANGE = "Glue Data Catalog Table State Change"
ORDERS = {"DatabaseName": "sales", "TableName": "orders"}
COLUMNS = {"Columns": [{"Name": "id", "Type": "int"}]}
KEYS = [{"Name": "year", "Type": "int"}, {"Name": "city", "Type": "string"}]
TABLE_INPUT = {"Name": "orders", "PartitionKeys": KEYS, "StorageDescriptor": COLUMNS}
STATISTICS = {
    "ColumnName": "id",
    "ColumnType": "int",
    "AnalyzedTime": 0,
    "StatisticsData": {
        "Type": "LONG",
        "LongColumnStatisticsData": {"NumberOfNulls": 0, "NumberOfDistinctValues": 7},
    },
}
OSLO, BERGEN = ["2025", "Oslo"], ["2025", "Bergen"]

#: Calls in order on one catalog, and the events each leaves: its kind, change, and what it names.
CALLS: list[tuple[str, dict[str, Any], list[tuple[str, str, list[str]]]]] = [
    ("create_database", {"DatabaseInput": {"Name": "Extra"}}, [(DATABASE_CHANGE, "CreateDatabase", [])]),
    (
        "update_database",
        {"Name": "extra", "DatabaseInput": {"Name": "extra", "Description": "d"}},
        [(DATABASE_CHANGE, "UpdateDatabase", [])],
    ),
    (
        "create_table",
        {"DatabaseName": "extra", "TableInput": {"Name": "T"}},
        [(DATABASE_CHANGE, "CreateTable", ["t"])],
    ),
    ("delete_table", {"DatabaseName": "extra", "Name": "t"}, [(DATABASE_CHANGE, "DeleteTable", ["t"])]),
    (
        "isinglass:RestoreTable",
        {"DatabaseName": "extra", "TableName": "t"},
        [(DATABASE_CHANGE, "CreateTable", ["t"])],
    ),
    (
        "batch_delete_table",
        {"DatabaseName": "extra", "TablesToDelete": ["t", "missing"]},
        [(DATABASE_CHANGE, "BatchDeleteTable", ["t"])],
    ),
    ("batch_delete_table", {"DatabaseName": "extra", "TablesToDelete": ["t"]}, []),
    ("isinglass:PurgeDeleted", {"Kind": "TABLE", "DatabaseName": "extra", "TableName": "t"}, []),
    (
        "create_table",
        {"DatabaseName": "extra", "TableInput": {"Name": "u"}},
        [(DATABASE_CHANGE, "CreateTable", ["u"])],
    ),
    ("delete_database", {"Name": "extra"}, [(DATABASE_CHANGE, "DeleteDatabase", ["u"])]),
    (
        "isinglass:RestoreDatabase",
        {"Name": "extra"},
        [(DATABASE_CHANGE, "CreateDatabase", []), (DATABASE_CHANGE, "CreateTable", ["u"])],
    ),
    (
        "update_table",
        {"DatabaseName": "sales", "TableInput": TABLE_INPUT},
        [(TABLE_CHANGE, "UpdateTable", [])],
    ),
    ("isinglass:RestoreTableVersion", {**ORDERS, "VersionId": "0"}, [(TABLE_CHANGE, "UpdateTable", [])]),
    ("isinglass:RestoreTableVersion", {**ORDERS, "VersionId": "1"}, [(TABLE_CHANGE, "UpdateTable", [])]),
    (
        "create_partition",
        {**ORDERS, "PartitionInput": {"Values": OSLO}},
        [(TABLE_CHANGE, "CreatePartition", ["2025,Oslo"])],
    ),
    (
        "batch_create_partition",
        {**ORDERS, "PartitionInputList": [{"Values": OSLO}, {"Values": BERGEN}]},
        [(TABLE_CHANGE, "BatchCreatePartition", ["2025,Bergen"])],
    ),
    (
        "update_partition",
        {**ORDERS, "PartitionValueList": OSLO, "PartitionInput": {"Values": OSLO}},
        [(TABLE_CHANGE, "UpdatePartition", ["2025,Oslo"])],
    ),
    (
        "batch_update_partition",
        {**ORDERS, "Entries": [{"PartitionValueList": OSLO, "PartitionInput": {"Values": OSLO}}]},
        [(TABLE_CHANGE, "BatchUpdatePartition", ["2025,Oslo"])],
    ),
    (
        "update_column_statistics_for_table",
        {**ORDERS, "ColumnStatisticsList": [STATISTICS]},
        [(TABLE_CHANGE, "UpdateColumnStatisticsForTable", [])],
    ),
    (
        "update_column_statistics_for_partition",
        {**ORDERS, "PartitionValues": OSLO, "ColumnStatisticsList": [STATISTICS]},
        [(TABLE_CHANGE, "UpdateColumnStatisticsForPartition", ["2025,Oslo"])],
    ),
    (
        "delete_column_statistics_for_table",
        {**ORDERS, "ColumnName": "id"},
        [(TABLE_CHANGE, "DeleteColumnStatisticsForTable", [])],
    ),
    (
        "delete_column_statistics_for_partition",
        {**ORDERS, "PartitionValues": OSLO, "ColumnName": "id"},
        [(TABLE_CHANGE, "DeleteColumnStatisticsForPartition", ["2025,Oslo"])],
    ),
    (
        "delete_partition",
        {**ORDERS, "PartitionValues": OSLO},
        [(TABLE_CHANGE, "DeletePartition", ["2025,Oslo"])],
    ),
    (
        "batch_delete_partition",
        {**ORDERS, "PartitionsToDelete": [{"Values": OSLO}, {"Values": BERGEN}]},
        [(TABLE_CHANGE, "BatchDeletePartition", ["2025,Bergen"])],
    ),
    ("delete_table_version", {**ORDERS, "VersionId": "0"}, []),
]


def send(api: Api, glue: Any, operation: str, request: dict[str, Any]) -> None:
    if operation.startswith("isinglass:"):
        status, answer = call(api, operation.partition(":")[2], request)
        assert status == 200, answer
    else:
        getattr(glue, operation)(**request)


def written(api: Api) -> list[dict[str, Any]]:
    """Take the events written since the last time, in their envelopes."""
    with api.store.begin() as tx:
        rows = tx.outbox.undelivered(100)
        tx.outbox.mark_delivered([row.id for row in rows], 1.0)
    return [envelope(row.id, row.account_id, row.kind, row.payload, row.created_at) for row in rows]


def summary(event: dict[str, Any]) -> tuple[str, str, list[str]]:
    detail = event["detail"]
    named = detail["changedTables" if event["detail-type"] == DATABASE_CHANGE else "changedPartitions"]
    return event["detail-type"], detail["typeOfChange"], named


def test_each_operation_leaves_its_events(catalog: Any, api: Api) -> None:
    written(api)
    for operation, request, expected in CALLS:
        send(api, catalog.glue, operation, request)
        found = [summary(event) for event in written(api)]
        assert (operation, found) == (operation, expected)


def test_event_of_a_table_names_its_database_table_and_arn(catalog: Any, api: Api) -> None:
    written(api)
    catalog.update_table("orders", "second")
    [event] = written(api)
    assert len(event.pop("id")) == 36
    assert event.pop("time").endswith("Z")
    assert event == {
        "version": "0",
        "detail-type": TABLE_CHANGE,
        "source": "aws.glue",
        "account": ROOT_ACCOUNT,
        "region": "eu-west-1",
        "resources": [f"arn:aws:glue:eu-west-1:{ROOT_ACCOUNT}:table/sales/orders"],
        "detail": {
            "databaseName": "sales",
            "tableName": "orders",
            "typeOfChange": "UpdateTable",
            "changedPartitions": [],
        },
    }


def test_operation_that_is_refused_leaves_no_event(catalog: Any, api: Api) -> None:
    written(api)
    with pytest.raises(ClientError):
        catalog.update_table("orders", "second", VersionId="9")
    with pytest.raises(ClientError):
        catalog.create_table("orders")
    assert written(api) == []


@pytest.mark.parametrize(("operation", "request_", "expected"), [CALLS[2], CALLS[11], CALLS[14]])
def test_change_whose_event_cannot_be_written_is_not_made(
    catalog: Any,
    api: Api,
    operation: str,
    request_: dict[str, Any],
    expected: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any) -> None:
        raise OSError("the disk is full")

    catalog.glue.create_database(DatabaseInput={"Name": "extra"})
    before = (
        catalog.versions(),
        catalog.partitions(),
        catalog.glue.get_tables(DatabaseName="extra")["TableList"],
    )
    written(api)
    monkeypatch.setattr(Outbox, "add", fail)
    with pytest.raises(ClientError, match="InternalServiceException"):
        send(api, catalog.glue, operation, request_)
    monkeypatch.undo()
    after = (
        catalog.versions(),
        catalog.partitions(),
        catalog.glue.get_tables(DatabaseName="extra")["TableList"],
    )
    assert after == before
    assert expected
    assert written(api) == []
