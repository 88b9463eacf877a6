"""Names of entities and orders read back as they were written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.entities.names import InvalidEntityName, Ordering, join, orderings, split

FORM = "SCHEMA.TABLE"


@settings(max_examples=100)
@given(st.lists(st.text(min_size=1), min_size=2, max_size=2))
def test_written_name_reads_back(parts: list[str]) -> None:
    assert split(join(*parts), FORM) == tuple(parts)


@pytest.mark.parametrize("text", ["", "a", "a.", ".a", "a.b.c", 'a."b', 'a.b"c', 'a.""', "a. b"])
def test_text_that_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidEntityName):
        split(text, FORM)


def test_orders_are_read_with_their_directions() -> None:
    assert orderings(' a DESC , "b ""c, d" asc,e') == [
        Ordering("a", True),
        Ordering('b "c, d'),
        Ordering("e"),
    ]


@pytest.mark.parametrize("text", ["", ",", "a,", "a b", "a;b c", '"a', "a DESC DESC"])
def test_text_that_is_no_order_is_refused(text: str) -> None:
    with pytest.raises(InvalidEntityName):
        orderings(text)
