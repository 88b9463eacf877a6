"""The shapes of JSON lines, found by DuckDB for many lines at once: most lines of a file share a few.

A shape is what `json_structure` says: an object of shapes, a list with the shape of its elements, or the name
of a type; `JSON` where elements or equal names differ.
"""

from collections.abc import Iterator
from typing import Any

import orjson
import pyarrow as pa

Shape = dict[str, Any] | list[Any] | str
_SHAPES = """
SELECT CASE WHEN json_valid(line) THEN CAST(TRY(json_structure(line)) AS VARCHAR) END AS shape FROM lines
"""
_WHOLE = frozenset({"UBIGINT", "BIGINT"})


def shapes(lines: list[bytes]) -> pa.DictionaryArray:
    """Give each line's shape as JSON; null for what is no JSON."""
    import duckdb

    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("lines", pa.table({"line": pa.array(lines, pa.binary()).cast(pa.string())}))
        found = connection.sql(_SHAPES).to_arrow_table().column("shape")
    encoded = found.combine_chunks().dictionary_encode()
    return encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded


def parsed(found: pa.DictionaryArray) -> Iterator[Shape]:
    """The distinct shapes, in the order of the dictionary."""
    return (orjson.loads(text) for text in found.dictionary.to_pylist())


def fits(shape: Shape, kind: pa.DataType) -> bool:
    """Tell whether Arrow's reader takes every value of this shape for one of a type, without a change."""
    t = pa.types
    if shape == "NULL":
        return True
    if t.is_struct(kind):
        return isinstance(shape, dict) and all(
            field.name not in shape or fits(shape[field.name], field.type) for field in kind
        )
    if t.is_list(kind):
        return isinstance(shape, list) and fits(shape[0], kind.value_type)
    if t.is_string(kind):
        return shape == "VARCHAR"
    if t.is_boolean(kind):
        return shape == "BOOLEAN"
    if t.is_floating(kind):
        return shape == "DOUBLE" or shape in _WHOLE if isinstance(shape, str) else False
    return isinstance(shape, str) and shape in _WHOLE
