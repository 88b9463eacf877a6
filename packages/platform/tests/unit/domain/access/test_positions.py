"""Where statements stand in documents, whatever stands around and in them."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from isinglass.domain.access.positions import Position, statement_span


def test_statement_is_found_among_braces_in_strings_and_other_members() -> None:
    text = '{"Id": "Statement: [{",\n "Statement": [\n  {"Sid": "}]"},\n  {"Condition": {"a": {"b": ["Statement"]}}}\n]}'
    assert statement_span(text, 1) == (Position(3, 3), Position(3, 16))
    assert statement_span(text, 2) == (Position(4, 3), Position(4, 45))
    assert statement_span(text, 3) is None


def test_single_statement_is_the_first() -> None:
    assert statement_span('{"Statement": {"Effect": "Allow"}}', 1) == (Position(1, 15), Position(1, 34))


_VALUES = st.recursive(
    st.text('{}[]":Sta\\', max_size=6) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["Statement", "a"]), inner),
    max_leaves=8,
)


@given(
    st.lists(st.dictionaries(st.text(max_size=3), _VALUES, max_size=3), max_size=4), _VALUES, st.booleans()
)
def test_span_holds_exactly_its_statement(statements: list[Any], other: Any, indented: bool) -> None:
    text = json.dumps({"a": other, "Statement": statements, "z": other}, indent=1 if indented else None)
    lines = text.split("\n")
    offsets = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    for number, statement in enumerate(statements, 1):
        span = statement_span(text, number)
        assert span is not None
        start, end = (offsets[place.line - 1] + place.column - 1 for place in span)
        assert json.loads(text[start:end]) == statement
