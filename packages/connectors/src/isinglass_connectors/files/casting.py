"""Cast columns of text as Spark does, vectorised, telling which values would not go."""

import datetime as dt
import decimal
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from isinglass_connectors.files.java_formats import strptime_formats
from isinglass_connectors.files.types import hive_type, is_choice

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_DATE = re.compile(r"(\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_MOMENT = re.compile(
    r"(\d{4,7})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?"
    r"\s*(Z|UTC|[+-]\d{1,2}(?::?\d{2})?)?"
)


@dataclass(frozen=True, slots=True)
class TextFormats:
    """How dates and timestamps are written; None means ISO, as Spark reads it."""

    date: str | None = None
    timestamp: str | None = None


ISO = TextFormats()


@dataclass(frozen=True, slots=True)
class Cast:
    """A cast column, and where a value was lost; `bad` is None when none was."""

    values: pa.Array
    bad: pa.Array | None = None


def cast_text(column: pa.Array, kind: pa.DataType, formats: TextFormats) -> Cast:
    """Cast one column of strings; what cannot be read becomes null and is marked bad."""
    if is_choice(kind):
        return _cast_choice(column, kind, formats)
    if pa.types.is_string(kind):
        return Cast(column)
    if pa.types.is_null(kind):
        return Cast(pa.nulls(len(column)))
    if pa.types.is_binary(kind) or pa.types.is_large_string(kind):
        return Cast(column.cast(kind))
    pattern = _pattern(kind, formats)
    if pattern:
        return _formatted(column, kind, pattern)
    quick = exact_cast(column, kind)
    return Cast(quick) if quick is not None else _careful(column, kind)


def _pattern(kind: pa.DataType, formats: TextFormats) -> str | None:
    if pa.types.is_date(kind):
        return formats.date
    return formats.timestamp if pa.types.is_timestamp(kind) else None


def exact_cast(column: pa.Array, kind: pa.DataType) -> pa.Array | None:
    """Arrow's own cast, where it accepts just what Spark does; None when it stumbles."""
    try:
        if pa.types.is_timestamp(kind):
            # Text without a zone is in the session's, which is UTC.
            naive = pc.cast(column, pa.timestamp("us"))
            return naive if kind.tz is None else pc.assume_timezone(naive, "UTC")
        if pa.types.is_integer(kind) and _any(pc.match_substring(column, "x", ignore_case=True)):
            return None
        if pa.types.is_boolean(kind) and _any(pc.equal(pc.utf8_length(column), 1)):
            return None
        if pa.types.is_decimal(kind):
            return None if _any(pc.match_substring(column, "_")) else pc.cast(column, kind)
        return pc.cast(column, kind)
    except pa.ArrowInvalid:
        return None


def _any(mask: pa.Array) -> bool:
    return bool(pc.any(mask).as_py())


def _careful(column: pa.Array, kind: pa.DataType) -> Cast:
    """Keep what the type's shape admits and cast that; value by value when even this overflows."""
    shape = r"^[+-]?\d+$" if pa.types.is_integer(kind) else _NUMBER
    if (pa.types.is_integer(kind) or pa.types.is_floating(kind)) and not _any(pc.starts_with(column, "+")):
        fits = pc.match_substring_regex(column, shape)
        quick = exact_cast(pc.if_else(fits, column, pa.scalar(None, pa.string())), kind)
        if quick is not None and not _any(pc.match_substring_regex(column, r"(?i)nan|inf")):
            return _marked(column, quick)
    parse = _parser(kind)
    return _marked(column, pa.array([_or_none(parse, v) for v in column.to_pylist()], kind))


def _marked(column: pa.Array, values: pa.Array) -> Cast:
    bad = pc.and_(pc.is_valid(column), pc.is_null(values))
    return Cast(values, bad) if _any(bad) else Cast(values)


def _or_none(parse: Callable[[str], Any], text: str | None) -> Any:
    if text is None:
        return None
    try:
        return parse(text)
    except (ValueError, ArithmeticError, OverflowError):
        return None


def parse_value(text: str, kind: pa.DataType) -> Any:
    """Read one value; ValueError when it is none of its type."""
    try:
        return _parser(kind)(text)
    except (ArithmeticError, OverflowError) as error:
        raise ValueError(str(error)) from error


def _parser(kind: pa.DataType) -> Callable[[str], Any]:
    if pa.types.is_integer(kind):
        return lambda text: _integer(text, kind)
    if pa.types.is_floating(kind):
        return _float
    if pa.types.is_decimal(kind):
        return lambda text: _decimal(text, kind)
    if pa.types.is_boolean(kind):
        return _boolean
    if pa.types.is_date(kind):
        return _date
    if pa.types.is_timestamp(kind):
        return lambda text: _moment(text, zoned=kind.tz is not None)
    raise TypeError(f"text cannot be read as {hive_type(kind)}")


def _integer(text: str, kind: pa.DataType) -> int:
    if not re.fullmatch(r"[+-]?\d+", text):
        raise ValueError("not a whole number")
    value = int(text)
    if not -(2 ** (kind.bit_width - 1)) <= value < 2 ** (kind.bit_width - 1):
        raise ValueError("out of range")
    return value


def _float(text: str) -> float:
    if "_" in text:
        raise ValueError("not a number")
    return float(text)


def _decimal(text: str, kind: pa.DataType) -> decimal.Decimal:
    if "_" in text:
        raise ValueError("not a number")
    with decimal.localcontext(prec=76):
        value = decimal.Decimal(text).quantize(decimal.Decimal(1).scaleb(-kind.scale), decimal.ROUND_HALF_UP)
    if len(value.as_tuple().digits) > kind.precision:
        raise ValueError("out of range")
    return value


def _boolean(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError("neither true nor false")
    return text.lower() == "true"


def _date(text: str) -> dt.date:
    found = _DATE.match(text.strip())
    rest = "" if found is None else text.strip()[found.end() :]
    if found is None or (rest and not (found[3] and rest[0] in " T")):
        raise ValueError("not a date")
    return dt.date(int(found[1]), int(found[2] or 1), int(found[3] or 1))


def _moment(text: str, *, zoned: bool) -> dt.datetime:
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        raise ValueError("not a timestamp")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    micros = int((found[7] or "").ljust(6, "0")[:6])
    value = dt.datetime(year, month, day, hour, minute, second, micros, tzinfo=dt.UTC)
    zone = found[8]
    if zone and zone not in {"Z", "UTC"}:
        digits = (
            zone[1:].replace(":", "").ljust(4, "0") if ":" in zone or len(zone) > 3 else f"{zone[1:]:0>2}00"
        )
        shift = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        value += shift if zone[0] == "-" else -shift
    return value if zoned else value.replace(tzinfo=None)


def _formatted(column: pa.Array, kind: pa.DataType, pattern: str) -> Cast:
    """Parse by a Java pattern with DuckDB, the one vectorised parser that knows fractions and zones."""
    import duckdb

    formats = list(strptime_formats(pattern))
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("texts", pa.table({"v": column}))
        query = "SELECT try_strptime(v, $formats) AS v FROM texts"
        parsed = connection.sql(query, params={"formats": formats}).to_arrow_table()
    values = pa.concat_arrays(parsed.column("v").chunks) if len(column) else pa.array([], pa.timestamp("us"))
    if pa.types.is_date(kind):
        values = pc.cast(values, pa.timestamp("us")).cast(pa.date32(), safe=False)
    else:
        values = pc.cast(values, pa.timestamp("us"))
        values = values if kind.tz is None else pc.assume_timezone(values, "UTC")
    return _marked(column, values)


def _cast_choice(column: pa.Array, kind: pa.DataType, formats: TextFormats) -> Cast:
    """Give each value to the first alternative that can read it; text is the last resort."""
    alternatives: Iterable[pa.Field] = list(kind)
    left = column
    arrays: dict[str, pa.Array] = {}
    for field in sorted(alternatives, key=lambda f: pa.types.is_string(f.type)):
        cast = cast_text(left, field.type, formats)
        arrays[field.name] = cast.values
        unread = pa.array([False] * len(left), pa.bool_()) if cast.bad is None else cast.bad
        left = pc.if_else(unread, left, pa.scalar(None, pa.string()))
    values = pa.StructArray.from_arrays(
        [arrays[f.name] for f in kind], fields=list(kind), mask=pc.is_null(column)
    )
    lost = pc.is_valid(left)
    return Cast(values, lost) if _any(lost) else Cast(values)
