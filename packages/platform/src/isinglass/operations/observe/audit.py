"""Read the audit log: who asked for what in the caller's account, and how it went."""

from typing import Any, cast

import orjson

from isinglass.model.isinglass.shapes import AuditEvent, ListAuditEventsRequest, ListAuditEventsResponse
from isinglass.observe.audit_reading import Position, Wanted, read_events
from isinglass.operations.context import Context
from isinglass.operations.registry import implements


@implements("isinglass:ListAuditEvents")
def list_audit_events(ctx: Context, request: ListAuditEventsRequest) -> ListAuditEventsResponse:
    """List events, the latest first; a page may be short, or empty, while there are more."""
    wanted = Wanted(
        start=_seconds(request.get("StartTime")),
        end=_seconds(request.get("EndTime")),
        principal=request.get("Principal"),
        operation=request.get("Operation"),
        resource=request.get("Resource"),
        denied_only=request.get("DeniedOnly", False),
    )
    after = (
        None if ctx.page.after is None else tuple(cast("Position", tuple(each)) for each in ctx.page.after)
    )
    page = read_events(ctx.services.log_directory(ctx.account_id), wanted, ctx.page.size, after)
    return {"Events": [_shown(event) for event in page.events], "NextToken": ctx.token(page.after)}


def _seconds(moment: Any) -> float | None:
    return None if moment is None else float(moment)


def _shown(event: dict[str, Any]) -> AuditEvent:
    shown = {name: value for name, value in event.items() if name != "Parameters"}
    shown["RequestParameters"] = orjson.dumps(event.get("Parameters", {})).decode()
    return cast("AuditEvent", shown)
