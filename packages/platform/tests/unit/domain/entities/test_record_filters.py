"""Filters of JSON records decide as SQL would, by declared types or by the values themselves."""

import sqlite3
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.entities.record_filters import (
    BadFilter,
    compile_record_filter,
    filtered_as,
    operators,
)

TYPES = {"n": "DECIMAL", "t": "STRING", "d": "DATE", "b": "BOOLEAN", "Mixed": "INT", "l": "ARRAY"}


@pytest.mark.parametrize(
    ("text", "record", "lets_through"),
    [
        ("n = 1", {"n": 1.0}, True),
        ("n = 1", {"n": "1.00"}, True),  # a decimal that the service writes as text
        ("n < 10", {"n": 9}, True),
        ("n = 1", {"n": "NaN"}, False),
        ("n = 1", {"n": True}, False),
        ("t < '10'", {"t": "9"}, False),
        ("t = '9'", {"t": 9}, True),
        ("t = 'true'", {"t": True}, True),
        ("t like 'a%'", {"t": "abc"}, True),
        ("d between DATE '2026-01-01' and '2026-12-31'", {"d": "2026-06-01"}, True),
        ("b = true", {"b": True}, True),
        ("b <> false", {"b": "True"}, True),
        ("mixed in (1, 2)", {"Mixed": 2}, True),
        ("l is null", {}, True),
        ("l is not null", {"l": []}, True),
        ("n = 1", {}, False),
        ("not n = 1", {}, False),  # unknown is not false
        ("n = 1 or t = 'x'", {"t": "x"}, True),
    ],
)
def test_declared_types_say_how_values_compare(text: str, record: dict[str, Any], lets_through: bool) -> None:
    assert compile_record_filter(text, TYPES)(record) is lets_through


@pytest.mark.parametrize(
    ("text", "record", "lets_through"),
    [
        ("a = 1", {"a": 1}, True),
        ("a = '1'", {"a": 1}, True),
        ("a = 1", {"a": "1"}, True),
        ("a < 10", {"a": "9"}, False),  # a text
        ("a = true", {"a": True}, True),
        ("A = 1", {"a": 1}, False),  # no name is known: it is as it is written
        ('"a b" = 1', {"a b": 1}, True),
    ],
)
def test_values_tell_where_no_type_does(text: str, record: dict[str, Any], lets_through: bool) -> None:
    assert compile_record_filter(text, {})(record) is lets_through


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("n =", "FilterPredicate is not understood: it ends too early"),
        ("nope = 1", "There is no field nope; there are Mixed, b, d, l, n, t"),
        ("n = 'x'", "n is a number, and 'x' is none"),
        ("b = 'maybe'", "b is a truth value, and 'maybe' is none"),
        ("n like '1%'", "n is a number, which LIKE is not for"),
        ("l = '[]'", "l is a structure, which is not filtered by"),
        (f"t like '{'x' * 257}'", "The pattern for t has more than 256 characters"),
    ],
)
def test_filter_that_no_record_could_answer_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadFilter) as caught:
        compile_record_filter(text, TYPES)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("a = 'x'", 1, "a is a number, and 'x' is none"),
        ("a like 'x'", 1, "a is a number, which LIKE is not for"),
        ("a = 'x'", {"b": 1}, "a is a structure, which is not filtered by"),
    ],
)
def test_value_that_cannot_be_compared_is_told(text: str, value: Any, reason: str) -> None:
    with pytest.raises(BadFilter) as caught:
        compile_record_filter(text, {})({"a": value})
    assert str(caught.value) == reason


_CONDITION = st.sampled_from(
    ["n = 1", "n <> 2", "n < 2", "n between 0 and 2", "n in (1, 3)", "n is null", "t like '%a%'", "t >= 'b'"]
)
_FILTER = st.recursive(
    _CONDITION,
    lambda inner: st.one_of(
        inner.map(lambda one: f"not ({one})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda three: f"({' '.join(three)})"),
    ),
    max_leaves=6,
)


@settings(max_examples=100)
@given(_FILTER, st.none() | st.integers(-1, 4), st.none() | st.text("ab", max_size=3))
def test_filter_decides_as_a_database_does(text: str, number: int | None, word: str | None) -> None:
    with sqlite3.connect(":memory:") as database:
        database.execute("PRAGMA case_sensitive_like = ON")
        rows = database.execute(
            f"SELECT 1 FROM (SELECT ? AS n, ? AS t) WHERE {text}", (number, word)
        ).fetchall()
    matches = compile_record_filter(text, {"n": "INT", "t": "STRING"})
    assert matches({"n": number, "t": word}) is bool(rows)


@pytest.mark.parametrize(
    ("field_type", "date_format", "is_filtered"),
    [("DATE", None, True), ("TIMESTAMP", "yyyy-MM-dd'T'HH:mm:ss", True), ("DATE", "dd/MM/yyyy", False), ("INT", "x", True)],
)  # fmt: skip
def test_dates_are_filtered_where_their_texts_compare(
    field_type: str, date_format: str | None, is_filtered: bool
) -> None:
    kind = filtered_as(field_type, date_format)
    assert bool(operators(kind)) is is_filtered
    if not is_filtered:
        with pytest.raises(BadFilter) as caught:
            compile_record_filter("d > '01/01/2026'", {"d": kind})
        assert str(caught.value) == "d is a date in a form of its own, which is not filtered by"
