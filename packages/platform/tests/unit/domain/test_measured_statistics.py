"""What a measurement says of a whole table."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.column_statistics import check_statistics
from isinglass.domain.measured_statistics import decimal_number, estimate_distinct, statistics_of


@pytest.mark.parametrize(
    ("distinct", "sampled", "whole", "estimate"),
    [
        (0, 0, 0, 0),
        (5, 1000, 100_000, 5),  # all of few values have been seen
        (1000, 1000, 100_000, 100_000),  # no value twice
        (985, 1000, 100_000, 100_000),  # as exactly as the engine counts
        (7, 7, 7, 7),
        # 500 equally frequent values: a sample of 1000 rows holds 432 of them.
        (432, 1000, 100_000, 500),
    ],
)
def test_distinct_values_of_a_sample_tell_those_of_the_whole(
    distinct: int, sampled: int, whole: int, estimate: int
) -> None:
    assert estimate_distinct(distinct, sampled, whole) == pytest.approx(estimate, rel=0.01)


@settings(max_examples=50)
@given(
    sampled=st.integers(1, 10**9),
    share=st.floats(0.0, 1.0),
    growth=st.floats(1.0, 1000.0),
)
def test_estimate_is_between_what_was_seen_and_all_rows(sampled: int, share: float, growth: float) -> None:
    distinct, whole = max(1, int(sampled * share)), int(sampled * growth)
    assert distinct <= estimate_distinct(distinct, sampled, whole) <= max(whole, distinct)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=10))
def test_decimal_number_holds_every_digit(value: Decimal) -> None:
    written = decimal_number(format(value, "f"))
    unscaled = int.from_bytes(written["UnscaledValue"], "big", signed=True)
    assert Fraction(unscaled, 10 ** written["Scale"]) == Fraction(value)


@pytest.mark.parametrize(
    ("text", "digits", "scale"),
    [
        ("0", b"\x00", 0),
        ("127", b"\x7f", 0),
        ("128", b"\x00\x80", 0),
        ("-128", b"\xff\x80", 0),
        ("-0.01", b"\xff", 2),
        ("99999999999999999999999999999999999999", (10**38 - 1).to_bytes(16, "big"), 0),
    ],
)
def test_decimal_number_is_written_big_endian_with_its_sign(text: str, digits: bytes, scale: int) -> None:
    assert decimal_number(text) == {"UnscaledValue": digits, "Scale": scale}


def test_sample_is_scaled_but_for_its_bounds() -> None:
    measured = {
        "name": "n", "type": "int", "kind": "LONG", "count": 75, "least": 1, "most": 9, "distinct": 9,
    }  # fmt: skip
    made = statistics_of({**measured, "rows": 100, "fraction": 0.1}, now=5.0)
    check_statistics(made)
    assert made == {
        "ColumnName": "n",
        "ColumnType": "int",
        "AnalyzedTime": 5.0,
        "StatisticsData": {
            "Type": "LONG",
            "LongColumnStatisticsData": {
                "MinimumValue": 1,
                "MaximumValue": 9,
                "NumberOfNulls": 250,
                "NumberOfDistinctValues": 9,
            },
        },
    }


def test_truths_of_a_sample_add_up_to_the_whole_table() -> None:
    measured = {"name": "b", "type": "boolean", "kind": "BOOLEAN", "count": 2, "trues": 1}
    data = statistics_of({**measured, "rows": 3, "fraction": 0.3}, now=0.0)["StatisticsData"]
    assert data["BooleanColumnStatisticsData"] == {
        "NumberOfTrues": 3,
        "NumberOfFalses": 4,
        "NumberOfNulls": 3,
    }


def test_column_of_no_rows_has_no_bounds() -> None:
    measured = {
        "name": "s", "type": "string", "kind": "STRING", "count": 0, "longest": None, "average": None,
        "distinct": 0,
    }  # fmt: skip
    data = statistics_of({**measured, "rows": 0, "fraction": 1.0}, now=0.0)["StatisticsData"]
    assert data["StringColumnStatisticsData"] == {
        "MaximumLength": 0,
        "AverageLength": 0.0,
        "NumberOfNulls": 0,
        "NumberOfDistinctValues": 0,
    }
