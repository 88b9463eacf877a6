"""Tables as they were at a time, and other members that say how to read them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from api_fixtures import ROOT_ACCOUNT


def _at(catalog: Any, time: datetime) -> str:
    table = catalog.glue.get_table(DatabaseName="sales", Name="orders", QueryAsOfTime=time)["Table"]
    return str(table["VersionId"])


def _changed(catalog: Any) -> datetime:
    time: datetime = catalog.glue.get_table(DatabaseName="sales", Name="orders")["Table"]["UpdateTime"]
    return time


def _update(catalog: Any, description: str, **arguments: Any) -> datetime:
    """Make the next version, and tell when; a time stands for its millisecond, so in another one."""
    before = _changed(catalog)
    while datetime.now(UTC) < before + timedelta(milliseconds=2):
        pass
    catalog.update_table("orders", description, **arguments)
    return _changed(catalog)


def test_table_is_shown_as_it_was(catalog: Any, error_of: Any) -> None:
    created = catalog.glue.get_table(DatabaseName="sales", Name="orders")["Table"]["CreateTime"]
    first = _update(catalog, "one")
    assert _at(catalog, created) == "0"
    assert _at(catalog, first) == "1"
    assert _at(catalog, datetime.now(UTC) + timedelta(days=1)) == "1"
    early = created - timedelta(seconds=1)
    assert error_of(_at, catalog, early) == (
        "EntityNotFoundException",
        "Table orders did not exist at that time.",
    )
    listed = catalog.glue.get_tables(DatabaseName="sales", QueryAsOfTime=created)["TableList"]
    assert [table["VersionId"] for table in listed] == ["0"]
    assert catalog.glue.get_tables(DatabaseName="sales", QueryAsOfTime=early)["TableList"] == []


def test_time_of_versions_that_were_not_kept_is_refused(catalog: Any, error_of: Any) -> None:
    created = catalog.glue.get_table(DatabaseName="sales", Name="orders")["Table"]["CreateTime"]
    _update(catalog, "one", SkipArchive=True)
    last = _update(catalog, "two")
    code, message = error_of(_at, catalog, created)
    assert (code, "not archived" in message) == ("InvalidInputException", True)
    assert _at(catalog, last) == "2"


def test_partitions_have_no_past(catalog: Any, error_of: Any) -> None:
    code, message = error_of(catalog.glue.get_partitions, **catalog.orders, QueryAsOfTime=datetime.now(UTC))
    assert (code, "no earlier versions" in message) == ("OperationNotSupportedException", True)


def test_transactions_of_governed_tables_are_retired(catalog: Any, error_of: Any) -> None:
    glue = catalog.glue
    for operation, arguments in (
        (glue.get_table, {"Name": "orders"}),
        (glue.get_tables, {}),
        (glue.get_partitions, {"TableName": "orders"}),
        (glue.create_table, {"TableInput": {"Name": "t"}}),
        (glue.update_table, {"TableInput": {"Name": "orders"}}),
        (glue.delete_table, {"Name": "orders"}),
        (glue.batch_delete_table, {"TablesToDelete": ["orders"]}),
    ):
        code, message = error_of(operation, DatabaseName="sales", TransactionId="t", **arguments)
        assert (code, "retired" in message) == ("InvalidInputException", True)


def test_audit_context_is_accepted(catalog: Any) -> None:
    said = {"AdditionalAuditContext": "a report", "AllColumnsRequested": True}
    for table in (
        catalog.glue.get_table(DatabaseName="sales", Name="orders", AuditContext=said)["Table"],
        catalog.glue.get_tables(DatabaseName="sales", AuditContext=said)["TableList"][0],
    ):
        assert table["CatalogId"] == ROOT_ACCOUNT


def test_attributes_to_get_choose_what_is_shown(catalog: Any, error_of: Any) -> None:
    def keys(*attributes: str) -> list[str]:
        found = catalog.glue.get_table(DatabaseName="sales", Name="orders", AttributesToGet=list(attributes))
        return sorted(found["Table"])

    assert keys("NAME") == ["DatabaseName", "Name"]
    assert "StorageDescriptor" in keys("DEFAULT") or "PartitionKeys" in keys("DEFAULT")
    assert error_of(keys, "TABLE_TYPE")[0] == "InvalidInputException"
    code, _ = error_of(
        catalog.glue.get_tables, DatabaseName="sales", AttributesToGet=["NAME", "LATEST_ICEBERG_METADATA"]
    )
    assert code == "OperationNotSupportedException"
