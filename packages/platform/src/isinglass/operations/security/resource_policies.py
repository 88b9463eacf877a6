"""Operations on the policy of a catalog, which the gateway enforces."""

from isinglass.domain import arns
from isinglass.domain.access.catalog_policies import hash_of, parse_catalog_policy
from isinglass.domain.access.documents import MalformedPolicy
from isinglass.model.glue.errors import (
    ConditionCheckFailureException,
    EntityNotFoundException,
    InvalidInputException,
)
from isinglass.model.glue.shapes import (
    DeleteResourcePolicyRequest,
    DeleteResourcePolicyResponse,
    GetResourcePoliciesRequest,
    GetResourcePoliciesResponse,
    GetResourcePolicyRequest,
    GetResourcePolicyResponse,
    GluePolicy,
    PutResourcePolicyRequest,
    PutResourcePolicyResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.resource_policies import ResourcePolicy

_CHANGED = "The policy was changed by another request at the same time; read it and try again."


@implements("PutResourcePolicy")
def put_resource_policy(ctx: Context, request: PutResourcePolicyRequest) -> PutResourcePolicyResponse:
    """Set the policy of the caller's catalog."""
    _check_arn(ctx, request.get("ResourceArn"))
    text = request["PolicyInJson"]
    try:
        parse_catalog_policy(text, ctx.account_id)
    except MalformedPolicy as error:
        raise InvalidInputException(f"Invalid policy: {error}") from error
    hybrid = request.get("EnableHybrid") == "TRUE"
    policy = ResourcePolicy(ctx.account_id, text, hash_of(text), hybrid, ctx.now, ctx.now)
    with ctx.store.begin() as tx:
        if not hybrid and tx.permissions.shares(ctx.account_id):
            raise InvalidInputException(
                "EnableHybrid must be TRUE: permissions on this catalog are shared with other accounts "
                "already, and a policy beside them must be meant."
            )
        before = tx.resource_policies.find(ctx.account_id)
        _check_exists(before, request.get("PolicyExistsCondition", "NONE"))
        _check_hash(before, request.get("PolicyHashCondition"))
        if before is None:
            written = tx.resource_policies.insert(policy)
        else:
            kept = ResourcePolicy(
                ctx.account_id, text, policy.hash, hybrid, before.created_at, policy.modified_at
            )
            written = tx.resource_policies.replace(kept, before.hash)
        if not written:
            raise ConditionCheckFailureException(_CHANGED)
    return {"PolicyHash": policy.hash}


@implements("GetResourcePolicy")
def get_resource_policy(ctx: Context, request: GetResourcePolicyRequest) -> GetResourcePolicyResponse:
    """Read the policy of the caller's catalog."""
    _check_arn(ctx, request.get("ResourceArn"))
    with ctx.store.read() as tx:
        found = tx.resource_policies.find(ctx.account_id)
    if found is None:
        raise EntityNotFoundException("Policy not found")
    return {
        "PolicyInJson": found.document,
        "PolicyHash": found.hash,
        "CreateTime": found.created_at,
        "UpdateTime": found.modified_at,
    }


@implements("GetResourcePolicies")
def get_resource_policies(ctx: Context, request: GetResourcePoliciesRequest) -> GetResourcePoliciesResponse:
    """List the policies of the caller's resources: that of the catalog is the only one there can be."""
    del request  # one policy is one page
    with ctx.store.read() as tx:
        found = tx.resource_policies.find(ctx.account_id)
    return {"GetResourcePoliciesResponseList": [] if found is None else [_shown(found)]}


@implements("DeleteResourcePolicy")
def delete_resource_policy(
    ctx: Context, request: DeleteResourcePolicyRequest
) -> DeleteResourcePolicyResponse:
    """Delete the policy of the caller's catalog."""
    _check_arn(ctx, request.get("ResourceArn"))
    with ctx.store.begin() as tx:
        before = tx.resource_policies.find(ctx.account_id)
        if before is None:
            raise EntityNotFoundException("Policy not found")
        _check_hash(before, request.get("PolicyHashCondition"))
        if not tx.resource_policies.delete(ctx.account_id, before.hash):
            raise ConditionCheckFailureException(_CHANGED)
    return {}


def _shown(policy: ResourcePolicy) -> GluePolicy:
    return {
        "PolicyInJson": policy.document,
        "PolicyHash": policy.hash,
        "CreateTime": policy.created_at,
        "UpdateTime": policy.modified_at,
    }


def _check_arn(ctx: Context, arn: str | None) -> None:
    """Refuse an ARN that is not the caller's catalog: no other resource has a policy of its own."""
    if arn is None:
        return
    try:
        found = arns.parse(arn)
    except arns.InvalidArn as error:
        raise InvalidInputException(str(error)) from error
    if (found.account_id, found.kind) != (ctx.account_id, "catalog"):
        own = arns.build(ctx.region, ctx.account_id, "catalog")
        raise InvalidInputException(f"ResourceArn: only the catalog {own} has a policy, not {arn}.")


def _check_exists(before: ResourcePolicy | None, condition: str) -> None:
    if condition == "MUST_EXIST" and before is None:
        raise ConditionCheckFailureException("The policy must exist, and there is none.")
    if condition == "NOT_EXIST" and before is not None:
        raise ConditionCheckFailureException(f"The policy must not exist, and there is {before.hash}.")


def _check_hash(before: ResourcePolicy | None, wanted: str | None) -> None:
    if wanted is None:
        return
    if before is None:
        raise ConditionCheckFailureException(f"There is no policy; the request expects {wanted}.")
    if before.hash != wanted:
        raise ConditionCheckFailureException(
            f"The policy's hash is {before.hash}; the request expects {wanted}."
        )
