"""Writes users, groups, roles and policies as IAM does."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from isinglass.domain.access.managed import ManagedPolicy as BuiltIn
from isinglass.operations.context import Context
from isinglass.operations.identity.lookups import policy_arns
from isinglass.store.identities import Identity
from isinglass.store.identity_policies import ManagedPolicy, PolicyVersion
from isinglass.store.store import Transaction


def shown_user(user: Identity) -> Any:
    """Write a user as listings do: without tags and boundary."""
    return {
        "Path": user.path,
        "UserName": user.name,
        "UserId": user.id,
        "Arn": user.arn,
        "CreateDate": user.created_at,
    }


def shown_whole_user(tx: Transaction, ctx: Context, user: Identity) -> Any:
    """Write a user with its tags and boundary."""
    return {**shown_user(user), **shown_limits(tx, ctx, user)}


def shown_limits(tx: Transaction, ctx: Context, identity: Identity) -> dict[str, Any]:
    """Write the tags and the boundary of a user or role."""
    limits: dict[str, Any] = {}
    tags = tx.tags.get(ctx.account_id, identity.tag_resource)
    if tags:
        limits["Tags"] = shown_tags(tags)
    if identity.boundary_id is not None:
        arn = policy_arns(tx, ctx, [identity.boundary_id]).get(identity.boundary_id)
        limits["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
            "PermissionsBoundaryArn": arn,
        }
    return limits


def shown_tags(tags: Mapping[str, str]) -> list[Any]:
    """Write tags as IAM does."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def shown_group(group: Identity) -> Any:
    """Write a group."""
    return {
        "Path": group.path,
        "GroupName": group.name,
        "GroupId": group.id,
        "Arn": group.arn,
        "CreateDate": group.created_at,
    }


def shown_role(role: Identity) -> Any:
    """Write a role as listings do: without tags and boundary."""
    return {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": role.created_at,
        "AssumeRolePolicyDocument": shown_document(role.trust or ""),
        "Description": role.description,
        "MaxSessionDuration": role.longest_session,
    }


def shown_whole_role(tx: Transaction, ctx: Context, role: Identity) -> Any:
    """Write a role with its tags and boundary."""
    return {**shown_role(role), **shown_limits(tx, ctx, role), "RoleLastUsed": {}}


def shown_document(document: str) -> str:
    """Write a policy document: IAM answers them URL-encoded."""
    return quote(document, safe="")


def shown_policy(policy: ManagedPolicy, uses: tuple[int, int]) -> Any:
    """Write a managed policy of the account; `uses` are its attachments and what it bounds."""
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": f"v{policy.default_version}",
        "AttachmentCount": uses[0],
        "PermissionsBoundaryUsageCount": uses[1],
        "IsAttachable": True,
        "CreateDate": policy.created_at,
        "UpdateDate": policy.updated_at,
    }


def shown_built_in(policy: BuiltIn, uses: tuple[int, int]) -> Any:
    """Write a managed policy that every account has."""
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": "v1",
        "AttachmentCount": uses[0],
        "PermissionsBoundaryUsageCount": uses[1],
        "IsAttachable": True,
        "CreateDate": 0.0,
        "UpdateDate": 0.0,
    }


def shown_version(version: PolicyVersion, default: int, *, whole: bool) -> Any:
    """Write a version of a managed policy, with its document or without."""
    return {
        **({"Document": shown_document(version.document)} if whole else {}),
        "VersionId": f"v{version.number}",
        "IsDefaultVersion": version.number == default,
        "CreateDate": version.created_at,
    }
