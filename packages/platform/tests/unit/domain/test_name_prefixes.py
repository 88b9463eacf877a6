"""The ranges that a pattern leaves to look at: none of the names that match lies outside of them."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from isinglass.domain.name_pattern import compile_pattern
from isinglass.domain.partition_values import KeyRange

_ATOMS = st.sampled_from(["a", "b", "z", ".", "[ab]", r"\w", r"\.", "\ud7ff", "\U0010ffff"])
_PATTERNS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.builds("({}){}".format, inner, st.sampled_from(["*", "+", "?", "{2}", "{1}", "{0}", "{1,2}"])),
    ),
    max_leaves=8,
)


def _is_within(name: str, ranges: tuple[KeyRange, ...]) -> bool:
    return any((r.low is None or name >= r.low) and (r.high is None or name < r.high) for r in ranges)


@given(_PATTERNS, st.text("ab.z\ud7ff\ue000\U0010ffff", max_size=5))
@example("(a|ab)z*", "abz")
@settings(max_examples=200, deadline=None)
def test_name_that_matches_lies_within_a_range(pattern: str, name: str) -> None:
    compiled = compile_pattern(pattern)
    assert _is_within(name, compiled.ranges) or not compiled.matches(name)
    bounds = [bound for r in compiled.ranges for bound in (r.low or "", r.high or "\U0010ffff" * 9)]
    assert bounds == sorted(bounds), "ranges are disjoint and in order"


RANGES = [
    ("stock_*", [("stock_", "stock`")]),
    ("SALES", [("sales", "salet")]),
    ("(web|stock)-.*", [("stock-", "stock."), ("web-", "web.")]),
    ("a|ab*", [("a", "b")]),
    (r"a\.b+c", [("a.b", "a.c")]),
    ("(ab){1}c", [("abc", "abd")]),
    ("(ab){2}c", [("ab", "ac")]),
    ("ab?", [("a", "b")]),
    ("x|.*", [(None, None)]),
    ("*x", [(None, None)]),
    ("\x00a", [(None, None)]),
    ("[ab]c", [(None, None)]),
    ("a\U0010ffff", [("a\U0010ffff", "b")]),
    ("a\ud7ff", [("a\ud7ff", "a\ue000")]),
    ("|".join(f"x{number}" for number in range(40)), [(None, None)]),
]


@pytest.mark.parametrize(("pattern", "expected"), RANGES)
def test_pattern_leaves_the_ranges_of_its_beginnings(
    pattern: str, expected: list[tuple[str | None, str | None]]
) -> None:
    assert [(found.low, found.high) for found in compile_pattern(pattern).ranges] == expected
