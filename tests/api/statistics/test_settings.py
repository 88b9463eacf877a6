"""How tables want their statistics computed, and the schedules that do it; the tests say what time it is."""

from collections.abc import Callable
from typing import Any

import pytest
from api_fixtures import Api, call
from botocore.exceptions import ClientError
from due_times import DAILY, DAY, FIRST

from isinglass.domain.statistics_schedules import KIND
from isinglass.flow.schedules import fire_due
from isinglass.operations.statistics import due

STARTERS = {KIND: due.start}
TABLE = {"DatabaseName": "shop", "TableName": "sales"}
COLUMNS = [{"Name": "id", "Type": "int"}, {"Name": "Name", "Type": "string"}]


@pytest.fixture
def sales(glue: Any) -> Any:
    """A Glue client, and a table."""
    glue.create_database(DatabaseInput={"Name": "shop"})
    _create_table(glue)
    return glue


def _create_table(glue: Any, **members: Any) -> None:
    storage = {"Columns": COLUMNS, "Location": "s3://lake/sales/"}
    table = {"Name": "sales", "StorageDescriptor": storage, **members}
    glue.create_table(DatabaseName="shop", TableInput=table)


def _settings(glue: Any) -> dict[str, Any]:
    found: dict[str, Any] = glue.get_column_statistics_task_settings(**TABLE)["ColumnStatisticsTaskSettings"]
    return found


def _runs(glue: Any) -> list[Any]:
    found: list[Any] = glue.get_column_statistics_task_runs(**TABLE)["ColumnStatisticsTaskRuns"]
    return found


def _error(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_settings_read_back_change_and_go(sales: Any) -> None:
    sales.create_column_statistics_task_settings(
        **TABLE, Role="stats", SampleSize=20, ColumnNameList=["NAME"], Schedule=DAILY
    )
    shown = {
        "DatabaseName": "shop",
        "TableName": "sales",
        "CatalogID": "123456789012",
        "Role": "stats",
        "SampleSize": 20.0,
        "ColumnNameList": ["NAME"],
        "Schedule": {"ScheduleExpression": DAILY, "State": "SCHEDULED"},
        "ScheduleType": "CRON",
        "SettingSource": "TABLE",
    }
    assert _settings(sales) == shown
    again = _error(sales.create_column_statistics_task_settings, **TABLE, Role="stats")
    assert again == ("AlreadyExistsException", "Column statistics settings of shop.sales already exist.")
    sales.update_column_statistics_task_settings(**TABLE, SampleSize=50, Schedule="")
    assert _settings(sales) == {
        **{name: value for name, value in shown.items() if not name.startswith("Schedule")},
        "SampleSize": 50.0,
    }
    sales.delete_column_statistics_task_settings(**TABLE)
    missing = ("EntityNotFoundException", "Column statistics settings of shop.sales not found.")
    for operation in ("get", "delete", "update"):
        refused = getattr(sales, f"{operation}_column_statistics_task_settings")
        assert _error(refused, **TABLE) == missing


def test_schedule_starts_a_run_for_each_due_time_and_tells_of_it(sales: Any, api: Api) -> None:
    sales.create_column_statistics_task_settings(
        **TABLE, Role="stats", ColumnNameList=["NAME"], Schedule=DAILY
    )
    assert [fire_due(api.store, STARTERS, FIRST + second) for second in (-1, 0, 0)] == [0, 1, 0]
    [run] = _runs(sales)
    assert (run["Status"], run["Role"], run["ColumnNameList"]) == ("STARTING", "stats", ["Name"])
    attempt = _settings(sales)["LastExecutionAttempt"]
    assert attempt.pop("ExecutionTimestamp").timestamp() == FIRST
    run_id = run["ColumnStatisticsTaskRunId"]
    assert attempt == {"Status": "STARTED", "ColumnStatisticsTaskRunId": run_id}

    assert fire_due(api.store, STARTERS, FIRST + DAY) == 1  # the first run has not ended
    attempt = _settings(sales)["LastExecutionAttempt"]
    assert (attempt["Status"], attempt["ErrorMessage"]) == (
        "FAILED",
        f"Column statistics of table shop.sales are being computed already, by run {run_id}.",
    )
    sales.stop_column_statistics_task_run(**TABLE)
    assert fire_due(api.store, STARTERS, FIRST + 4 * DAY) == 1
    assert "so do 2 later due times" in _settings(sales)["LastExecutionAttempt"]["ErrorMessage"]
    assert len(_runs(sales)) == 2


def test_schedule_is_stopped_and_started(sales: Any, api: Api) -> None:
    start, stop = (
        sales.start_column_statistics_task_run_schedule,
        sales.stop_column_statistics_task_run_schedule,
    )
    sales.create_column_statistics_task_settings(**TABLE, Role="stats")
    no_schedule = ("InvalidInputException", "The settings of shop.sales have no schedule.")
    assert _error(start, **TABLE) == no_schedule
    sales.update_column_statistics_task_settings(**TABLE, Schedule=DAILY)
    assert _error(start, **TABLE)[1] == "The schedule of shop.sales is running already."
    stop(**TABLE)
    assert _error(stop, **TABLE)[1] == "The schedule of shop.sales is not running."
    assert fire_due(api.store, STARTERS, FIRST) == 0
    hourly = "cron(0 * * * ? *)"
    sales.update_column_statistics_task_settings(**TABLE, Schedule=hourly)
    stopped = {"ScheduleExpression": hourly, "State": "NOT_SCHEDULED"}
    assert _settings(sales)["Schedule"] == stopped
    start(**TABLE)
    assert fire_due(api.store, STARTERS, FIRST) == 1


def test_settings_are_not_those_of_a_later_table_of_the_name(sales: Any, api: Api) -> None:
    sales.create_column_statistics_task_settings(**TABLE, Role="stats", Schedule=DAILY)
    sales.delete_table(DatabaseName="shop", Name="sales")
    _create_table(sales)
    missing = _error(sales.get_column_statistics_task_settings, **TABLE)[0]
    assert missing == "EntityNotFoundException"
    assert fire_due(api.store, STARTERS, FIRST) == 1
    assert _runs(sales) == []
    sales.create_column_statistics_task_settings(**TABLE, Role="other")
    assert _settings(sales)["Role"] == "other"
    assert fire_due(api.store, STARTERS, FIRST + DAY) == 0


def _rename_database(api: Api, glue: Any) -> dict[str, str]:
    glue.update_database(Name="shop", DatabaseInput={"Name": "store"})
    return {"DatabaseName": "store", "TableName": "sales"}


def _restore_table(api: Api, glue: Any) -> dict[str, str]:
    glue.delete_table(DatabaseName="shop", Name="sales")
    _create_table(glue)
    call(api, "RestoreTable", {**TABLE, "NewName": "old"})
    return {"DatabaseName": "shop", "TableName": "old"}


def _restore_database(api: Api, glue: Any) -> dict[str, str]:
    glue.delete_database(Name="shop")
    glue.create_database(DatabaseInput={"Name": "shop"})
    call(api, "RestoreDatabase", {"Name": "shop", "NewName": "store"})
    return {"DatabaseName": "store", "TableName": "sales"}


@pytest.mark.parametrize("rename", [_rename_database, _restore_table, _restore_database])
def test_settings_and_their_schedule_follow_a_table_to_its_new_name(
    sales: Any, api: Api, rename: Callable[[Api, Any], dict[str, str]]
) -> None:
    sales.create_column_statistics_task_settings(**TABLE, Role="stats", Schedule=DAILY)
    before = _settings(sales)
    renamed = rename(api, sales)
    found = sales.get_column_statistics_task_settings(**renamed)["ColumnStatisticsTaskSettings"]
    assert found == {**before, **renamed}
    assert _error(sales.get_column_statistics_task_settings, **TABLE)[0] == "EntityNotFoundException"
    assert fire_due(api.store, STARTERS, FIRST) == 1
    [run] = sales.get_column_statistics_task_runs(**renamed)["ColumnStatisticsTaskRuns"]
    assert run["Role"] == "stats"


def test_settings_of_an_earlier_table_cannot_be_changed_through_a_later_one(sales: Any) -> None:
    sales.create_column_statistics_task_settings(**TABLE, Role="stats", Schedule=DAILY)
    sales.delete_table(DatabaseName="shop", Name="sales")
    _create_table(sales)
    missing = ("EntityNotFoundException", "Column statistics settings of shop.sales not found.")
    for operation in ("update_column_statistics_task_settings", "delete_column_statistics_task_settings"):
        assert _error(getattr(sales, operation), **TABLE) == missing
    assert _error(sales.stop_column_statistics_task_run_schedule, **TABLE) == missing


def test_settings_go_when_their_table_cannot_be_restored_any_more(sales: Any, api: Api) -> None:
    sales.create_column_statistics_task_settings(**TABLE, Role="stats", Schedule=DAILY)
    sales.delete_table(DatabaseName="shop", Name="sales")
    assert fire_due(api.store, STARTERS, FIRST) == 1  # it may be restored, and its settings with it
    with api.store.begin() as tx:
        assert tx.deleted_remains.expire(FIRST) == 1
    assert [fire_due(api.store, STARTERS, FIRST + days * DAY) for days in (1, 2)] == [1, 0]
    missing = _error(sales.delete_column_statistics_task_settings, **TABLE)[0]
    assert missing == "EntityNotFoundException"


@pytest.mark.parametrize(
    ("members", "code", "message"),
    [
        (
            {"Schedule": "rate(1 day)"},
            "InvalidInputException",
            ("The schedule 'rate(1 day)' is not valid: it must have the form "
            "cron(Minutes Hours Day-of-month Month Day-of-week Year)."),
        ),
        ({"ColumnNameList": ["nope"]}, "EntityNotFoundException", "Column nope not found."),
        ({"TableName": "nope"}, "EntityNotFoundException", "Table nope not found."),
        (
            {"Tags": {"a": "b"}},
            "OperationNotSupportedException",
            "CreateColumnStatisticsTaskSettings does not support Tags yet.",
        ),
    ],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused(
    sales: Any, members: dict[str, Any], code: str, message: str
) -> None:
    request = {**TABLE, "Role": "stats", **members}
    assert _error(sales.create_column_statistics_task_settings, **request) == (code, message)


def test_views_have_no_statistics(glue: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "shop"})
    _create_table(glue, TableType="VIRTUAL_VIEW")
    refused = _error(glue.start_column_statistics_task_run, **TABLE, Role="stats")
    assert refused == (
        "InvalidInputException",
        "Table sales is a view; only tables with data have statistics.",
    )
