"""Access keys of users, and of the account itself: made, listed, switched off and deleted."""

from isinglass.domain.access.principals import read_principal
from isinglass.model.iam.errors import LimitExceededException, NoSuchEntityException, ValidationException
from isinglass.model.iam.shapes import (
    CreateAccessKeyRequest,
    CreateAccessKeyResponse,
    DeleteAccessKeyRequest,
    DeleteAccessKeyResponse,
    GetAccessKeyLastUsedRequest,
    GetAccessKeyLastUsedResponse,
    ListAccessKeysRequest,
    ListAccessKeysResponse,
    UpdateAccessKeyRequest,
    UpdateAccessKeyResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.identity.lookups import own_name, page_of, paged, require
from isinglass.operations.registry import implements
from isinglass.store.access_keys import AccessKey
from isinglass.store.key_making import Holder, make_lasting_key
from isinglass.store.store import Transaction

_MOST_KEYS = 2
#: Keys by which the server itself reaches an account's objects; they are nobody's to see or to end.
_SERVICE = "ISGLSVC"


@implements("iam:CreateAccessKey")
def create_access_key(ctx: Context, request: CreateAccessKeyRequest) -> CreateAccessKeyResponse:
    """Make a key for a user; its secret is told this once."""
    name = own_name(ctx, request.get("UserName"))
    with ctx.store.begin() as tx:
        holder = _holder(tx, ctx, name)
        if len(_keys(tx, holder)) >= _MOST_KEYS and holder.identity_id is not None:
            raise LimitExceededException(f"Cannot exceed quota for AccessKeysPerUser: {_MOST_KEYS}")
        made = make_lasting_key(tx, ctx.services.sealer, holder, ctx.now)
    return {
        "AccessKey": {
            "UserName": name or "root",
            "AccessKeyId": made.access_key_id,
            "Status": "Active",
            "SecretAccessKey": made.secret_access_key,
            "CreateDate": ctx.now,
        }
    }


@implements("iam:ListAccessKeys")
def list_access_keys(ctx: Context, request: ListAccessKeysRequest) -> ListAccessKeysResponse:
    """List the keys of a user, without their secrets."""
    name = own_name(ctx, request.get("UserName"))
    with ctx.store.read() as tx:
        keys = _keys(tx, _holder(tx, ctx, name, lock=False))
    page, after = page_of(ctx, keys, lambda key: key.access_key_id)
    shown = [
        {
            "UserName": name or "root",
            "AccessKeyId": key.access_key_id,
            "Status": key.status,
            "CreateDate": key.created_at,
        }
        for key in page
    ]
    listed: ListAccessKeysResponse = paged(ctx, "AccessKeyMetadata", shown, after)
    return listed


@implements("iam:UpdateAccessKey")
def update_access_key(ctx: Context, request: UpdateAccessKeyRequest) -> UpdateAccessKeyResponse:
    """Switch a key off or on."""
    if request["Status"] == "Expired":
        raise ValidationException("Status must be Active or Inactive.")
    with ctx.store.begin() as tx:
        key = _require(tx, ctx, own_name(ctx, request.get("UserName")), request["AccessKeyId"])
        tx.access_keys.set_status(key.access_key_id, request["Status"])
    return {}


@implements("iam:GetAccessKeyLastUsed")
def get_access_key_last_used(
    ctx: Context, request: GetAccessKeyLastUsedRequest
) -> GetAccessKeyLastUsedResponse:
    """Tell whose a key is and when it was last used, to the minute."""
    with ctx.store.read() as tx:
        key = tx.access_keys.find(request["AccessKeyId"])
        if key is None or key.account_id != ctx.account_id:
            raise _missing(request["AccessKeyId"])
        use = tx.access_keys.last_use(key.access_key_id)
    name = read_principal(key.principal_arn).name
    if use is None:
        return {"UserName": name, "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}}
    return {
        "UserName": name,
        "AccessKeyLastUsed": {
            "LastUsedDate": use.time,
            "ServiceName": use.service,
            "Region": use.region,
        },
    }


@implements("iam:DeleteAccessKey")
def delete_access_key(ctx: Context, request: DeleteAccessKeyRequest) -> DeleteAccessKeyResponse:
    """Delete a key; what is signed with it is refused from then on."""
    with ctx.store.begin() as tx:
        key = _require(tx, ctx, own_name(ctx, request.get("UserName")), request["AccessKeyId"])
        tx.access_keys.delete(key.access_key_id)
    return {}


def _holder(tx: Transaction, ctx: Context, name: str | None, *, lock: bool = True) -> Holder:
    if name is None:
        return Holder(ctx.account_id, ctx.principal.arn)
    user = require(tx, ctx, "user", name, lock=lock)
    return Holder(ctx.account_id, user.arn, user.id)


def _keys(tx: Transaction, holder: Holder) -> list[AccessKey]:
    keys = tx.access_keys.of_identity(holder.account_id, holder.identity_id)
    return [key for key in keys if not key.access_key_id.startswith(_SERVICE)]


def _require(tx: Transaction, ctx: Context, name: str | None, access_key_id: str) -> AccessKey:
    holder = _holder(tx, ctx, name)
    found = tx.access_keys.find(access_key_id)
    if found is None or found not in _keys(tx, holder):
        raise _missing(access_key_id)
    return found


def _missing(access_key_id: str) -> NoSuchEntityException:
    return NoSuchEntityException(f"The Access Key with id {access_key_id} cannot be found.")
