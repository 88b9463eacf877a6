"""The types Spark infers for partition columns from their values."""

import datetime as dt
import re

from pyspark.sql.types import DateType, DoubleType, IntegerType, LongType, StringType, StructField, StructType

from isinglass_runtime.io.listing import Listing

_WHOLE = re.compile(r"-?\d+")
_DECIMAL = re.compile(r"-?\d*\.\d+")
_INT = range(-(2**31), 2**31)
_LONG = range(-(2**63), 2**63)


def inferred_types(listing: Listing) -> StructType:
    """Give every partition column the narrowest of int, long, double, date and text that holds its values.

    As Spark does: zero-padded numbers are numbers.
    """
    fields = []
    for index, key in enumerate(listing.keys):
        values = {file.values[index] for file in listing.files} - {None}
        fields.append(StructField(key, _type_of({value for value in values if value is not None})))
    return StructType(fields)


def _type_of(values: set[str]) -> IntegerType | LongType | DoubleType | DateType | StringType:
    if not values:
        return StringType()
    if all(_WHOLE.fullmatch(value) for value in values):
        numbers = [int(value) for value in values]
        if all(number in _INT for number in numbers):
            return IntegerType()
        if all(number in _LONG for number in numbers):
            return LongType()
    if all(_WHOLE.fullmatch(value) or _DECIMAL.fullmatch(value) for value in values):
        return DoubleType()
    if all(_is_date(value) for value in values):
        return DateType()
    return StringType()


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2024-01-01")
