"""The wildcard matcher against a reference, and against patterns made to be slow."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isinglass.domain.access.wildcards import matches

_PATTERNS = st.text("ab*?", max_size=12)
_TEXTS = st.text("ab", max_size=12)


@given(_PATTERNS, _TEXTS)
def test_matcher_agrees_with_a_regular_expression(pattern: str, text: str) -> None:
    reference = "".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in pattern)
    assert matches(pattern, text) == bool(re.fullmatch(reference, text))


@pytest.mark.parametrize(
    "pattern", ["*a" * 500 + "*b", "*?a" * 500 + "*b", "?" * 2000 + "*b", "*" * 5000 + "b"]
)
def test_pattern_made_to_be_slow_is_answered(pattern: str) -> None:
    assert not matches(pattern, "a" * 2000)


def test_wildcard_crosses_every_separator() -> None:
    assert matches("arn:aws:s3:::b/*/x", "arn:aws:s3:::b/a:b/c/d/x")
