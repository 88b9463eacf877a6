import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass_runtime.gate.tokens import tokenize


@pytest.mark.parametrize(
    ("sql", "texts"),
    [
        ("SELECT 'a -- b' FROM t -- rest", ["SELECT", "'a -- b'", "FROM", "t"]),
        ("a /* x /* nested */ y */ b", ["a", "b"]),
        ("'it''s' \"x\\\"y\" `a``b`", ["'it''s'", '"x\\"y"', "`a``b`"]),
        ("a<=>b->c::d", ["a", "<=>", "b", "->", "c", "::", "d"]),
        ("1.5e3 .5 10L 2_x", ["1.5e3", ".5", "10L", "2_x"]),
        ("'never closed", ["'", "never", "closed"]),
    ],
)
def test_tokenize_of_statements_cuts_where_spark_does(sql: str, texts: list[str]) -> None:
    assert [token.text for token in tokenize(sql)] == texts


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab '\"`-/*\\\n.;1", max_size=40))
def test_tokenize_of_any_text_gives_tokens_at_their_places(sql: str) -> None:
    for token in tokenize(sql):
        assert sql[token.start : token.end] == token.text
