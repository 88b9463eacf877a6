"""Lines read at once and lines read one by one give the same rows, errors and misfits."""

import io

import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass_connectors.files import json_reader
from isinglass_connectors.files.json_reader import read_json
from isinglass_connectors.files.json_shapes import fits
from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.types import choice

SCHEMA = pa.schema(
    [
        pa.field("i", pa.int32()),
        pa.field("d", pa.float64()),
        pa.field("s", pa.string()),
        pa.field("b", pa.bool_()),
        pa.field("o", pa.struct([("x", pa.int64())])),
        pa.field("l", pa.list_(pa.float64())),
    ]
)
CHOICES = pa.schema(
    [
        pa.field("i", choice(pa.int32(), pa.string())),
        pa.field("d", choice(pa.string(), pa.float64())),
        pa.field("s", pa.string()),
        pa.field("b", choice(pa.bool_(), pa.string())),
        pa.field("o", choice(pa.struct([("x", pa.int64())]), pa.string())),
        pa.field("l", choice(pa.list_(pa.float64()), pa.string())),
    ]
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 2**31, 2**63, 1.5, 1e300, "", "1", 'é\n"', "2024-01-01 10:00:00"]),
    st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from([None, 1, 1.5, "a"])),
    st.lists(st.sampled_from([None, 1, 2.5, "a", []]), max_size=3),
)
RECORDS = st.dictionaries(st.sampled_from(["i", "d", "s", "b", "o", "l", "z"]), VALUES).map(orjson.dumps)
ODD = st.sampled_from(
    [b"", b"  ", b"[]", b"7", b"{", b'{"i":1}{"i":2}', b'{"i":1,"i":"x"}', b'{"i":1,"i":2}', b'{"d":NaN}',
     b'[{"i":1},{"i":"x"},3]', b'{"s":"\xff"}', b'{"d":1e400}', b' {"i":5} ', b"{}"]
)  # fmt: skip


def scanned(data, mode, schema):
    options = ReadOptions(mode=mode, corrupt_column="_bad")
    chunks = list(read_json(io.BytesIO(data), "file", schema, options))
    rows = [row for chunk in chunks for row in chunk.rows.to_pylist()]
    errors = [error for chunk in chunks for error in chunk.errors.to_pylist()]
    return repr(rows), errors, frozenset().union(*(chunk.misfits for chunk in chunks))


@settings(max_examples=100, deadline=None, database=None)
@given(
    lines=st.lists(st.one_of(RECORDS, ODD), max_size=25),
    mode=st.sampled_from(["PERMISSIVE", "DROPMALFORMED"]),
    schema=st.sampled_from([SCHEMA, CHOICES]),
)
def test_lines_read_at_once_read_as_one_by_one(lines, mode, schema):
    data = b"\n".join(lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_reader, "_WORTH_SORTING", 0)
        at_once = scanned(data, mode, schema)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_reader, "arrow_reads_like_spark", lambda _: False)
        one_by_one = scanned(data, mode, schema)
    assert at_once == one_by_one


@pytest.mark.parametrize(
    ("shape", "kind", "expected"),
    [
        ("NULL", pa.struct([("x", pa.int64())]), True),
        ("UBIGINT", pa.float64(), True),
        ("DOUBLE", pa.int64(), False),
        ("UBIGINT", pa.string(), False),
        ("JSON", pa.struct([("x", pa.int64())]), False),
        (["JSON"], pa.list_(pa.string()), False),
        ([{"x": "BIGINT"}], pa.list_(pa.struct([("x", pa.int64())])), True),
        ({"x": "VARCHAR"}, pa.struct([("x", pa.int64())]), False),
        ({"y": "VARCHAR"}, pa.struct([("x", pa.int64())]), True),
    ],
)
def test_shape_fits_a_type(shape, kind, expected):
    assert fits(shape, kind) is expected
