"""Hive's column statistics as Glue's."""

import base64

import pytest

from isinglass.store.hive_metastore import TABLES
from isinglass.transfer.hive.column_statistics import statistics_input

EMPTY = dict.fromkeys(TABLES["TAB_COL_STATS"])


@pytest.mark.parametrize(
    ("column_type", "row", "data"),
    [
        ("bigint", {"LONG_LOW_VALUE": "-3", "NUM_NULLS": "1"}, {"MinimumValue": -3, "NumberOfNulls": 1, "NumberOfDistinctValues": 0}),
        ("date", {"LONG_HIGH_VALUE": "2", "NUM_DISTINCTS": "4"}, {"MaximumValue": 172800, "NumberOfNulls": 0, "NumberOfDistinctValues": 4}),
        ("double", {"DOUBLE_LOW_VALUE": "NaN", "DOUBLE_HIGH_VALUE": "1.5"}, {"MaximumValue": 1.5, "NumberOfNulls": 0, "NumberOfDistinctValues": 0}),
        ("varchar(9)", {"MAX_COL_LEN": "9", "AVG_COL_LEN": "2.5"}, {"MaximumLength": 9, "AverageLength": 2.5, "NumberOfNulls": 0, "NumberOfDistinctValues": 0}),
        ("binary", {"MAX_COL_LEN": "9"}, {"MaximumLength": 9, "AverageLength": 0.0, "NumberOfNulls": 0}),
        ("boolean", {"NUM_TRUES": "3"}, {"NumberOfTrues": 3, "NumberOfFalses": 0, "NumberOfNulls": 0}),
    ],
)  # fmt: skip
def test_statistics_of_each_type(column_type, row, data):
    made = statistics_input({**EMPTY, "COLUMN_TYPE": column_type, "LAST_ANALYZED": "7", **row})
    assert (made["ColumnType"], made["AnalyzedTime"]) == (column_type, 7)
    kind = made["StatisticsData"].pop("Type")
    assert made["StatisticsData"] == {f"{kind.title()}ColumnStatisticsData": data}


@pytest.mark.parametrize(
    ("text", "unscaled", "scale"),
    [
        ("-1.25", -125, 2),
        ("1300.50", 130050, 2),
        ("0", 0, 0),
        ("1E+3", 1000, 0),
        ("255", 255, 0),
        ("-128", -128, 0),
    ],
)
def test_decimal_bounds_are_exact(text, unscaled, scale):
    row = {
        **EMPTY,
        "COLUMN_TYPE": "decimal(10,2)",
        "BIG_DECIMAL_LOW_VALUE": text,
        "BIG_DECIMAL_HIGH_VALUE": "none",
    }
    data = statistics_input(row)["StatisticsData"]["DecimalColumnStatisticsData"]
    assert "MaximumValue" not in data
    assert data["MinimumValue"]["Scale"] == scale
    assert (
        int.from_bytes(base64.b64decode(data["MinimumValue"]["UnscaledValue"]), "big", signed=True)
        == unscaled
    )


@pytest.mark.parametrize("column_type", ["array<int>", "", "uniontype<int,string>"])
def test_statistics_of_other_types_left_out(column_type):
    assert statistics_input({**EMPTY, "COLUMN_TYPE": column_type}) is None
