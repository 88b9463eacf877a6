"""Keys switched on and off, and deleted after a time in which they can be had back."""

from dataclasses import replace

from isinglass.model.kms.errors import KMSInvalidStateException, ValidationException
from isinglass.model.kms.shapes import (
    CancelKeyDeletionRequest,
    CancelKeyDeletionResponse,
    DisableKeyRequest,
    DisableKeyResponse,
    EnableKeyRequest,
    EnableKeyResponse,
    ScheduleKeyDeletionRequest,
    ScheduleKeyDeletionResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.keys.lookups import require_kept, require_key
from isinglass.operations.registry import implements

_DAY = 86_400.0
_SHORTEST_WAIT, _LONGEST_WAIT = 7, 30


@implements("kms:EnableKey")
def enable_key(ctx: Context, request: EnableKeyRequest) -> EnableKeyResponse:
    """Let a key be used again."""
    with ctx.store.begin() as tx:
        key = require_key(tx, ctx, "EnableKey", request["KeyId"], lock=True)
        require_kept(key)
        tx.keys.update(replace(key, state="Enabled"))
    return {}


@implements("kms:DisableKey")
def disable_key(ctx: Context, request: DisableKeyRequest) -> DisableKeyResponse:
    """Keep a key from being used, until it is enabled again."""
    with ctx.store.begin() as tx:
        key = require_key(tx, ctx, "DisableKey", request["KeyId"], lock=True)
        require_kept(key)
        tx.keys.update(replace(key, state="Disabled"))
    return {}


@implements("kms:ScheduleKeyDeletion")
def schedule_key_deletion(ctx: Context, request: ScheduleKeyDeletionRequest) -> ScheduleKeyDeletionResponse:
    """Let a key be used no longer, and destroy it when the days of waiting are over."""
    days = request.get("PendingWindowInDays", _LONGEST_WAIT)
    if not _SHORTEST_WAIT <= days <= _LONGEST_WAIT:
        raise ValidationException(
            f"PendingWindowInDays is {days}; it must be between {_SHORTEST_WAIT} and {_LONGEST_WAIT} days."
        )
    with ctx.store.begin() as tx:
        key = require_key(tx, ctx, "ScheduleKeyDeletion", request["KeyId"], lock=True)
        require_kept(key)
        deletion_at = ctx.now + days * _DAY
        tx.keys.update(replace(key, state="PendingDeletion", deletion_at=deletion_at, waiting_days=days))
    return {
        "KeyId": key.arn,
        "DeletionDate": deletion_at,
        "KeyState": "PendingDeletion",
        "PendingWindowInDays": days,
    }


@implements("kms:CancelKeyDeletion")
def cancel_key_deletion(ctx: Context, request: CancelKeyDeletionRequest) -> CancelKeyDeletionResponse:
    """Have a key back that was to be deleted; it is disabled until it is enabled."""
    with ctx.store.begin() as tx:
        key = require_key(tx, ctx, "CancelKeyDeletion", request["KeyId"], lock=True)
        if key.state != "PendingDeletion":
            raise KMSInvalidStateException(f"{key.arn} is not pending deletion.")
        tx.keys.update(replace(key, state="Disabled", deletion_at=None, waiting_days=None))
    return {"KeyId": key.arn}
