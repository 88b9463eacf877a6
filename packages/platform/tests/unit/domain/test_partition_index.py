"""Index entries: which keys can be indexed, and that no match lies outside a range."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.partition_filter import compile_filter
from isinglass.domain.partition_index import (
    EntryRange,
    IndexKey,
    UnindexableValue,
    entry_key,
    entry_range,
    index_keys,
)
from isinglass.domain.partition_values import NULL
from isinglass.model.glue.errors import InvalidInputException

KEYS = [
    {"Name": "Year", "Type": "INT"},
    {"Name": "city", "Type": "string"},
    {"Name": "day", "Type": "date"},
    {"Name": "n", "Type": "bigint"},
]
YEAR, CITY, N = IndexKey("Year", "int", 0), IndexKey("city", "string", 1), IndexKey("n", "bigint", 3)


def test_index_keys_are_found_in_the_order_named() -> None:
    assert index_keys(KEYS, ["CITY", "year"]) == (CITY, YEAR)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["nope"], "Index key nope is not a partition key of the table"),
        (["city", "City"], "Index key City is given twice"),
        (
            ["day"],
            "Index key day is of type date; indexes support bigint, int, long, smallint, string, tinyint",
        ),
    ],
)
def test_index_keys_that_cannot_be_indexed_are_refused(names: list[str], message: str) -> None:
    with pytest.raises(InvalidInputException) as caught:
        index_keys(KEYS, names)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (["20x4", "a", "", ""], "INVALID_PARTITION_TYPE_DATA_ERROR"),
        (["2024"], "MISSING_PARTITION_VALUE_ERROR"),
        (["2024", "a\x01", "", ""], "UNSUPPORTED_PARTITION_CHARACTER_ERROR"),
    ],
)
def test_values_that_cannot_be_indexed_say_why(values: list[str], code: str) -> None:
    with pytest.raises(UnindexableValue) as caught:
        entry_key(values, (YEAR, CITY))
    assert caught.value.code == code


def test_integers_sort_as_numbers_whatever_their_text() -> None:
    numbers = ["-1000", "-99", "-10", "-9", "-1", "-0", "7", "007", "10", "99", "2024", "1" + "0" * 60]
    entries = [entry_key([number], (YEAR,)) for number in numbers]
    assert entries == sorted(entries)
    assert entry_key(["007"], (YEAR,)) == entry_key(["7"], (YEAR,))


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("year = 2024", EntryRange("10042024\x01", "10042024\x02", 1)),
        ("year = 2024 AND city = 'a'", EntryRange("10042024\x01a\x01", "10042024\x01a\x01", 2)),
        ("year = 2024 AND city > 'a'", EntryRange("10042024\x01a\x01", "10042024\x02", 2)),
        ("year BETWEEN 5 AND 10", EntryRange("10015\x01", "100210\x02", 1)),
        ("year < 5 AND city = 'a'", EntryRange("", "10015\x02", 1)),
        ("city = 'a'", None),
        ("year = 2024 OR year = 2025", None),
        ("year <> 2024", None),
        ("year IN (2024)", None),
    ],
)
def test_entry_range_of_an_expression(expression: str, found: EntryRange | None) -> None:
    compiled = compile_filter(expression, KEYS)
    assert compiled is not None
    assert entry_range(compiled.bounds, (YEAR, CITY)) == found


texts = st.text("aZé😀'_", min_size=1, max_size=3) | st.sampled_from([NULL, "x" * 120, "x" * 119 + "y"])
numbers = st.integers(-120, 120).map(str) | st.sampled_from(["007", "-0", "+5", "9" * 130, "-" + "9" * 130])
values = st.tuples(numbers | st.just(NULL), texts, st.just("2024-01-01"), numbers | st.just(NULL))


@st.composite
def conditions(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(["year", "city", "n"]))
    quoted = texts.map(lambda text: "'" + text.replace("'", "''") + "'")
    literal = draw(quoted if name == "city" else numbers)
    if draw(st.booleans()):
        return f"{name} {draw(st.sampled_from(['=', '<', '<=', '>', '>=', '<>']))} {literal}"
    return f"{name} BETWEEN {literal} AND {draw(quoted if name == 'city' else numbers)}"


@settings(max_examples=200, deadline=None)
@given(
    st.lists(conditions(), min_size=1, max_size=4).map(" AND ".join),
    values,
    st.permutations([YEAR, CITY, N]).flatmap(lambda keys: st.integers(1, 3).map(lambda n: tuple(keys[:n]))),
)
def test_no_match_lies_outside_the_entry_range(
    expression: str, partition: tuple[str, ...], keys: tuple[Any, ...]
) -> None:
    compiled = compile_filter(expression, KEYS)
    assert compiled is not None
    found = entry_range(compiled.bounds, keys)
    if found is None or not compiled.matches(partition):
        return
    entry = entry_key(partition, keys)
    assert found.low <= entry
    assert found.high is None or entry <= found.high
