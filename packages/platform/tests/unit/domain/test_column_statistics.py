"""What column statistics are refused, and how they are kept as text."""

import math

import pytest

from isinglass.domain.column_statistics import check_statistics, from_text, to_text
from isinglass.model.glue.errors import InvalidInputException


@pytest.mark.parametrize("bound", [math.nan, math.inf, -math.inf])
def test_check_statistics_that_are_not_finite_refuses_them(bound: float) -> None:
    data = {"MinimumValue": bound, "NumberOfNulls": 0, "NumberOfDistinctValues": 1}
    statistics = {
        "ColumnName": "ratio",
        "StatisticsData": {"Type": "DOUBLE", "DoubleColumnStatisticsData": data},
    }
    with pytest.raises(InvalidInputException, match="column ratio must be finite"):
        check_statistics(statistics)


def test_text_of_statistics_reads_back_with_bytes() -> None:
    statistics = {"MinimumValue": {"UnscaledValue": b"\x00\xff", "Scale": 2}, "NumberOfNulls": 0}
    assert from_text(to_text(statistics)) == statistics
