"""Keys: made, described and listed."""

from dataclasses import replace
from typing import Any, Never
from uuid import uuid4

from isinglass.domain.keys.policies import default_policy
from isinglass.domain.keys.references import SERVICE_ALIASES
from isinglass.model.kms.errors import (
    LimitExceededException,
    OperationNotSupportedException,
    UnsupportedOperationException,
)
from isinglass.model.kms.shapes import (
    CreateKeyRequest,
    CreateKeyResponse,
    DescribeKeyRequest,
    DescribeKeyResponse,
    ListKeysRequest,
    ListKeysResponse,
    UpdateKeyDescriptionRequest,
    UpdateKeyDescriptionResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.keys.key_policies import checked_policy
from isinglass.operations.keys.key_tags import add_tags
from isinglass.operations.keys.lookups import paged, read, require_kept, require_key, shown
from isinglass.operations.registry import implements
from isinglass.store.key_use import KeyUse, new_material
from isinglass.store.keys import Key

_MOST_KEYS = 100_000
#: What every key of this server is; a request may say so, and nothing else.
_ONLY: dict[str, tuple[Any, ...]] = {
    "KeyUsage": ("ENCRYPT_DECRYPT",),
    "KeySpec": ("SYMMETRIC_DEFAULT",),
    "CustomerMasterKeySpec": ("SYMMETRIC_DEFAULT",),
    "Origin": ("AWS_KMS",),
    "MultiRegion": (False,),
    "CustomKeyStoreId": (),
    "XksKeyId": (),
}


@implements("kms:CreateKey")
def create_key(ctx: Context, request: CreateKeyRequest) -> CreateKeyResponse:
    """Make a key, with the policy that hands it over to the account unless another is given."""
    for member, known in _ONLY.items():
        value: Any = request.get(member)
        if value is not None and value not in known:
            _refuse(member, value)
    key = Key(
        account_id=ctx.account_id,
        id=str(uuid4()),
        region=ctx.region,
        state="Enabled",
        manager="CUSTOMER",
        description=request.get("Description", ""),
        policy="",
        created_at=ctx.now,
    )
    policy, bypass = request.get("Policy"), request.get("BypassPolicyLockoutSafetyCheck", False)
    key = replace(
        key,
        policy=default_policy(key.account_id) if policy is None else checked_policy(ctx, key, policy, bypass),
    )
    material = new_material(ctx.services.sealer, key, key.current, "CREATED", ctx.now)
    with ctx.store.begin() as tx:
        if tx.keys.count(ctx.account_id) >= _MOST_KEYS:
            raise LimitExceededException(f"The account has {_MOST_KEYS} keys, which is the most it may have.")
        tx.keys.insert(key, material)
        add_tags(tx, key, request.get("Tags", []))
    return {"KeyMetadata": shown(key, material.id)}


def _refuse(member: str, value: Any) -> Never:
    raise UnsupportedOperationException(
        f"{member} {value} is not supported: keys of this server are symmetric, of one region, "
        "and made and kept by the server."
    )


@implements("kms:DescribeKey")
def describe_key(ctx: Context, request: DescribeKeyRequest) -> DescribeKeyResponse:
    """Describe a key; a service's own is made when somebody first looks at it."""
    _make_service_key(ctx, request["KeyId"])
    with ctx.store.read() as tx:
        key = require_key(tx, ctx, "DescribeKey", request["KeyId"], foreign=True)
        material = tx.keys.material(key, key.current)
    return {"KeyMetadata": shown(key, material.id if material else None)}


def _make_service_key(ctx: Context, key_id: str) -> None:
    reference = read(ctx, key_id)
    if reference.alias not in SERVICE_ALIASES or reference.account_id != ctx.account_id:
        return
    with ctx.store.read() as tx:
        if tx.keys.resolve(reference) is not None:
            return
    with ctx.store.begin() as tx:
        KeyUse(tx, ctx.services.sealer, ctx.region, lambda: ctx.now).resolve(ctx.account_id, reference.alias)


@implements("kms:ListKeys")
def list_keys(ctx: Context, request: ListKeysRequest) -> ListKeysResponse:
    """List the account's keys."""
    if "OTHER_ACCOUNTS_VIA_RAM" in request.get("ResourceOwners", ()):
        raise OperationNotSupportedException("Keys are not shared between accounts by RAM here.")
    with ctx.store.read() as tx:
        keys, after = tx.keys.page(ctx.account_id, ctx.page, ctx.now)
    listed: ListKeysResponse = paged(
        ctx, "Keys", [{"KeyId": key.id, "KeyArn": key.arn} for key in keys], after
    )
    return listed


@implements("kms:UpdateKeyDescription")
def update_key_description(
    ctx: Context, request: UpdateKeyDescriptionRequest
) -> UpdateKeyDescriptionResponse:
    """Say anew what a key is for."""
    with ctx.store.begin() as tx:
        key = require_key(tx, ctx, "UpdateKeyDescription", request["KeyId"], lock=True)
        require_kept(key)
        tx.keys.update(replace(key, description=request["Description"]))
    return {}
