"""How the records of REST services are read page by page, as a connection type says."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from isinglass.domain import json_paths
from isinglass.domain.rest_services.requests import Carried

Document = Mapping[str, Any]

Record = TypeVar("Record")

_NOT_FOUND = 404

#: Where the service has a page: at a cursor (text) or offset (number) of its own, None for the first.
At = str | int | None
#: Where a reading goes on: in the page there, after so many of its records.
Place = tuple[At, int]
START: Place = (None, 0)


def carried(paging: Document, at: At, limit: int, method: str) -> list[Carried]:
    """Say by what a request asks for a page."""
    usual = "BODY" if method == "POST" else "QUERY_PARAM"
    found: list[Carried] = []

    def carry(parameter: Document | None, value: At) -> None:
        said = parameter.get("DefaultValue") if parameter is not None and value is None else value
        if parameter is not None and said is not None:
            found.append(Carried(parameter["Key"], str(said), parameter.get("PropertyLocation", usual)))

    cursor, offset = paging.get("CursorConfiguration"), paging.get("OffsetConfiguration")
    if cursor is not None:
        carry(cursor["NextPage"], at)
        carry(cursor.get("LimitParameter"), limit)
    elif offset is not None:
        carry(offset["OffsetParameter"], at if at is not None else None if _starts(offset) else 0)
        carry(offset["LimitParameter"], limit)
    return found


def following(paging: Document, at: At, count: int, body: Any, headers: Mapping[str, str]) -> At:
    """Say where the page after one of so many records is; None after the last."""
    cursor, offset = paging.get("CursorConfiguration"), paging.get("OffsetConfiguration")
    if cursor is not None:
        found = _cursor(cursor["NextPage"].get("Value", {}), body, headers)
        # A service that answers with the same cursor for ever would never end.
        return None if found == at else found
    if offset is not None and count:
        # A page of fewer than were asked for may be all that the service gives at once: only none is the end.
        return _start(offset, at) + count
    return None


def is_past_end(at: At, status: int) -> bool:
    """Tell whether an answer means that nothing is at an offset: not all services give an empty page."""
    return isinstance(at, int) and status == _NOT_FOUND


def take(records: Sequence[Record], most: int, matches: Callable[[Record], bool]) -> tuple[list[Record], int]:
    """Choose at most so many records; tells how many were looked at for it."""
    found: list[Record] = []
    for looked_at, record in enumerate(records, 1):
        if matches(record):
            found.append(record)
            if len(found) == most:
                return found, looked_at
    return found, len(records)


def _starts(offset: Document) -> bool:
    return "DefaultValue" in offset["OffsetParameter"]


def _start(offset: Document, at: At) -> int:
    text = str(at) if at is not None else offset["OffsetParameter"].get("DefaultValue", "0")
    return int(text) if text.isascii() and text.isdecimal() else 0


def _cursor(value: Document, body: Any, headers: Mapping[str, str]) -> str | None:
    if "HeaderKey" in value:
        found: Any = headers.get(value["HeaderKey"].lower())
    else:
        found = json_paths.follow(body, value.get("ContentPath", "$"))
    if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
        return None
    return str(found)
