"""Blocks of JSON lines: which lines Arrow takes at once, and what it makes of choices."""

import pyarrow as pa
import pytest

from isinglass_connectors.files.json_blocks import fitting, narrowed, parse, widened
from isinglass_connectors.files.json_shapes import split_lines
from isinglass_connectors.files.types import choice

DOUBLE = pa.schema([("d", pa.float64())])
GOOD, TEXT, BROKEN = b'{"d":1.5}', b'{"d":"x"}', b'{"d":'


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([TEXT, GOOD, BROKEN, GOOD], [False, True, False, True]),
        ([GOOD, BROKEN], [True, False]),
        ([GOOD, TEXT, b""], [True, False, False]),
        ([GOOD, b"", TEXT], None),
        ([GOOD, TEXT] * 50, None),
    ],
)
def test_fitting_names_lines_unless_misfits_are_many_or_lines_blank(lines, expected):
    data = b"\n".join(lines)
    found = fitting(split_lines(data), data, DOUBLE, parse(data, DOUBLE))
    assert (found if found is None else found.to_pylist()) == expected


@pytest.mark.parametrize(
    ("kind", "narrow"),
    [
        (pa.string(), pa.string()),
        (choice(pa.float64(), pa.string()), pa.float64()),
        (choice(pa.string(), pa.int64()), pa.int64()),
        (choice(pa.int32(), pa.float64()), choice(pa.int32(), pa.float64())),
    ],
)
def test_choices_with_string_are_narrowed(kind, narrow):
    assert narrowed(pa.schema([("c", kind)])) == pa.schema([("c", narrow)])


def test_narrowed_values_are_widened_to_their_alternative():
    schema = pa.schema([("c", choice(pa.float64(), pa.string()))])
    rows = pa.RecordBatch.from_pydict({"c": [1.5, None]}, schema=narrowed(schema))
    assert widened(rows, schema).to_pylist() == [{"c": {"double": 1.5, "string": None}}, {"c": None}]
