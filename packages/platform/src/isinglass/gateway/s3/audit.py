"""What the audit log tells of S3 requests: every write, and everything that was denied."""

import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from isinglass.domain.access.redaction import redact
from isinglass.gateway.s3.authentication import Caller
from isinglass.gateway.s3.errors import S3Error
from isinglass.gateway.s3.permissions import MissingPermission, Need, changes
from isinglass.gateway.s3.request import PRESIGNED_PARAMETERS, S3Request
from isinglass.observe.audit_log import AuditLog, Noted

_MOST_RESOURCES = 100


def answered(log: AuditLog, request: S3Request, caller: Caller, needs: Sequence[Need], status: int) -> None:
    """Keep a write that the object store answered; it is in the log before the client knows."""
    if not changes(request):
        return
    noted = _noted(request, caller, needs, None if status < 400 else S3Error(str(status), "", status))
    if status < 400:
        log.keep([noted])
    else:
        log.note(noted)


def refused(log: AuditLog, request: S3Request, caller: Caller, needs: Sequence[Need], error: S3Error) -> None:
    """Note a write that was refused, and everything that was denied."""
    if changes(request) or error.code == "AccessDenied":
        log.note(_noted(request, caller, needs, error))


def _noted(request: S3Request, caller: Caller, needs: Sequence[Need], error: S3Error | None) -> Noted:
    now = time.time()
    return Noted((caller.account_id,), "writes", now, partial(_event, request, caller, needs, error, now))


def _event(
    request: S3Request, caller: Caller, needs: Sequence[Need], error: S3Error | None, now: float
) -> dict[str, Any]:
    query = {name: value for name, value in request.query.items() if name not in PRESIGNED_PARAMETERS}
    event: dict[str, Any] = {
        "Time": round(now, 6),
        "RequestId": request.request_id,
        "AccountId": caller.account_id,
        "Principal": caller.key.principal_arn,
        "AccessKeyId": caller.key.access_key_id,
        "SourceIp": request.client,
        "UserAgent": (request.header("user-agent") or "")[:512],
        "Operation": needs[0].action if needs else "s3:Unknown",
        "ReadOnly": not changes(request),
        "Outcome": "SUCCESS" if error is None else "DENIED" if error.code == "AccessDenied" else "FAILED",
        "Resources": list(dict.fromkeys(need.resource for need in needs[:_MOST_RESOURCES])),
        "Parameters": redact({"Method": request.method, **query}),
    }
    if error is not None:
        event |= {"ErrorCode": error.code, "ErrorMessage": error.message}
    if isinstance(error, MissingPermission):
        event |= {"MissingPermission": error.need.action, "MissingOn": error.need.resource}
    return event
