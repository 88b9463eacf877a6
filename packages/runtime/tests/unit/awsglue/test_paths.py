"""Paths as scripts write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass_runtime.frames.paths import parse_path, render_path, resolve_literal


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a", ("a",)),
        ("a.b.c", ("a", "b", "c")),
        ("`this.old.name`", ("this.old.name",)),
        ("address.`zip.code`", ("address", "zip.code")),
        ("myList[].price", ("myList", "[]", "price")),
        ("m[][].x", ("m", "[]", "[]", "x")),
        ("provider id", ("provider id",)),
    ],
)
def test_parse_path_splits_names_and_elements(text, steps):
    assert parse_path(text) == steps


@pytest.mark.parametrize("text", ["", "a.", ".a", "a..b", "`open", "`a`b", "[]"])
def test_parse_path_of_a_broken_path_says_where(text):
    with pytest.raises(ValueError, match="path"):
        parse_path(text)


def test_resolve_literal_prefers_a_column_of_that_whole_name():
    assert resolve_literal("a.b", ["a.b"]) == ("a.b",)
    assert resolve_literal(".id", [".id"]) == (".id",)
    assert resolve_literal("a.b", ["a"]) == ("a", "b")


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.text("ab. _", min_size=1, max_size=4).filter(lambda name: "`" not in name), min_size=1, max_size=3
    )
)
def test_render_path_of_any_names_parses_back(names):
    assert parse_path(render_path(tuple(names))) == tuple(names)
