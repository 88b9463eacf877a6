"""Managed policies attached to users, groups and roles."""

from collections.abc import Mapping
from typing import Any

from isinglass.model.iam.errors import LimitExceededException, NoSuchEntityException
from isinglass.model.iam.shapes import (
    AttachGroupPolicyRequest,
    AttachGroupPolicyResponse,
    AttachRolePolicyRequest,
    AttachRolePolicyResponse,
    AttachUserPolicyRequest,
    AttachUserPolicyResponse,
    DetachGroupPolicyRequest,
    DetachGroupPolicyResponse,
    DetachRolePolicyRequest,
    DetachRolePolicyResponse,
    DetachUserPolicyRequest,
    DetachUserPolicyResponse,
    ListAttachedGroupPoliciesRequest,
    ListAttachedGroupPoliciesResponse,
    ListAttachedRolePoliciesRequest,
    ListAttachedRolePoliciesResponse,
    ListAttachedUserPoliciesRequest,
    ListAttachedUserPoliciesResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.identity.lookups import page_of, paged, policy_arns, policy_id, require
from isinglass.operations.registry import implements
from isinglass.store.identities import IdentityKind

#: As many as AWS lets accounts ask for.
_MOST_ATTACHED = 20


@implements("iam:AttachUserPolicy")
def attach_user_policy(ctx: Context, request: AttachUserPolicyRequest) -> AttachUserPolicyResponse:
    """Attach a managed policy to a user."""
    _attach(ctx, "user", request["UserName"], request["PolicyArn"])
    return {}


@implements("iam:DetachUserPolicy")
def detach_user_policy(ctx: Context, request: DetachUserPolicyRequest) -> DetachUserPolicyResponse:
    """Detach a managed policy from a user."""
    _detach(ctx, "user", request["UserName"], request["PolicyArn"])
    return {}


@implements("iam:ListAttachedUserPolicies")
def list_attached_user_policies(
    ctx: Context, request: ListAttachedUserPoliciesRequest
) -> ListAttachedUserPoliciesResponse:
    """List the managed policies attached to a user."""
    listed: ListAttachedUserPoliciesResponse = _attached(ctx, "user", request["UserName"], request)
    return listed


@implements("iam:AttachGroupPolicy")
def attach_group_policy(ctx: Context, request: AttachGroupPolicyRequest) -> AttachGroupPolicyResponse:
    """Attach a managed policy to a group."""
    _attach(ctx, "group", request["GroupName"], request["PolicyArn"])
    return {}


@implements("iam:DetachGroupPolicy")
def detach_group_policy(ctx: Context, request: DetachGroupPolicyRequest) -> DetachGroupPolicyResponse:
    """Detach a managed policy from a group."""
    _detach(ctx, "group", request["GroupName"], request["PolicyArn"])
    return {}


@implements("iam:ListAttachedGroupPolicies")
def list_attached_group_policies(
    ctx: Context, request: ListAttachedGroupPoliciesRequest
) -> ListAttachedGroupPoliciesResponse:
    """List the managed policies attached to a group."""
    listed: ListAttachedGroupPoliciesResponse = _attached(ctx, "group", request["GroupName"], request)
    return listed


@implements("iam:AttachRolePolicy")
def attach_role_policy(ctx: Context, request: AttachRolePolicyRequest) -> AttachRolePolicyResponse:
    """Attach a managed policy to a role."""
    _attach(ctx, "role", request["RoleName"], request["PolicyArn"])
    return {}


@implements("iam:DetachRolePolicy")
def detach_role_policy(ctx: Context, request: DetachRolePolicyRequest) -> DetachRolePolicyResponse:
    """Detach a managed policy from a role."""
    _detach(ctx, "role", request["RoleName"], request["PolicyArn"])
    return {}


@implements("iam:ListAttachedRolePolicies")
def list_attached_role_policies(
    ctx: Context, request: ListAttachedRolePoliciesRequest
) -> ListAttachedRolePoliciesResponse:
    """List the managed policies attached to a role."""
    listed: ListAttachedRolePoliciesResponse = _attached(ctx, "role", request["RoleName"], request)
    return listed


def _attach(ctx: Context, kind: IdentityKind, name: str, arn: str) -> None:
    with ctx.store.begin() as tx:
        identity = require(tx, ctx, kind, name, lock=True)
        attaching = policy_id(tx, ctx, arn, lock=True)
        attached = tx.identity_policies.attached(identity)
        if attaching not in attached and len(attached) >= _MOST_ATTACHED:
            raise LimitExceededException(
                f"Cannot exceed quota for PoliciesPer{kind.capitalize()}: {_MOST_ATTACHED}"
            )
        tx.identity_policies.attach(identity, attaching)


def _detach(ctx: Context, kind: IdentityKind, name: str, arn: str) -> None:
    with ctx.store.begin() as tx:
        identity = require(tx, ctx, kind, name, lock=True)
        if not tx.identity_policies.detach(identity, policy_id(tx, ctx, arn)):
            raise NoSuchEntityException(f"Policy {arn} was not found.")


def _attached(ctx: Context, kind: IdentityKind, name: str, request: Mapping[str, Any]) -> Any:
    prefix = request.get("PathPrefix", "/")
    with ctx.store.read() as tx:
        identity = require(tx, ctx, kind, name)
        arns = policy_arns(tx, ctx, tx.identity_policies.attached(identity)).values()
    below = [arn for arn in arns if arn.partition(":policy")[2].startswith(prefix)]
    page, after = page_of(ctx, below, lambda arn: arn.rpartition("/")[2])
    return paged(
        ctx,
        "AttachedPolicies",
        [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in page],
        after,
    )
