"""Exclude patterns of an include path, seen from a table below it."""

import pytest

from isinglass.crawl.exclusions import below


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("**.tmp", ["**.tmp"]),
        ("**/old/**", ["**/old/**"]),
        ("*.tmp", []),
        ("raw/*.tmp", []),
        ("raw/t/*.tmp", ["*.tmp"]),
        ("*/t/old/**", ["old/**"]),
        ("other/**", []),
        ("r**.tmp", ["**.tmp"]),
        ("x**.tmp", []),
        ("{raw,more}/[st]/x", ["x"]),
        ("raw/{t/a,t/b}/x", []),
        ("ra\\w/t/x", ["x"]),
    ],
)
def test_below_a_table_folder_gives_the_patterns_that_can_match_there(
    pattern: str, expected: list[str]
) -> None:
    assert below([pattern], ["raw", "t"]) == expected
