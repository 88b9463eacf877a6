"""Paths into the answers of services."""

from typing import Any

import pytest

from isinglass.domain.json_documents import UnreadableJson, read
from isinglass.domain.json_paths import InvalidJsonPath, follow, parse

DOCUMENT = {"a": {"b": [{"c": 1}, {"@c": 2}]}, "x-y": None}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", DOCUMENT), ("$.a.b[0].c", 1), ("$.a.b[1].@c", 2), ("$['a'].b[0]", {"c": 1}), ("$.a.b[9].c", None),
        ("$.a.b.c", None), ("$.a[0]", None), ("$.x-y", None), ("$.nope.nope", None),
    ],
)  # fmt: skip
def test_path_leads_to_what_it_names(path: str, found: Any) -> None:
    assert follow(DOCUMENT, path) == found


@pytest.mark.parametrize("path", ["", "a", "$a", "$.", "$.a.length()", "$[*]", "$..a", "$.a["])
def test_path_that_is_not_followed_is_refused(path: str) -> None:
    with pytest.raises(InvalidJsonPath):
        parse(path)


@pytest.mark.parametrize("text", ["", "{", "[1,]", b"\xff", "[" * 100_000, "[" * 200 + "]" * 200])
def test_what_is_no_json_is_told_apart(text: str | bytes) -> None:
    with pytest.raises(UnreadableJson):
        read(text)
