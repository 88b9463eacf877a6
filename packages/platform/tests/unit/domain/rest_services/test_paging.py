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


def _read(pages: dict[str, Any], records: list[int], limit: int, most: int) -> list[int]:
    """Read all from a service that gives at most so many at once, whatever is asked for."""
    found: list[int] = []
    place: paging.Place | None = paging.START
    while place is not None:
        asked = {each.key: each.value for each in paging.carried(pages, place, limit, "GET")}
        start = int(asked.get("after", asked.get("skip", 0)))
        size = min(int(asked.get("count", most)), most)
        page = records[start : start + size]
        body = {"next": start + size} if start + size < len(records) else {}
        following = paging.after(pages, place, page, limit, body, {})
        found += page[place[1] : place[1] + limit]
        place = following
    return found


@settings(max_examples=100)
@given(st.integers(0, 30), st.integers(1, 10), st.integers(1, 40))
def test_cursors_lead_through_all_records(count: int, limit: int, most: int) -> None:
    records = list(range(count))
    assert _read(CURSOR, records, limit, most) == records
    # A service that does not know how many are asked for gives more: the rest of a page comes next.
    unlimited = {"CursorConfiguration": {"NextPage": NEXT}}
    assert _read(unlimited, records, limit, most) == records
    assert _read({}, records, limit, 1000) == records


@settings(max_examples=50)
@given(st.integers(0, 30), st.integers(1, 10))
def test_offsets_lead_through_all_records(count: int, limit: int) -> None:
    assert _read(OFFSET, list(range(count)), limit, 1000) == list(range(count))


@pytest.mark.parametrize(
    "body", [{}, {"next": None}, {"next": ""}, {"next": True}, {"next": {}}, [], None, {"next": "c"}]
)
def test_reading_ends_where_no_other_cursor_follows(body: Any) -> None:
    assert paging.after(CURSOR, ("c", 0), [1], 1, body, {}) is None


def test_cursor_is_read_from_a_header() -> None:
    pages = {"CursorConfiguration": {"NextPage": {"Key": "after", "Value": {"HeaderKey": "X-Next"}}}}
    assert paging.after(pages, paging.START, [1], 1, {}, {"x-next": "c"}) == ("c", 0)
    assert paging.carried(pages, ("c", 0), 1, "POST") == [Carried("after", "c", "BODY")]
