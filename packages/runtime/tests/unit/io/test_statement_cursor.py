"""Reading statements word by word."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass_runtime.gate.tokens import tokenize
from isinglass_runtime.io.statement_cursor import Cursor, SyntaxNotKnownError, matches


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ("'plain'", "plain"),
        ("'it''s'", "it's"),
        (r"'it\'s'", "it's"),
        ('"a""b"', 'a"b'),
        (r"'a\nb\\'", "a\nb\\"),
        (r"r'a\nb'", r"a\nb"),
        ("42", "42"),
    ],
)
def test_string_literal_means_what_spark_means_by_it(literal: str, text: str) -> None:
    assert Cursor(tokenize(literal)).text() == text


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


@settings(max_examples=60)
@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), min_size=1, max_size=4))
def test_properties_are_read_as_they_were_quoted(properties: dict[str, str]) -> None:
    inside = ", ".join(f"{_quoted(key)} = {_quoted(value)}" for key, value in properties.items())
    cursor = Cursor(tokenize(f"({inside});"))
    assert cursor.properties() == properties
    cursor.end()


@pytest.mark.parametrize("text", ["", "(", "('a'", "('a' = )", "('a' = 'b' 'c')", "('a' = 'b'", "(, 'a')"])
def test_properties_that_do_not_end_are_an_error(text: str) -> None:
    with pytest.raises(SyntaxNotKnownError):
        Cursor(tokenize(text)).properties()


@pytest.mark.parametrize(
    ("pattern", "names"),
    [("*", ["a_1", "ab", "c"]), ("a*", ["a_1", "ab"]), ("AB|c", ["ab", "c"]), ("a.", []), ("", [])],
)
def test_pattern_of_show_means_names(pattern: str, names: list[str]) -> None:
    assert [name for name in ("a_1", "ab", "c") if matches(pattern, name)] == names
