"""Policies inside a user, group or role: they are its alone and end with it."""

from typing import Any

from isinglass.model.iam.errors import NoSuchEntityException
from isinglass.model.iam.shapes import (
    DeleteGroupPolicyRequest,
    DeleteGroupPolicyResponse,
    DeleteRolePolicyRequest,
    DeleteRolePolicyResponse,
    DeleteUserPolicyRequest,
    DeleteUserPolicyResponse,
    GetGroupPolicyRequest,
    GetGroupPolicyResponse,
    GetRolePolicyRequest,
    GetRolePolicyResponse,
    GetUserPolicyRequest,
    GetUserPolicyResponse,
    ListGroupPoliciesRequest,
    ListGroupPoliciesResponse,
    ListRolePoliciesRequest,
    ListRolePoliciesResponse,
    ListUserPoliciesRequest,
    ListUserPoliciesResponse,
    PutGroupPolicyRequest,
    PutGroupPolicyResponse,
    PutRolePolicyRequest,
    PutRolePolicyResponse,
    PutUserPolicyRequest,
    PutUserPolicyResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.identity.lookups import check_document, check_size, page_of, paged, require
from isinglass.operations.identity.shown import shown_document
from isinglass.operations.registry import implements
from isinglass.store.identities import IdentityKind

#: Characters that all policies inside one identity may have together.
_LARGEST: dict[IdentityKind, int] = {"user": 2048, "group": 5120, "role": 10240}


@implements("iam:PutUserPolicy")
def put_user_policy(ctx: Context, request: PutUserPolicyRequest) -> PutUserPolicyResponse:
    """Write a policy inside a user."""
    _put(ctx, "user", request["UserName"], request["PolicyName"], request["PolicyDocument"])
    return {}


@implements("iam:GetUserPolicy")
def get_user_policy(ctx: Context, request: GetUserPolicyRequest) -> GetUserPolicyResponse:
    """Show a policy inside a user."""
    name, policy = request["UserName"], request["PolicyName"]
    return {"UserName": name, "PolicyName": policy, "PolicyDocument": _get(ctx, "user", name, policy)}


@implements("iam:ListUserPolicies")
def list_user_policies(ctx: Context, request: ListUserPoliciesRequest) -> ListUserPoliciesResponse:
    """List the names of the policies inside a user."""
    listed: ListUserPoliciesResponse = _list(ctx, "user", request["UserName"])
    return listed


@implements("iam:DeleteUserPolicy")
def delete_user_policy(ctx: Context, request: DeleteUserPolicyRequest) -> DeleteUserPolicyResponse:
    """Delete a policy inside a user."""
    _delete(ctx, "user", request["UserName"], request["PolicyName"])
    return {}


@implements("iam:PutGroupPolicy")
def put_group_policy(ctx: Context, request: PutGroupPolicyRequest) -> PutGroupPolicyResponse:
    """Write a policy inside a group."""
    _put(ctx, "group", request["GroupName"], request["PolicyName"], request["PolicyDocument"])
    return {}


@implements("iam:GetGroupPolicy")
def get_group_policy(ctx: Context, request: GetGroupPolicyRequest) -> GetGroupPolicyResponse:
    """Show a policy inside a group."""
    name, policy = request["GroupName"], request["PolicyName"]
    return {"GroupName": name, "PolicyName": policy, "PolicyDocument": _get(ctx, "group", name, policy)}


@implements("iam:ListGroupPolicies")
def list_group_policies(ctx: Context, request: ListGroupPoliciesRequest) -> ListGroupPoliciesResponse:
    """List the names of the policies inside a group."""
    listed: ListGroupPoliciesResponse = _list(ctx, "group", request["GroupName"])
    return listed


@implements("iam:DeleteGroupPolicy")
def delete_group_policy(ctx: Context, request: DeleteGroupPolicyRequest) -> DeleteGroupPolicyResponse:
    """Delete a policy inside a group."""
    _delete(ctx, "group", request["GroupName"], request["PolicyName"])
    return {}


@implements("iam:PutRolePolicy")
def put_role_policy(ctx: Context, request: PutRolePolicyRequest) -> PutRolePolicyResponse:
    """Write a policy inside a role."""
    _put(ctx, "role", request["RoleName"], request["PolicyName"], request["PolicyDocument"])
    return {}


@implements("iam:GetRolePolicy")
def get_role_policy(ctx: Context, request: GetRolePolicyRequest) -> GetRolePolicyResponse:
    """Show a policy inside a role."""
    name, policy = request["RoleName"], request["PolicyName"]
    return {"RoleName": name, "PolicyName": policy, "PolicyDocument": _get(ctx, "role", name, policy)}


@implements("iam:ListRolePolicies")
def list_role_policies(ctx: Context, request: ListRolePoliciesRequest) -> ListRolePoliciesResponse:
    """List the names of the policies inside a role."""
    listed: ListRolePoliciesResponse = _list(ctx, "role", request["RoleName"])
    return listed


@implements("iam:DeleteRolePolicy")
def delete_role_policy(ctx: Context, request: DeleteRolePolicyRequest) -> DeleteRolePolicyResponse:
    """Delete a policy inside a role."""
    _delete(ctx, "role", request["RoleName"], request["PolicyName"])
    return {}


def _put(ctx: Context, kind: IdentityKind, name: str, policy: str, document: str) -> None:
    check_document(document)
    with ctx.store.begin() as tx:
        identity = require(tx, ctx, kind, name, lock=True)
        others = {**tx.identity_policies.inline(identity), policy: document}
        check_size(others.values(), _LARGEST[kind], f"Maximum policy size of {kind} {name}")
        tx.identity_policies.put_inline(identity, policy, document)


def _get(ctx: Context, kind: IdentityKind, name: str, policy: str) -> str:
    with ctx.store.read() as tx:
        found = tx.identity_policies.inline(require(tx, ctx, kind, name)).get(policy)
    if found is None:
        raise _missing(kind, policy)
    return shown_document(found)


def _list(ctx: Context, kind: IdentityKind, name: str) -> Any:
    with ctx.store.read() as tx:
        names = tx.identity_policies.inline(require(tx, ctx, kind, name))
    page, after = page_of(ctx, names, lambda each: each)
    return paged(ctx, "PolicyNames", page, after)


def _delete(ctx: Context, kind: IdentityKind, name: str, policy: str) -> None:
    with ctx.store.begin() as tx:
        identity = require(tx, ctx, kind, name, lock=True)
        if not tx.identity_policies.delete_inline(identity, policy):
            raise _missing(kind, policy)


def _missing(kind: IdentityKind, policy: str) -> NoSuchEntityException:
    return NoSuchEntityException(f"The {kind} policy with name {policy} cannot be found.")
