"""Events as EventBridge hands them on: the envelope around what an outbox row holds."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

#: What the ids of events are made in.
_NAMESPACE = uuid.UUID("5a0f4ef6-4bd3-5d8e-9a57-3c0d7a3f1c60")


def envelope(
    number: int, account_id: str, kind: str, payload: Mapping[str, Any], created_at: float
) -> dict[str, Any]:
    """Write an event whole; handed on twice, it has the same id, so that receivers can tell.

    `number` is the outbox row's, `kind` the detail-type, and the region is that of the resource.
    """
    resources = payload["resources"]
    time = datetime.fromtimestamp(created_at, UTC)
    return {
        "version": "0",
        "id": str(uuid.uuid5(_NAMESPACE, f"{account_id}/{number}/{created_at!r}")),
        "detail-type": kind,
        "source": payload["source"],
        "account": account_id,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": resources[0].split(":")[3] if resources else "",
        "resources": resources,
        "detail": payload["detail"],
    }
