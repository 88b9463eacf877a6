"""Key policies: each key has one, which cannot shut out whoever puts it unless they insist."""

from dataclasses import replace

from isinglass.domain.access.documents import MalformedPolicy
from isinglass.domain.keys.policies import POLICY_NAME, locks_out, parse_key_policy
from isinglass.model.kms.errors import (
    MalformedPolicyDocumentException,
    NotFoundException,
)
from isinglass.model.kms.shapes import (
    GetKeyPolicyRequest,
    GetKeyPolicyResponse,
    ListKeyPoliciesRequest,
    ListKeyPoliciesResponse,
    PutKeyPolicyRequest,
    PutKeyPolicyResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.keys.lookups import paged, require_key
from isinglass.operations.registry import implements
from isinglass.store.keys import Key


@implements("kms:PutKeyPolicy")
def put_key_policy(ctx: Context, request: PutKeyPolicyRequest) -> PutKeyPolicyResponse:
    """Replace a key's policy."""
    _check_name(request.get("PolicyName"))
    with ctx.store.begin() as tx:
        key = require_key(tx, ctx, "PutKeyPolicy", request["KeyId"], lock=True)
        bypass = request.get("BypassPolicyLockoutSafetyCheck", False)
        tx.keys.update(replace(key, policy=checked_policy(ctx, key, request["Policy"], bypass)))
    return {}


@implements("kms:GetKeyPolicy")
def get_key_policy(ctx: Context, request: GetKeyPolicyRequest) -> GetKeyPolicyResponse:
    """Show a key's policy as it was put."""
    _check_name(request.get("PolicyName"))
    with ctx.store.read() as tx:
        key = require_key(tx, ctx, "GetKeyPolicy", request["KeyId"])
    return {"Policy": key.policy, "PolicyName": POLICY_NAME}


@implements("kms:ListKeyPolicies")
def list_key_policies(ctx: Context, request: ListKeyPoliciesRequest) -> ListKeyPoliciesResponse:
    """List the names of a key's policies: the one there is."""
    with ctx.store.read() as tx:
        require_key(tx, ctx, "ListKeyPolicies", request["KeyId"])
    listed: ListKeyPoliciesResponse = paged(ctx, "PolicyNames", [POLICY_NAME], None)
    return listed


def checked_policy(ctx: Context, key: Key, text: str, bypass: bool) -> str:
    """Return a policy for a key, or say what is wrong with it."""
    try:
        policy = parse_key_policy(text)
    except MalformedPolicy as error:
        raise MalformedPolicyDocumentException(error.reason) from error
    who = ctx.principal
    if not bypass and locks_out(policy, who.arn, who.identity_arn, ctx.account_id, key.arn):
        raise MalformedPolicyDocumentException(
            "The new key policy will not allow you to update the key policy in the future."
        )
    return text


def _check_name(name: str | None) -> None:
    if name not in {None, POLICY_NAME}:
        raise NotFoundException(f"No such policy exists: a key's one policy is called {POLICY_NAME}.")
