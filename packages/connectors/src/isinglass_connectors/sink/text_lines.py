"""Turn batches into lines of CSV or JSON, vectorised, in Spark's spelling of values."""

import math
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from isinglass_connectors.sink.options import WriteOptions

_SPECIAL_JSON = r'["\\\x00-\x1f]'
_NOTHING = pa.scalar(None, pa.string())


def text_of(column: pa.Array) -> pa.Array:
    """Spell a column's values as Spark does; nested values as JSON."""
    t = pa.types
    kind = column.type
    if t.is_dictionary(kind):
        return text_of(column.dictionary_decode())
    if t.is_string(kind):
        return column
    if t.is_timestamp(kind):
        return _timestamps(column)
    if t.is_floating(kind):
        return _floats(column)
    if t.is_binary(kind) or t.is_large_binary(kind) or t.is_fixed_size_binary(kind):
        return column.cast(pa.binary()).cast(pa.string())
    if t.is_nested(kind):
        return pa.array([None if v is None else dump(v, kind) for v in column.to_pylist()], pa.string())
    return column.cast(pa.string())


def _timestamps(column: pa.Array) -> pa.Array:
    """`2024-01-31T10:00:00.000Z`; without a zone no `Z`. Microseconds only where there are any."""
    naive = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    zone = "" if column.type.tz is None else "Z"
    if column.type.tz is not None:
        naive = naive.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))
    texts = pc.strftime(naive, format="%Y-%m-%dT%H:%M:%S")  # %S of microseconds has six decimals
    return pc.binary_join_element_wise(pc.replace_substring_regex(texts, r"(\.\d{3})000$", r"\1"), zone, "")


def _floats(column: pa.Array) -> pa.Array:
    texts = column.cast(pa.string())
    whole = pc.match_substring_regex(texts, r"^-?\d+$")
    texts = pc.if_else(whole, pc.binary_join_element_wise(texts, ".0", ""), texts)
    texts = pc.replace_substring_regex(texts, "^(-?)inf$", r"\1Infinity")
    return pc.replace_substring_regex(texts, "^-?nan$", "NaN")


def csv_lines(batch: pa.RecordBatch, options: WriteOptions) -> pa.Array:
    """One string per row, newline included."""
    cells = [_csv_cells(column, options) for column in batch.columns]
    line = pc.binary_join_element_wise(*cells, options.separator)
    return pc.binary_join_element_wise(line, "\n", "")


def csv_header(names: list[str], options: WriteOptions) -> bytes:
    cells = _csv_cells(pa.array(names, pa.string()), options).to_pylist()
    return (options.separator.join(cells) + "\n").encode()


def _csv_cells(column: pa.Array, options: WriteOptions) -> pa.Array:
    texts = text_of(column)
    if options.trim and pa.types.is_string(column.type):
        texts = pc.utf8_trim_whitespace(texts)
    if options.quote is not None and (_may_need_quotes(column.type) or options.quote_all):
        texts = _quoted(texts, options)
    return texts.fill_null(options.null_value)


def _may_need_quotes(kind: pa.DataType) -> bool:
    t = pa.types
    return not (t.is_integer(kind) or t.is_boolean(kind) or t.is_floating(kind))


def _quoted(texts: pa.Array, options: WriteOptions) -> pa.Array:
    quote = options.quote or ""
    empty = pc.equal(texts, "")
    if options.quote_all:
        needs = pc.invert(empty)
    else:
        needs = pc.match_substring_regex(texts, "[" + _class(options.separator + quote) + "\\n\\r]")
    if pc.any(needs).as_py():
        escaped = texts
        if options.escape and options.escape != quote:
            # Only a backslash before a quote would be misread; others stay as they are, as in Spark.
            escaped = pc.replace_substring(escaped, options.escape + quote, options.escape * 2 + quote)
        if options.escape:
            escaped = pc.replace_substring(escaped, quote, options.escape + quote)
        texts = pc.if_else(needs, pc.binary_join_element_wise(quote, escaped, quote, ""), texts)
    if options.empty_value:
        texts = pc.if_else(empty, options.empty_value, texts)
    return texts


def _class(chars: str) -> str:
    return "".join("\\" + c if not c.isalnum() and c.isascii() and c >= " " else c for c in chars)


def json_lines(batch: pa.RecordBatch, options: WriteOptions) -> pa.Array:
    """One JSON object per row, newline included; null fields are left out as in Spark."""
    members = [
        _json_member(name, column, options)
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    ]
    line = pc.binary_join_element_wise(*members, ",", null_handling="skip")
    return pc.binary_join_element_wise("{", line, "}\n", "")


def _json_member(name: str, column: pa.Array, options: WriteOptions) -> pa.Array:
    t = pa.types
    kind = column.type
    if t.is_nested(kind):
        values = text_of(column)
    elif t.is_integer(kind) or t.is_boolean(kind) or t.is_decimal(kind):
        values = column.cast(pa.string())
    elif t.is_floating(kind):
        texts = text_of(column)
        named = pc.match_substring_regex(texts, "[NI]")
        values = pc.if_else(named, pc.binary_join_element_wise('"', texts, '"', ""), texts)
    else:
        values = pc.binary_join_element_wise('"', _json_escaped(text_of(column)), '"', "")
    if not options.ignore_null_fields:
        values = values.fill_null("null")
    return pc.binary_join_element_wise(orjson.dumps(name).decode() + ":", values, "")


def _json_escaped(texts: pa.Array) -> pa.Array:
    special = pc.match_substring_regex(texts, _SPECIAL_JSON)
    if not pc.any(special).as_py():
        return texts
    escaped = [orjson.dumps(v).decode()[1:-1] for v in texts.filter(special).to_pylist()]
    return pc.replace_with_mask(texts, special.fill_null(False), pa.array(escaped, pa.string()))


def dump(value: Any, kind: pa.DataType) -> str:
    """A nested value as JSON; nulls inside objects are left out as in Spark."""
    return orjson.dumps(_plain(value, kind)).decode()


def _plain(value: Any, kind: pa.DataType) -> Any:
    t = pa.types
    if value is None:
        return None
    if t.is_struct(kind):
        return {f.name: _plain(value[f.name], f.type) for f in kind if value[f.name] is not None}
    if t.is_list(kind) or t.is_large_list(kind) or t.is_fixed_size_list(kind):
        return [_plain(item, kind.value_type) for item in value]
    if t.is_map(kind):
        return {str(k): _plain(v, kind.item_type) for k, v in value}
    if t.is_decimal(kind):
        return orjson.Fragment(str(value))
    if t.is_integer(kind) or t.is_boolean(kind) or t.is_string(kind):
        return value
    if t.is_floating(kind) and math.isfinite(value):
        return value
    return text_of(pa.array([value], kind))[0].as_py()
