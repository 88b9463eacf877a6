"""What hangs on databases and tables shows to nobody who may not see those."""

from typing import Any

import pytest
from api_fixtures import REGION, ROOT_ACCOUNT, call
from permission_fixtures import COLUMNS, Lake, columns, lacks, refusal, table

DATABASE = {"Database": {"Name": "sales"}}
OF_ORDERS = {"DatabaseName": "sales", "TableName": "orders"}
ARN = f"arn:aws:glue:{REGION}:{ROOT_ACCOUNT}:database/sales"
FUNCTION = {"FunctionName": "mask", "ClassName": "org.example.Mask"}


@pytest.fixture
def closed(lake: Lake) -> Lake:
    """The lake, whose database and tables are open to nobody; it has a function and a tag."""
    lake.glue.create_user_defined_function(DatabaseName="sales", FunctionInput=FUNCTION)
    lake.glue.tag_resource(ResourceArn=ARN, TagsToAdd={"team": "finance"})
    lake.glue.create_database(DatabaseInput={"Name": "free"})
    lake.glue.create_user_defined_function(DatabaseName="free", FunctionInput=FUNCTION)
    for resource in (DATABASE, table(), table("open")):
        lake.restrict(resource)
    return lake


def test_functions_of_a_database_show_to_who_sees_it(closed: Lake):
    ana = closed.ana.client("glue")
    named: Any = {"DatabaseName": "sales", "FunctionName": "mask"}
    listed = lambda **of: ana.get_user_defined_functions(Pattern=".*", **of)["UserDefinedFunctions"]  # noqa: E731
    assert [each["DatabaseName"] for each in listed()] == ["free"]
    assert refusal(listed, DatabaseName="sales") == lacks("Describe", "sales")
    assert refusal(ana.get_user_defined_function, **named) == lacks("Describe", "sales")
    closed.grant(columns("id"), "SELECT")
    assert [each["DatabaseName"] for each in listed()] == ["free", "sales"]
    assert ana.get_user_defined_function(**named)["UserDefinedFunction"]["FunctionName"] == "mask"
    for change, arguments in (
        (ana.create_user_defined_function, {"DatabaseName": "sales", "FunctionInput": {**FUNCTION, "FunctionName": "x"}}),
        (ana.update_user_defined_function, {**named, "FunctionInput": FUNCTION}),
        (ana.delete_user_defined_function, named),
    ):  # fmt: skip
        assert refusal(change, **arguments) == lacks("Alter", "sales")
    closed.grant(DATABASE, "ALTER")
    ana.delete_user_defined_function(**named)


def test_tags_of_a_database_show_to_who_sees_it_and_are_set_by_who_alters_it(closed: Lake):
    ana = closed.ana.client("glue")
    assert refusal(ana.get_tags, ResourceArn=ARN) == lacks("Describe", "sales")
    closed.grant(DATABASE, "DESCRIBE")
    assert ana.get_tags(ResourceArn=ARN)["Tags"] == {"team": "finance"}
    assert refusal(ana.tag_resource, ResourceArn=ARN, TagsToAdd={"a": "b"}) == lacks("Alter", "sales")
    assert refusal(ana.untag_resource, ResourceArn=ARN, TagsToRemove=["team"]) == lacks("Alter", "sales")


def test_tasks_of_statistics_name_columns_to_who_sees_them_and_are_run_by_who_writes(closed: Lake):
    glue, ana = closed.glue, closed.ana.client("glue")
    glue.create_column_statistics_task_settings(
        **OF_ORDERS, Role="stats", ColumnNameList=["id", "Card"], Schedule="cron(0 6 * * ? *)"
    )
    run = glue.start_column_statistics_task_run(**OF_ORDERS, Role="stats")["ColumnStatisticsTaskRunId"]
    readings = (
        (ana.get_column_statistics_task_run, {"ColumnStatisticsTaskRunId": run}),
        (ana.get_column_statistics_task_runs, OF_ORDERS),
        (ana.get_column_statistics_task_settings, OF_ORDERS),
    )
    for read, arguments in readings:
        assert refusal(read, **arguments) == lacks("Describe", "orders")
    closed.grant(columns("id"), "SELECT")
    one, several, settings = (read(**arguments) for read, arguments in readings)
    assert one["ColumnStatisticsTaskRun"]["ColumnNameList"] == ["id"]
    assert several["ColumnStatisticsTaskRuns"] == [one["ColumnStatisticsTaskRun"]]
    assert settings["ColumnStatisticsTaskSettings"]["ColumnNameList"] == ["id"]
    for change in (
        ana.stop_column_statistics_task_run,
        ana.stop_column_statistics_task_run_schedule,
        ana.delete_column_statistics_task_settings,
    ):
        assert refusal(change, **OF_ORDERS) == lacks("Alter", "orders")
    glue.stop_column_statistics_task_run(**OF_ORDERS)


def test_history_of_a_deleted_database_shows_to_who_saw_it(closed: Lake):
    closed.api.credentials["ana"] = closed.ana.credentials
    closed.glue.delete_database(Name="sales")
    status, answer = call(closed.api, "ListDatabaseHistory", {"Name": "sales"}, "ana")
    assert (status, answer["Message"]) == (400, lacks("Describe", "sales")[1])
    assert call(closed.api, "ListDatabaseHistory", {"Name": "sales"})[0] == 200


def test_part_of_a_table_in_another_catalog_is_not_read_by_its_name_here(lake: Lake):
    """Else whoever rules a nested catalog would read the account's own tables of the same names."""
    lake.api.credentials["ana"] = lake.ana.credentials
    lake.restrict(table())
    lake.glue.create_catalog(Name="mine", CatalogInput={})
    mine = f"{ROOT_ACCOUNT}:mine"
    lake.glue.create_database(CatalogId=mine, DatabaseInput={"Name": "sales"})
    storage = {"Columns": COLUMNS, "Location": "s3://elsewhere/"}
    lake.glue.create_table(
        CatalogId=mine, DatabaseName="sales", TableInput={"Name": "orders", "StorageDescriptor": storage}
    )
    named = {"CatalogId": mine, "DatabaseName": "sales", "Name": "orders"}
    lake.restrict({"Table": named})
    lake.grant({"TableWithColumns": {**named, "ColumnNames": ["id", "Card"]}}, "SELECT")
    status, answer = call(lake.api, "ReadPermittedTable", {"CatalogId": mine, **OF_ORDERS}, "ana")
    assert (status, answer["__type"].rpartition("#")[2]) == (400, "AccessDeniedException")
    assert f"belongs to catalog {mine}" in answer["Message"]
