"""What permissions protect stays protected when it is deleted, and when it comes back."""

from dataclasses import replace
from typing import Any

import pytest
from api_fixtures import ROOT_ACCOUNT, call
from permission_fixtures import Lake, columns, principal, refusal, table

from isinglass.operations.catalog import undo

DATABASE = {"Database": {"Name": "sales"}}
ORDERS = {"DatabaseName": "sales", "TableName": "orders"}
GET = {"DatabaseName": "sales", "Name": "orders"}


def ask(lake: Lake, operation: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Call one of our own operations as the user."""
    return call(replace(lake.api, credentials={ROOT_ACCOUNT: lake.ana.credentials}), operation, request)


def told(answer: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    status, document = answer
    return status, document.get("__type", "")


def test_restricted_table_is_as_restricted_after_its_restore(lake: Lake):
    lake.restrict(table())
    lake.grant(columns("id"), "SELECT")
    before = lake.ana.client("glue").get_table(**GET)["Table"]
    granted = lake.lf.list_permissions(Principal=principal(lake.ana.arn))["PrincipalResourcePermissions"]
    lake.glue.delete_table(**GET)
    assert not lake.lf.list_permissions(Principal=principal(lake.ana.arn))["PrincipalResourcePermissions"]
    assert call(lake.api, "RestoreTable", ORDERS)[0] == 200
    assert lake.ana.client("glue").get_table(**GET)["Table"] == before
    assert [one["Name"] for one in before["StorageDescriptor"]["Columns"]] == ["id"]
    after = lake.lf.list_permissions(Principal=principal(lake.ana.arn))["PrincipalResourcePermissions"]
    assert after == granted != []


def test_restricted_database_is_as_restricted_after_its_restore(lake: Lake):
    lake.restrict(DATABASE)
    lake.restrict(table())
    lake.grant(DATABASE, "DESCRIBE")
    lake.grant(table(), "SELECT")
    before = lake.ana.client("glue").get_database(Name="sales")["Database"]
    lake.glue.delete_database(Name="sales")
    assert call(lake.api, "RestoreDatabase", {"Name": "sales", "NewName": "shop"})[0] == 200
    after = lake.ana.client("glue").get_database(Name="shop")["Database"]
    assert after == {**before, "Name": "shop"}
    lake.ana.client("glue").get_table(DatabaseName="shop", Name="orders")
    assert refusal(lake.ana.client("glue").delete_database, Name="shop")[0] == "AccessDeniedException"


def test_restricted_deleted_table_is_neither_shown_nor_restored_nor_purged(lake: Lake):
    lake.restrict(table())
    lake.glue.delete_table(**GET)
    lake.glue.delete_table(DatabaseName="sales", Name="open")
    _, listed = ask(lake, "ListDeleted", {})
    assert [one["TableName"] for one in listed["Deleted"]] == ["open"]
    refused = (400, "AccessDeniedException")
    assert told(ask(lake, "ListTableHistory", ORDERS)) == refused
    assert told(ask(lake, "RestoreTable", ORDERS)) == refused
    assert told(ask(lake, "PurgeDeleted", {"Kind": "TABLE", **ORDERS})) == refused
    assert told(ask(lake, "PurgeDeleted", {"Kind": "ALL"})) == refused
    assert told(ask(lake, "RestoreTable", {**ORDERS, "TableName": "open"})) == (200, "")
    assert told(call(lake.api, "PurgeDeleted", {"Kind": "ALL"})) == (200, "")


def test_history_and_differences_show_only_columns_that_were_granted(lake: Lake):
    descriptor = {"Columns": [{"Name": "id", "Type": "string"}, {"Name": "secret_sum", "Type": "int"}]}
    lake.glue.update_table(
        DatabaseName="sales", TableInput={"Name": "orders", "StorageDescriptor": descriptor}
    )
    lake.restrict(table())
    lake.grant(columns("id"), "SELECT")
    answers = (ask(lake, "ListTableHistory", ORDERS), ask(lake, "DiffTableVersions", ORDERS))
    assert [status for status, _ in answers] == [200, 200]
    text = str(answers)
    assert "id bigint is string now" in text
    for hidden in ("secret_sum", "Card", "region"):
        assert hidden not in text


def test_restore_of_a_version_needs_alter(lake: Lake):
    lake.glue.update_table(DatabaseName="sales", TableInput={"Name": "orders"})
    lake.restrict(table())
    lake.grant(table(), "SELECT")
    restore = {**ORDERS, "VersionId": "0"}
    assert told(ask(lake, "RestoreTableVersion", restore)) == (400, "AccessDeniedException")
    lake.grant(table(), "ALTER")
    assert told(ask(lake, "RestoreTableVersion", restore)) == (200, "")


def test_restricted_database_is_not_purged_however_many_others_are(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(undo, "_CHECKED_AT_ONCE", 1)
    lake.restrict(DATABASE)
    for name in ("a", "b"):
        lake.glue.create_database(DatabaseInput={"Name": name})
    for name in ("a", "b", "sales"):
        lake.glue.delete_database(Name=name)
    assert told(ask(lake, "PurgeDeleted", {"Kind": "ALL"})) == (400, "AccessDeniedException")
    assert told(ask(lake, "PurgeDeleted", {"Kind": "DATABASE", "DatabaseName": "a"})) == (200, "")
