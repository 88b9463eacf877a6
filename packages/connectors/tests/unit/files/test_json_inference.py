"""Blocks inferred at once and value by value have the same schema."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass_connectors.files import json_inference
from isinglass_connectors.files.json_blocks import line_count
from isinglass_connectors.files.options import ReadOptions

ATOMS = st.sampled_from([None, True, 0, -1, 2**31, 2**63, 2**64, 1.5, 1.0, "", "x", "2024-01-01 10:00:00"])
VALUES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("pqr"), inner, max_size=2)
    ),
    max_leaves=4,
)
RECORDS = st.dictionaries(st.sampled_from("zyxab"), VALUES, max_size=3).map(lambda v: json.dumps(v).encode())
ODD = st.sampled_from(
    [b"", b" ", b"\r", b"{", b"7", b'[{"a":1}]', b'{"a":1,"a":"x"}', b'{"a":"\xff"}', b"{}"]
)


@settings(max_examples=150, deadline=None, database=None)
@given(st.lists(st.lists(st.one_of(RECORDS, RECORDS, ODD), max_size=3).map(b"\n".join), max_size=3))
def test_spark_schema_of_blocks_is_that_of_their_values(blocks):
    at_once = json_inference.spark(map(io.BytesIO, blocks), ReadOptions())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_inference, "_by_arrow", lambda _: None)
        one_by_one = json_inference.spark(map(io.BytesIO, blocks), ReadOptions())
    assert at_once == one_by_one


@given(st.lists(st.sampled_from([b"x", b"\n", b" ", b"\r", b"\t"])).map(b"".join))
def test_line_count_leaves_out_blank_lines(data):
    assert line_count(data) == sum(1 for line in data.split(b"\n") if line.strip())
