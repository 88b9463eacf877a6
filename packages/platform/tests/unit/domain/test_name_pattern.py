"""Patterns over table names, against Python's matcher where both mean the same."""

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.name_pattern import InvalidPattern, compile_pattern, compile_search
from isinglass.model.glue.errors import InvalidInputException

atoms = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", r"\w", r"\."])
patterns = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.builds("({}){}".format, inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{1,}", "*?"])),
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(pattern=patterns, name=st.text("abc.", max_size=6))
def test_pattern_matches_as_pythons_does(pattern: str, name: str) -> None:
    assert compile_pattern(pattern).matches(name) == bool(re.fullmatch(pattern, name)), pattern


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("sales_*", "sales_2024", True),
        ("sales_*", "sale", False),
        ("*sales*", "my_sales_2024", True),
        ("sales_.*", "sales_2024", True),
        ("SALES", "sales", True),
        ("[A-C]+", "abc", True),
        ("^sales$", "sales", True),
        ("a|b*", "bcd", True),
        ("a{2,3}", "aaaa", False),
    ],
)
def test_pattern_means_what_catalog_clients_expect(pattern: str, name: str, expected: bool) -> None:
    assert compile_pattern(pattern).matches(name) is expected


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "a)", "[", "+a", "?", "a{", "a{x}", "a{3,2}", "(?=a)", r"\b", "\\", "[b-a]", "(" * 60 + ")" * 60,
     "(((a{99}){99}){99})"],
)  # fmt: skip
def test_pattern_that_is_none_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidPattern):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", ["((((){9999}){9999}){9999}){9999}", "(((a{99}){99}){99}){99}"])
def test_pattern_that_repeats_without_measure_is_refused_at_once(pattern: str) -> None:
    with pytest.raises(InvalidPattern, match="it repeats too much"):
        compile_pattern(pattern)


def test_pattern_that_takes_ever_more_states_is_refused_while_it_is_matched() -> None:
    matches = compile_pattern("(.|a.|b..|c...){250}x").matches
    letters = Random(1)
    names = ["".join(letters.choices("abcd", k=255)) for _ in range(1_000)]
    with pytest.raises(InvalidInputException, match="it takes too long to match"):
        list(map(matches, names))


def test_pattern_that_would_backtrack_for_ever_answers() -> None:
    assert not compile_pattern("(a+)+(a|aa)+(.*)*b").matches("a" * 255)


_PIECES = st.sampled_from(
    ["a", "b", "A", ".", "[ab]", "[^a]", r"\d", r"\.", "(ab|b)", "a*", "b+", "a?", "a{1,2}"]
)


@given(
    st.sampled_from(["", "^"]),
    st.lists(_PIECES, min_size=1, max_size=4).map("".join),
    st.sampled_from(["", "$"]),
    st.text("abA1.\n", max_size=6),
)
@settings(max_examples=200, deadline=None)
def test_search_finds_what_regular_expressions_find(begin: str, inner: str, end: str, text: str) -> None:
    pattern = begin + inner + end
    # Python's $ also stands before a last line break.
    expected = re.search(pattern.replace("$", r"\Z"), text, re.DOTALL | re.ASCII) is not None
    assert compile_search(pattern)(text) is expected


@pytest.mark.parametrize("pattern", ["a^", "$a", "*", "(^a)", "(?=a)", "["])
def test_search_for_what_it_does_not_know_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidPattern):
        compile_search(pattern)
