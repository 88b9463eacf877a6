"""Fit parsed JSON values to a column's type as Spark does, one value at a time."""

import decimal
from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pyarrow as pa

from isinglass_connectors.files.casting import TextFormats, cast_text, parse_value
from isinglass_connectors.files.seen import kind_name
from isinglass_connectors.files.types import glue_name, is_choice

Fit = Callable[[Any], Any]


class Misfit(ValueError):
    """A value that is none of its column's type."""


def fitter(kind: pa.DataType, formats: TextFormats) -> Fit:  # noqa: C901 - one branch per family
    """Make the function that turns a JSON value into what Arrow takes for `kind`; Misfit when it cannot."""
    t = pa.types
    if is_choice(kind):
        return _choice(kind, formats)
    if t.is_struct(kind):
        return _struct(kind, formats)
    if t.is_list(kind):
        element = fitter(kind.value_type, formats)
        return lambda v: None if v is None else [element(item) for item in _expect(v, list, kind)]
    if t.is_map(kind):
        item = fitter(kind.item_type, formats)
        return lambda v: None if v is None else [(k, item(i)) for k, i in _expect(v, Mapping, kind).items()]
    if t.is_string(kind):
        return _text
    if t.is_boolean(kind):
        return lambda v: None if v is None else _expect(v, bool, kind)
    if t.is_integer(kind):
        limit = 2 ** (kind.bit_width - 1)
        return lambda v: _integer(v, limit, kind)
    if t.is_floating(kind):
        return lambda v: _float(v, kind)
    if t.is_decimal(kind):
        return lambda v: _decimal(v, kind)
    if t.is_date(kind) or t.is_timestamp(kind):
        return lambda v: _temporal(v, kind, formats)
    if t.is_binary(kind):
        return lambda v: None if v is None else _expect(v, str, kind).encode()
    return lambda _: None


def _expect(value: Any, kind: Any, arrow: pa.DataType) -> Any:
    if not isinstance(value, kind):
        raise Misfit(f"{_text(value)[:100]!r} is no {glue_name(arrow)}")
    return value


def _text(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


def _integer(value: Any, limit: int, kind: pa.DataType) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not -limit <= value < limit:
        raise Misfit(f"{_text(value)[:100]!r} is no {glue_name(kind)}")
    return value


def _float(value: Any, kind: pa.DataType) -> float | None:
    if value is None:
        return None
    if isinstance(value, str) and value in {"NaN", "Infinity", "-Infinity", "INF", "-INF", "+INF"}:
        return float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Misfit(f"{_text(value)[:100]!r} is no {glue_name(kind)}")
    return float(value)


def _decimal(value: Any, kind: pa.DataType) -> decimal.Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Misfit(f"{_text(value)[:100]!r} is no decimal")
    try:
        parsed: decimal.Decimal = parse_value(str(value), kind)
    except ValueError as error:
        raise Misfit(f"{value!r} is no decimal({kind.precision},{kind.scale})") from error
    return parsed


def _temporal(value: Any, kind: pa.DataType, formats: TextFormats) -> Any:
    if value is None:
        return None
    if pa.types.is_timestamp(kind) and isinstance(value, int) and not isinstance(value, bool):
        return value * 1_000_000  # Spark reads a number as seconds; Arrow counts microseconds.
    text = _expect(value, str, kind)
    pattern = formats.date if pa.types.is_date(kind) else formats.timestamp
    if pattern:
        found = cast_text(pa.array([text]), kind, formats).values[0].as_py()
    else:
        try:
            found = parse_value(text, kind)
        except ValueError:
            found = None
    if found is None:
        raise Misfit(f"{text[:100]!r} is no {glue_name(kind)}")
    return found


def _struct(kind: pa.DataType, formats: TextFormats) -> Fit:
    fields = [(field.name, fitter(field.type, formats)) for field in kind]

    def fit(value: Any) -> Any:
        if value is None:
            return None
        found = _expect(value, Mapping, kind)
        return {name: fit_field(found.get(name)) for name, fit_field in fields}

    return fit


def _choice(kind: pa.DataType, formats: TextFormats) -> Fit:
    alternatives = {field.name: fitter(field.type, formats) for field in kind}

    def fit(value: Any) -> Any:
        if value is None:
            return None
        name = kind_name(value)
        if name not in alternatives:
            # An int fits a long, and anything fits text, when its own type is not among the choices.
            wider = {"int": ("long", "double"), "long": ("double",)}.get(name, ())
            name = next((w for w in (*wider, "string") if w in alternatives), name)
        if name not in alternatives:
            raise Misfit(f"{_text(value)[:100]!r} is none of {', '.join(alternatives)}")
        return {name: alternatives[name](value)}

    return fit
