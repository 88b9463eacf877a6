"""Whatever pages a service gives, its records are read once each and in order."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.rest_services import paging
from isinglass.domain.rest_services.requests import Carried

NEXT = {"Key": "after", "Value": {"ContentPath": "$.next"}}
LIMIT = {"Key": "count", "PropertyLocation": "QUERY_PARAM"}
CURSOR = {"CursorConfiguration": {"NextPage": NEXT, "LimitParameter": LIMIT}}
OFFSET = {"OffsetConfiguration": {"OffsetParameter": {"Key": "skip"}, "LimitParameter": LIMIT}}


def _read(pages: dict[str, Any], records: list[int], limit: int, most: int, step: int = 1) -> list[int]:
    """Read each step-th record from a service that gives at most so many at once, whatever is asked for."""
    found: list[int] = []
    place: paging.Place | None = paging.START
    while place is not None:
        at, skipped = place
        asked = {each.key: each.value for each in paging.carried(pages, at, limit, "GET")}
        start = int(asked.get("after", asked.get("skip", 0)))
        size = min(int(asked.get("count", most)), most)
        page = records[start : start + size]
        body = {"next": start + size} if start + size < len(records) else {}
        chosen, looked_at = paging.take(page[skipped:], limit, lambda record: record % step == 0)
        assert len(chosen) <= limit
        found += chosen
        following = paging.following(pages, at, len(page), body, {})
        if skipped + looked_at < len(page):
            place = (at, skipped + looked_at)
        else:
            place = None if following is None else (following, 0)
    return found


@settings(max_examples=100)
@given(st.integers(0, 30), st.integers(1, 10), st.integers(1, 40), st.integers(1, 5))
def test_pages_of_any_size_lead_through_all_records(count: int, limit: int, most: int, step: int) -> None:
    records = list(range(count))
    chosen = records[::step]
    assert _read(CURSOR, records, limit, most, step) == chosen
    # A service that gives fewer at once than are asked for is not at its end.
    assert _read(OFFSET, records, limit, most, step) == chosen
    # One that does not know how many are asked for gives more: the rest of a page comes next.
    unlimited = {"CursorConfiguration": {"NextPage": NEXT}}
    assert _read(unlimited, records, limit, most, step) == chosen
    assert _read({}, records, limit, 1000, step) == chosen


@pytest.mark.parametrize(
    "body", [{}, {"next": None}, {"next": ""}, {"next": True}, {"next": {}}, [], None, {"next": "c"}]
)
def test_reading_ends_where_no_other_cursor_follows(body: Any) -> None:
    assert paging.following(CURSOR, "c", 1, body, {}) is None


def test_cursor_is_read_from_a_header() -> None:
    pages = {"CursorConfiguration": {"NextPage": {"Key": "after", "Value": {"HeaderKey": "X-Next"}}}}
    assert paging.following(pages, None, 1, {}, {"x-next": "c"}) == "c"
    assert paging.carried(pages, "c", 1, "POST") == [Carried("after", "c", "BODY")]


@pytest.mark.parametrize(
    ("at", "status", "is_past"), [(7, 404, True), (7, 200, False), ("c", 404, False), (None, 404, False)]
)
def test_nothing_at_an_offset_is_the_end(at: paging.At, status: int, is_past: bool) -> None:
    assert paging.is_past_end(at, status) is is_past
