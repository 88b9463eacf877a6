"""Turn what the engine measured of a table's columns into statistics in Glue's shapes.

A measurement of a sample is scaled to the whole table. With n rows read of an estimated N:

* nulls, trues and falses grow with the rows: x · N / n;
* distinct values do not: most values that are in the table are in the sample already. Were the table made of
  K values, all equally frequent, a sample of n rows would hold about K · (1 - e^(-n/K)) of them; this is
  solved for K, and the same formula gives what N rows hold. It is exact at both ends (few values, all of them
  seen; every row another one) and too low where a few values are frequent and many are rare;
* bounds and lengths are those of the sample: there may be smaller and larger values.
"""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

#: A sample with so many distinct values per row is taken for one without any value twice: the engine's count
#: is that inexact.
_ALL_DISTINCT = 0.97


def estimate_distinct(distinct: int, sampled: int, whole: int) -> int:
    """Estimate a table's distinct values from those of a sample: never fewer, and never more than rows."""
    if sampled <= 0 or distinct <= 0 or whole <= sampled:
        return min(distinct, max(sampled, 0))
    if distinct >= _ALL_DISTINCT * sampled:
        return whole
    least, most = float(distinct), float(distinct)
    while _held(most, sampled) < distinct:
        most *= 2
    for _ in range(60):
        middle = (least + most) / 2
        if _held(middle, sampled) < distinct:
            least = middle
        else:
            most = middle
    return min(whole, max(distinct, round(_held(most, whole))))


def _held(values: float, rows: int) -> float:
    """Tell how many of equally frequent values so many rows hold."""
    return -values * math.expm1(-rows / values)


def statistics_of(measured: Mapping[str, Any], *, now: float) -> dict[str, Any]:
    """Make a column's statistics of its measurement in `rows` rows, the `fraction` drawn of the table."""
    rows, fraction = measured["rows"], measured["fraction"]
    whole = max(rows, round(rows / fraction)) if fraction > 0 else rows
    scaled = _Scaled(measured, rows, whole)
    data = _DATA[measured["kind"]](scaled)
    member = f"{measured['kind'].capitalize()}ColumnStatisticsData"
    return {
        "ColumnName": measured["name"],
        "ColumnType": measured["type"],
        "AnalyzedTime": now,
        "StatisticsData": {"Type": measured["kind"], member: data},
    }


class _Scaled:
    """A measurement, and what it says of the whole table."""

    def __init__(self, measured: Mapping[str, Any], rows: int, whole: int) -> None:
        self.measured = measured
        self._rows, self._whole = rows, whole
        self.nulls = self._grown(rows - measured["count"])

    def _grown(self, count: int) -> int:
        return round(count * self._whole / self._rows) if self._rows else 0

    @property
    def trues(self) -> int:
        return self._grown(self.measured["trues"] or 0)

    @property
    def falses(self) -> int:
        return max(0, self._whole - self.nulls - self.trues)

    @property
    def distinct(self) -> int:
        known = self.measured.get("distinct_of_all")
        if known is not None:
            return int(known)
        count = self.measured["count"]
        return estimate_distinct(min(self.measured["distinct"], count), count, self._whole - self.nulls)

    def bounds(self, write: Any = lambda value: value) -> dict[str, Any]:
        """Name the bounds, where there are any: a column of nulls has none."""
        found = {"MinimumValue": self.measured["least"], "MaximumValue": self.measured["most"]}
        return {name: write(value) for name, value in found.items() if value is not None}


def _counted(scaled: _Scaled) -> dict[str, Any]:
    return {"NumberOfNulls": scaled.nulls, "NumberOfDistinctValues": scaled.distinct}


def _lengths(scaled: _Scaled) -> dict[str, Any]:
    return {
        "MaximumLength": scaled.measured["longest"] or 0,
        "AverageLength": scaled.measured["average"] or 0.0,
    }


_DATA: dict[str, Any] = {
    "BOOLEAN": lambda scaled: {
        "NumberOfTrues": scaled.trues,
        "NumberOfFalses": scaled.falses,
        "NumberOfNulls": scaled.nulls,
    },
    "LONG": lambda scaled: {**scaled.bounds(), **_counted(scaled)},
    "DOUBLE": lambda scaled: {**scaled.bounds(), **_counted(scaled)},
    "DATE": lambda scaled: {**scaled.bounds(float), **_counted(scaled)},
    "DECIMAL": lambda scaled: {**scaled.bounds(decimal_number), **_counted(scaled)},
    "STRING": lambda scaled: {**_lengths(scaled), **_counted(scaled)},
    "BINARY": lambda scaled: {**_lengths(scaled), "NumberOfNulls": scaled.nulls},
}


def decimal_number(text: str) -> dict[str, Any]:
    """Write a decimal as Glue does: its digits as a big-endian number in two's complement, and its scale."""
    sign, digits, exponent = Decimal(text).as_tuple()
    assert isinstance(exponent, int), text
    unscaled = (-1) ** sign * int("".join(map(str, digits))) * 10 ** max(exponent, 0)
    scale = max(-exponent, 0)
    return {
        "UnscaledValue": unscaled.to_bytes(unscaled.bit_length() // 8 + 1, "big", signed=True),
        "Scale": scale,
    }
