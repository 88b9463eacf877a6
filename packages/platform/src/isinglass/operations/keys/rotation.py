"""Rotation: a key encrypts with new material from then on, and still opens what the old encrypted."""

from dataclasses import replace
from typing import Any

from isinglass.model.kms.errors import LimitExceededException
from isinglass.model.kms.shapes import (
    DisableKeyRotationRequest,
    DisableKeyRotationResponse,
    EnableKeyRotationRequest,
    EnableKeyRotationResponse,
    GetKeyRotationStatusRequest,
    GetKeyRotationStatusResponse,
    ListKeyRotationsRequest,
    ListKeyRotationsResponse,
    RotateKeyOnDemandRequest,
    RotateKeyOnDemandResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.keys.lookups import paged, require_key, require_usable
from isinglass.operations.registry import implements
from isinglass.store.key_use import new_material
from isinglass.store.keys import Key, Material

_DAY = 86_400.0
_YEAR = 365
_MOST_ON_DEMAND = 25


@implements("kms:EnableKeyRotation")
def enable_key_rotation(ctx: Context, request: EnableKeyRotationRequest) -> EnableKeyRotationResponse:
    """Rotate a key every so many days, a year unless another period is given."""
    days = request.get("RotationPeriodInDays")
    with ctx.store.begin() as tx:
        key = require_key(tx, ctx, "EnableKeyRotation", request["KeyId"], lock=True)
        require_usable(key)
        # Asked again without a period, rotation goes on as it is.
        if key.rotates_at is None or days not in {None, key.rotation_days}:
            days = days or _YEAR
            tx.keys.update(replace(key, rotation_days=days, rotates_at=ctx.now + days * _DAY))
    return {}


@implements("kms:DisableKeyRotation")
def disable_key_rotation(ctx: Context, request: DisableKeyRotationRequest) -> DisableKeyRotationResponse:
    """Rotate a key no longer by itself."""
    with ctx.store.begin() as tx:
        key = require_key(tx, ctx, "DisableKeyRotation", request["KeyId"], lock=True)
        require_usable(key)
        tx.keys.update(replace(key, rotates_at=None))
    return {}


@implements("kms:GetKeyRotationStatus")
def get_key_rotation_status(
    ctx: Context, request: GetKeyRotationStatusRequest
) -> GetKeyRotationStatusResponse:
    """Tell whether and when a key is rotated next; one that is to be deleted is not."""
    with ctx.store.read() as tx:
        key = require_key(tx, ctx, "GetKeyRotationStatus", request["KeyId"], foreign=True)
    if key.rotates_at is None or key.state == "PendingDeletion":
        return {"KeyId": key.id, "KeyRotationEnabled": False}
    return {
        "KeyId": key.id,
        "KeyRotationEnabled": True,
        "RotationPeriodInDays": key.rotation_days,
        "NextRotationDate": key.rotates_at,
    }


@implements("kms:RotateKeyOnDemand")
def rotate_key_on_demand(ctx: Context, request: RotateKeyOnDemandRequest) -> RotateKeyOnDemandResponse:
    """Rotate a key now; when it is rotated by itself does not change."""
    with ctx.store.begin() as tx:
        key = require_key(tx, ctx, "RotateKeyOnDemand", request["KeyId"], lock=True)
        require_usable(key)
        made = sum(material.reason == "ON_DEMAND" for material in tx.keys.materials(key))
        if made >= _MOST_ON_DEMAND:
            raise LimitExceededException(
                f"{key.arn} was rotated on demand {made} times, which is the most it may be."
            )
        number = key.current + 1
        material = new_material(ctx.services.sealer, key, number, "ON_DEMAND", ctx.now)
        tx.keys.rotate(replace(key, current=number), material)
    return {"KeyId": key.arn}


@implements("kms:ListKeyRotations")
def list_key_rotations(ctx: Context, request: ListKeyRotationsRequest) -> ListKeyRotationsResponse:
    """List a key's rotations, the newest first; its first material comes last where all is asked for."""
    whole = request.get("IncludeKeyMaterial") == "ALL_KEY_MATERIAL"
    with ctx.store.read() as tx:
        key = require_key(tx, ctx, "ListKeyRotations", request["KeyId"])
        materials = tx.keys.materials(key)
    before = ctx.page.after[0] if ctx.page.after else key.current + 1
    there = [each for each in materials if each.number < before and (whole or each.number > 1)]
    page = there[: ctx.page.size]
    after = (page[-1].number,) if len(page) < len(there) else None
    listed: ListKeyRotationsResponse = paged(ctx, "Rotations", [_shown(key, each) for each in page], after)
    return listed


def _shown(key: Key, material: Material) -> Any:
    entry = {
        "KeyId": key.id,
        "KeyMaterialId": material.id,
        "KeyMaterialState": "CURRENT" if material.number == key.current else "NON_CURRENT",
    }
    if material.number == 1:
        return entry
    return {**entry, "RotationDate": material.created_at, "RotationType": material.reason}
