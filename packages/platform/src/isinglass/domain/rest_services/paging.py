"""How the records of REST services are read page by page, as a connection type says."""

from collections.abc import Mapping, Sequence
from typing import Any

from isinglass.domain import json_paths
from isinglass.domain.rest_services.requests import Carried

Document = Mapping[str, Any]

#: Where a reading goes on: at a cursor or offset of the service (None at its start), after so many records.
Place = tuple[str | int | None, int]
START: Place = (None, 0)


def carried(paging: Document, place: Place, limit: int, method: str) -> list[Carried]:
    """Say by what a request asks for the page at a place."""
    usual = "BODY" if method == "POST" else "QUERY_PARAM"
    at, _skipped = place
    found: list[Carried] = []

    def carry(parameter: Document | None, value: str | int | None) -> None:
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


def after(
    paging: Document, place: Place, records: Sequence[Any], limit: int, body: Any, headers: Mapping[str, str]
) -> Place | None:
    """Say where the reading goes on after a page of so many records; None at its end."""
    at, skipped = place
    left = len(records) - skipped
    if left > limit:
        return at, skipped + limit  # the service gave more than was asked for
    cursor, offset = paging.get("CursorConfiguration"), paging.get("OffsetConfiguration")
    if cursor is not None:
        following = _following(cursor["NextPage"].get("Value", {}), body, headers)
        # A service that answers with the same cursor for ever would never end.
        return None if following is None or following == at else (following, 0)
    if offset is not None and records and len(records) >= limit:
        return _start(offset, at) + len(records), 0
    return None


def _starts(offset: Document) -> bool:
    return "DefaultValue" in offset["OffsetParameter"]


def _start(offset: Document, at: str | int | None) -> int:
    text = str(at) if at is not None else offset["OffsetParameter"].get("DefaultValue", "0")
    return int(text) if text.isascii() and text.isdecimal() else 0


def _following(value: Document, body: Any, headers: Mapping[str, str]) -> str | None:
    if "HeaderKey" in value:
        found: Any = headers.get(value["HeaderKey"].lower())
    else:
        found = json_paths.follow(body, value.get("ContentPath", "$"))
    if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
        return None
    return str(found)
