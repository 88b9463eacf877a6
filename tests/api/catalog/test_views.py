"""Views: the text of each dialect, and changes of single dialects."""

import base64
from typing import Any

import pytest
from api_fixtures import REGION, ROOT_ACCOUNT

#: What is tried here depends on no database.
DATABASES = ["sqlite"]

ORDERS = f"arn:aws:glue:{REGION}:{ROOT_ACCOUNT}:table/sales/orders"
COLUMNS = [{"Name": "n", "Type": "bigint"}]
SPARK = {
    "Dialect": "SPARK",
    "DialectVersion": "3.5",
    "ViewOriginalText": "SELECT count(*) AS n FROM orders",
    "ViewExpandedText": "SELECT count(*) AS n FROM sales.orders",
}
ATHENA = {"Dialect": "ATHENA", "DialectVersion": "3", "ViewOriginalText": "SELECT count(*) n FROM orders"}
DEFINITION = {"SubObjects": [ORDERS], "Representations": [SPARK]}
VIEW = {
    "Name": "counted",
    "TableType": "VIRTUAL_VIEW",
    "StorageDescriptor": {"Columns": COLUMNS},
    "ViewDefinition": DEFINITION,
}


@pytest.fixture
def views(catalog: Any) -> Any:
    catalog.create_table(**{"name": "counted", **{k: v for k, v in VIEW.items() if k != "Name"}})
    return catalog.glue


def shown(views: Any, **arguments: Any) -> Any:
    return views.get_table(DatabaseName="sales", Name="counted", **arguments)["Table"]


def dialects(views: Any) -> list[str]:
    return [each["Dialect"] for each in shown(views)["ViewDefinition"]["Representations"]]


def change(views: Any, action: str, *representations: Any, **members: Any) -> None:
    definition = {"Representations": list(representations), **members.pop("definition", {})}
    table_input = {"Name": "counted", "ViewDefinition": definition, **members.pop("table_input", {})}
    views.update_table(DatabaseName="sales", TableInput=table_input, ViewUpdateAction=action, **members)


def test_view_of_several_dialects_reads_back(views: Any) -> None:
    view = shown(views)
    assert (view["IsMultiDialectView"], view["IsMaterializedView"], "Status" in view) == (True, False, False)
    assert view["ViewDefinition"] == {
        "SubObjects": [ORDERS],
        "Representations": [{**SPARK, "IsStale": False}],
    }
    status = shown(views, IncludeStatusDetails=True)["Status"]
    assert status.pop("RequestTime") == status.pop("UpdateTime") == view["UpdateTime"]
    owner = f"arn:aws:iam::{ROOT_ACCOUNT}:root"
    assert status == {"RequestedBy": owner, "UpdatedBy": owner, "Action": "CREATE", "State": "SUCCESS"}


def test_dialects_are_added_replaced_and_dropped(views: Any, error_of: Any) -> None:
    change(views, "ADD", ATHENA)
    assert dialects(views) == ["SPARK", "ATHENA"]
    assert error_of(change, views, "ADD", ATHENA)[0] == "AlreadyExistsException"
    change(views, "REPLACE", {**ATHENA, "ViewOriginalText": "SELECT 1 n"})
    assert shown(views)["ViewDefinition"]["Representations"][1] == {
        **ATHENA,
        "ViewOriginalText": "SELECT 1 n",
        "ViewExpandedText": "SELECT 1 n",
        "IsStale": False,
    }
    redshift = {**ATHENA, "Dialect": "REDSHIFT"}
    assert error_of(change, views, "REPLACE", redshift)[0] == "EntityNotFoundException"
    change(views, "ADD_OR_REPLACE", redshift)
    change(views, "DROP", {"Dialect": "ATHENA"})
    assert dialects(views) == ["SPARK", "REDSHIFT"]
    assert error_of(change, views, "DROP", {"Dialect": "ATHENA"})[0] == "EntityNotFoundException"
    code, message = error_of(change, views, "DROP", {"Dialect": "SPARK"}, {"Dialect": "REDSHIFT"})
    assert (code, "delete it instead" in message) == ("InvalidInputException", True)
    view = shown(views, IncludeStatusDetails=True)
    assert (view["VersionId"], view["Status"]["Action"]) == ("4", "UPDATE")
    assert view["StorageDescriptor"]["Columns"] == COLUMNS


def test_change_that_describes_another_view_needs_force(views: Any, error_of: Any) -> None:
    other = {"StorageDescriptor": {"Columns": [{"Name": "m", "Type": "int"}]}}
    assert error_of(change, views, "ADD", ATHENA, table_input=other)[0] == "InvalidInputException"
    elsewhere = {"SubObjects": [ORDERS + "2"]}
    assert error_of(change, views, "ADD", ATHENA, definition=elsewhere)[0] == "InvalidInputException"
    change(views, "ADD", ATHENA, table_input=other, definition=elsewhere, Force=True)
    view = shown(views)
    assert view["StorageDescriptor"]["Columns"] == [{"Name": "m", "Type": "int"}]
    assert view["ViewDefinition"]["SubObjects"] == [ORDERS + "2"]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"TableType": "EXTERNAL_TABLE"}, "InvalidInputException"),
        ({"ViewDefinition": {}}, "InvalidInputException"),
        ({"ViewDefinition": {"Representations": [{"Dialect": "SPARK"}]}}, "InvalidInputException"),
        ({"ViewDefinition": {"Representations": [SPARK, SPARK]}}, "InvalidInputException"),
        ({"ViewDefinition": {"Representations": [SPARK], "IsProtected": True}}, "InvalidInputException"),
        (
            {"ViewDefinition": {**DEFINITION, "SubObjects": [ORDERS[:40] + "database/d"]}},
            "InvalidInputException",
        ),
        ({"ViewDefinition": {**DEFINITION, "IsManaged": True}}, "OperationNotSupportedException"),
        (
            {"ViewDefinition": {"Representations": [{**SPARK, "ValidationConnection": "c"}]}},
            "OperationNotSupportedException",
        ),
    ],
)
def test_view_of_a_bad_definition_is_refused(catalog: Any, error_of: Any, members: Any, code: str) -> None:
    create = catalog.glue.create_table
    assert error_of(create, DatabaseName="sales", TableInput={**VIEW, **members})[0] == code


def test_view_keeps_what_is_said_of_its_refreshing(catalog: Any) -> None:
    said = {"RefreshSeconds": 600, "LastRefreshType": "INCREMENTAL"}
    definition = {"Representations": [SPARK], **said}
    catalog.glue.create_table(DatabaseName="sales", TableInput={**VIEW, "ViewDefinition": definition})
    found = shown(catalog.glue)["ViewDefinition"]
    assert {member: found[member] for member in said} == said


def test_change_of_a_dialect_of_what_is_no_view_is_refused(views: Any, error_of: Any) -> None:
    given = {"Name": "orders", "ViewDefinition": {"Representations": [ATHENA]}}
    code, message = error_of(
        views.update_table, DatabaseName="sales", TableInput=given, ViewUpdateAction="ADD"
    )
    assert (code, "has no ViewDefinition" in message) == ("InvalidInputException", True)


def test_athena_view_keeps_every_byte(catalog: Any) -> None:
    text = base64.b64encode('{"originalSql":"SELECT \u00fc","catalog":"awsdatacatalog"}'.encode()).decode()
    view = {
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "ViewOriginalText": f"/* Presto View: {text} */",
        "ViewExpandedText": "/* Presto View */",
        "StorageDescriptor": {"Columns": COLUMNS},
    }
    catalog.create_table("athenas", **view)
    found = catalog.glue.get_table(DatabaseName="sales", Name="athenas")["Table"]
    assert {key: found[key] for key in view if key != "StorageDescriptor"} == {
        key: view[key] for key in view if key != "StorageDescriptor"
    }
    assert found["IsMultiDialectView"] is False
