"""The shapes of JSON lines, found by DuckDB for many lines at once: most lines of a file share a few.

A shape is what `json_structure` says: an object of shapes, a list with the shape of its elements, or the name
of a type; `JSON` where elements or equal names differ.
"""

from collections.abc import Iterator
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

Shape = dict[str, Any] | list[Any] | str
_SHAPES = """
SELECT CASE WHEN json_valid(line) THEN CAST(TRY(json_structure(line)) AS VARCHAR) END AS shape FROM lines
"""
_WHOLE = frozenset({"UBIGINT", "BIGINT"})


class Shapes:
    """Finds the shapes of many lines; holds its connection, which takes as long to make as a block to look
    at.
    """

    def __init__(self) -> None:
        import duckdb

        self._connection = duckdb.connect(config={"threads": 1})

    def of(self, lines: pa.StringArray) -> pa.DictionaryArray:
        """Give each line's shape as JSON; null for what is no JSON."""
        self._connection.register("lines", pa.table({"line": lines}))
        found = self._connection.sql(_SHAPES).to_arrow_table().column("shape").cast(pa.string())
        self._connection.unregister("lines")
        return pa.concat_arrays(found.chunks).dictionary_encode()


def split_lines(data: bytes) -> pa.StringArray:
    """Cut a block into its lines; ArrowInvalid when it is no UTF-8."""
    return pc.split_pattern(pa.array([data], pa.binary()).cast(pa.string()), "\n").values


def joined(lines: pa.StringArray) -> pa.Buffer:
    """Make lines a block again."""
    whole = pa.ListArray.from_arrays(pa.array([0, len(lines)], pa.int32()), lines)
    return pc.binary_join(whole, "\n")[0].as_buffer()


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
