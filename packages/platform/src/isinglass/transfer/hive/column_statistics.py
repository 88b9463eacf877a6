"""Hive's statistics of a column as Glue's."""

import base64
import math
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

_DAY_SECONDS = 86_400
_LONGS = frozenset({"tinyint", "smallint", "int", "integer", "bigint", "timestamp"})
_STRINGS = frozenset({"string", "varchar", "char"})


def statistics_input(row: Mapping[str, str | None]) -> dict[str, Any] | None:
    """Build the input of a column's statistics; None where Hive's are of no use."""
    column_type = row["COLUMN_TYPE"] or ""
    data = _data(column_type.partition("(")[0].lower(), row)
    if data is None:
        return None
    return {
        "ColumnType": column_type,
        "AnalyzedTime": _integer(row["LAST_ANALYZED"]) or 0,
        "StatisticsData": data,
    }


def _data(base: str, row: Mapping[str, str | None]) -> dict[str, Any] | None:
    nulls = _integer(row["NUM_NULLS"]) or 0
    counted = {"NumberOfNulls": nulls, "NumberOfDistinctValues": _integer(row["NUM_DISTINCTS"]) or 0}
    low, high = row["LONG_LOW_VALUE"], row["LONG_HIGH_VALUE"]
    if base in _LONGS:
        bounds = _bounds(_integer(low), _integer(high))
        return {"Type": "LONG", "LongColumnStatisticsData": {**bounds, **counted}}
    if base == "date":
        days = [_integer(low), _integer(high)]
        bounds = _bounds(*(None if day is None else day * _DAY_SECONDS for day in days))
        return {"Type": "DATE", "DateColumnStatisticsData": {**bounds, **counted}}
    if base in {"float", "double"}:
        bounds = _bounds(_real(row["DOUBLE_LOW_VALUE"]), _real(row["DOUBLE_HIGH_VALUE"]))
        return {"Type": "DOUBLE", "DoubleColumnStatisticsData": {**bounds, **counted}}
    if base == "decimal":
        bounds = _bounds(_decimal(row["BIG_DECIMAL_LOW_VALUE"]), _decimal(row["BIG_DECIMAL_HIGH_VALUE"]))
        return {"Type": "DECIMAL", "DecimalColumnStatisticsData": {**bounds, **counted}}
    longest = {
        "MaximumLength": _integer(row["MAX_COL_LEN"]) or 0,
        "AverageLength": _real(row["AVG_COL_LEN"]) or 0.0,
    }
    if base in _STRINGS:
        return {"Type": "STRING", "StringColumnStatisticsData": {**longest, **counted}}
    if base == "binary":
        return {"Type": "BINARY", "BinaryColumnStatisticsData": {**longest, "NumberOfNulls": nulls}}
    if base == "boolean":
        trues = {
            "NumberOfTrues": _integer(row["NUM_TRUES"]) or 0,
            "NumberOfFalses": _integer(row["NUM_FALSES"]) or 0,
            "NumberOfNulls": nulls,
        }
        return {"Type": "BOOLEAN", "BooleanColumnStatisticsData": trues}
    return None


def _bounds(low: Any, high: Any) -> dict[str, Any]:
    given = {"MinimumValue": low, "MaximumValue": high}
    return {name: value for name, value in given.items() if value is not None}


def _integer(text: str | None) -> int | None:
    try:
        return None if text is None else int(text)
    except ValueError:
        return None


def _real(text: str | None) -> float | None:
    try:
        value = None if text is None else float(text)
    except ValueError:
        return None
    # Bounds that are not finite are none.
    return value if value is not None and math.isfinite(value) else None


def _decimal(text: str | None) -> dict[str, Any] | None:
    try:
        sign, digits, exponent = Decimal(text or "").as_tuple()
    except InvalidOperation:
        return None
    if not isinstance(exponent, int):
        return None
    unscaled = int("".join(map(str, digits)) or "0") * 10 ** max(exponent, 0) * (-1 if sign else 1)
    size = unscaled.bit_length() // 8 + 1
    data = base64.b64encode(unscaled.to_bytes(size, "big", signed=True)).decode()
    return {"UnscaledValue": data, "Scale": max(-exponent, 0)}
