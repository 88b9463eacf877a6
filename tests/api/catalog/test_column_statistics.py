"""Column statistics of tables and partitions, as boto3 sees them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

ANALYZED = datetime(2024, 5, 1, 12, 30, tzinfo=UTC)
DAY = datetime(2024, 1, 31, tzinfo=UTC)
COUNTS = {"NumberOfNulls": 1, "NumberOfDistinctValues": 7}


def _decimal(number: Decimal) -> Any:
    unscaled = int(number.scaleb(2))
    return {"UnscaledValue": unscaled.to_bytes(8, "big", signed=True), "Scale": 2}


KINDS = {
    "flag": ("boolean", "Boolean", {"NumberOfTrues": 3, "NumberOfFalses": 4, "NumberOfNulls": 0}),
    "day": ("date", "Date", {"MinimumValue": DAY, "MaximumValue": DAY, **COUNTS}),
    "price": (
        "decimal(10,2)",
        "Decimal",
        {"MinimumValue": _decimal(Decimal("-1.50")), "MaximumValue": _decimal(Decimal("99.99")), **COUNTS},
    ),
    "ratio": ("double", "Double", {"MinimumValue": -0.5, "MaximumValue": 1e300, **COUNTS}),
    "id": ("bigint", "Long", {"MinimumValue": -(2**63), "MaximumValue": 2**63 - 1, **COUNTS}),
    "city": ("string", "String", {"MaximumLength": 9, "AverageLength": 4.25, **COUNTS}),
    "blob": ("binary", "Binary", {"MaximumLength": 9, "AverageLength": 4.0, "NumberOfNulls": 2}),
}
COLUMNS = [{"Name": name, "Type": type_name} for name, (type_name, _, _) in KINDS.items()]
DESCRIPTOR = {"Columns": COLUMNS}


def _statistics(name: str, *, column: str | None = None) -> Any:
    type_name, kind, data = KINDS[name]
    return {
        "ColumnName": column or name,
        "ColumnType": type_name,
        "AnalyzedTime": ANALYZED,
        "StatisticsData": {"Type": kind.upper(), f"{kind}ColumnStatisticsData": data},
    }


class Statistics:
    """The statistics operations of one level: of a table, or of one of its partitions."""

    def __init__(self, catalog: Any, level: str) -> None:
        self.catalog, self._level = catalog, level
        catalog.glue.create_table(
            DatabaseName="sales",
            TableInput={
                "Name": "t",
                "StorageDescriptor": DESCRIPTOR,
                "PartitionKeys": [{"Name": "year", "Type": "int"}],
            },
        )
        self.key: dict[str, Any] = {"DatabaseName": "sales", "TableName": "t"}
        if level == "partition":
            for year in ("2023", "2024"):
                given = {"Values": [year], "StorageDescriptor": DESCRIPTOR}
                catalog.glue.create_partition(**self.key, PartitionInput=given)
            self.key["PartitionValues"] = ["2024"]

    def operation(self, verb: str) -> Any:
        return getattr(self.catalog.glue, f"{verb}_column_statistics_for_{self._level}")

    def put(self, *statistics: Any) -> Any:
        return self.operation("update")(**self.key, ColumnStatisticsList=list(statistics))["Errors"]

    def get(self, *names: str) -> tuple[list[Any], list[Any]]:
        answer = self.operation("get")(**self.key, ColumnNames=list(names))
        return answer["ColumnStatisticsList"], answer["Errors"]

    def stored(self) -> list[str]:
        return [statistics["ColumnName"] for statistics in self.get(*KINDS)[0]]


@pytest.fixture(params=["table", "partition"])
def statistics(catalog: Any, request: pytest.FixtureRequest) -> Statistics:
    """Statistics of a table `t` with a column of each kind."""
    return Statistics(catalog, request.param)


def test_statistics_of_every_type_read_back_as_given(statistics: Statistics) -> None:
    given = [_statistics(name) for name in KINDS]
    assert statistics.put(*given) == []
    assert statistics.get(*KINDS) == (given, [])
    assert statistics.get("CITY", "id") == ([_statistics("city"), _statistics("id")], [])


def test_statistics_put_again_replace_those_of_the_same_column(statistics: Statistics) -> None:
    later = {**_statistics("id"), "AnalyzedTime": DAY}
    statistics.put(_statistics("id"), _statistics("city"))
    statistics.put(later)
    assert statistics.get("id", "city") == ([later, _statistics("city")], [])


def test_statistics_with_errors_tell_of_each_and_store_the_rest(statistics: Statistics) -> None:
    unknown = _statistics("id", column="nope")
    mixed = {
        **_statistics("city"),
        "StatisticsData": {**_statistics("id")["StatisticsData"], "Type": "STRING"},
    }
    empty = {**_statistics("day"), "StatisticsData": {"Type": "DATE"}}
    errors = statistics.put(unknown, _statistics("flag"), mixed, empty)
    assert [(error["ColumnStatistics"], error["Error"]) for error in errors] == [
        (unknown, {"ErrorCode": "EntityNotFoundException", "ErrorMessage": "Column nope not found."}),
        (
            mixed,
            {
                "ErrorCode": "InvalidInputException",
                "ErrorMessage": "Statistics of column city are of type STRING and need "
                "StringColumnStatisticsData alone; given: LongColumnStatisticsData",
            },
        ),
        (
            empty,
            {
                "ErrorCode": "InvalidInputException",
                "ErrorMessage": "Statistics of column day are of type DATE and need "
                "DateColumnStatisticsData alone; given: none",
            },
        ),
    ]
    assert statistics.stored() == ["flag"]


def test_get_statistics_tells_of_columns_without(statistics: Statistics) -> None:
    statistics.put(_statistics("id"))
    found, errors = statistics.get("nope", "id", "city")
    assert found == [_statistics("id")]
    assert [(error["ColumnName"], error["Error"]["ErrorMessage"]) for error in errors] == [
        ("nope", "Column nope not found."),
        ("city", "Statistics of column city not found."),
    ]


def test_delete_statistics_leaves_other_columns(statistics: Statistics, error_of: Any) -> None:
    statistics.put(_statistics("id"), _statistics("city"))
    delete = statistics.operation("delete")
    delete(**statistics.key, ColumnName="ID")
    assert statistics.stored() == ["city"]
    for name, message in [("id", "Statistics of column id not found."), ("nope", "Column nope not found.")]:
        answer = error_of(delete, **statistics.key, ColumnName=name)
        assert answer == ("EntityNotFoundException", message)


def test_statistics_of_too_many_columns_are_refused(statistics: Statistics, error_of: Any) -> None:
    many = [_statistics("id")] * 26
    refused = error_of(statistics.operation("update"), **statistics.key, ColumnStatisticsList=many)
    assert refused[0] == "ValidationException"
    refused = error_of(statistics.operation("get"), **statistics.key, ColumnNames=["id"] * 101)
    assert refused[0] == "ValidationException"


def test_statistics_of_what_does_not_exist_are_not_found(statistics: Statistics, error_of: Any) -> None:
    requests = [
        ("update", {"ColumnStatisticsList": [_statistics("id")]}),
        ("get", {"ColumnNames": ["id"]}),
        ("delete", {"ColumnName": "id"}),
    ]
    for verb, arguments in requests:
        call = statistics.operation(verb)
        missing = error_of(call, **{**statistics.key, "TableName": "nope"}, **arguments)
        assert missing == ("EntityNotFoundException", "Table nope not found.")
        if "PartitionValues" in statistics.key:
            missing = error_of(call, **{**statistics.key, "PartitionValues": ["1"]}, **arguments)
            assert missing == ("EntityNotFoundException", "Cannot find partition.")


def test_statistics_of_a_dropped_column_go_with_it(statistics: Statistics) -> None:
    statistics.put(_statistics("id"), _statistics("city"))
    table = {"Name": "t", "PartitionKeys": [{"Name": "year", "Type": "int"}]}
    without = [column for column in COLUMNS if column["Name"] != "id"]
    for columns in (without, COLUMNS):
        table["StorageDescriptor"] = {"Columns": columns}
        statistics.catalog.glue.update_table(DatabaseName="sales", TableInput=table)
    assert statistics.stored() == ["city"]


def test_statistics_of_a_deleted_table_go_with_it(statistics: Statistics) -> None:
    statistics.put(_statistics("id"))
    statistics.catalog.glue.delete_table(DatabaseName="sales", Name="t")
    level = "partition" if "PartitionValues" in statistics.key else "table"
    assert Statistics(statistics.catalog, level).stored() == []


def test_statistics_of_a_partition_follow_it_and_go_with_it(catalog: Any) -> None:
    statistics = Statistics(catalog, "partition")
    statistics.put(_statistics("id"), _statistics("city"))
    key = {"DatabaseName": "sales", "TableName": "t"}
    fewer = {"Columns": [column for column in COLUMNS if column["Name"] != "id"]}
    moved = {"Values": ["2025"], "StorageDescriptor": fewer}
    catalog.glue.update_partition(**key, PartitionValueList=["2024"], PartitionInput=moved)
    statistics.key["PartitionValues"] = ["2025"]
    assert statistics.stored() == ["city"]
    catalog.glue.delete_partition(**key, PartitionValues=["2025"])
    catalog.glue.create_partition(**key, PartitionInput=moved)
    assert statistics.stored() == []
