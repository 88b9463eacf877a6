"""Tags of users, roles and managed policies; conditions of policies may ask for a caller's."""

from typing import Any

from isinglass.model.iam.shapes import (
    ListPolicyTagsRequest,
    ListPolicyTagsResponse,
    ListRoleTagsRequest,
    ListRoleTagsResponse,
    ListUserTagsRequest,
    ListUserTagsResponse,
    TagPolicyRequest,
    TagPolicyResponse,
    TagRoleRequest,
    TagRoleResponse,
    TagUserRequest,
    TagUserResponse,
    UntagPolicyRequest,
    UntagPolicyResponse,
    UntagRoleRequest,
    UntagRoleResponse,
    UntagUserRequest,
    UntagUserResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.identity.lookups import add_tags, page_of, paged, require, require_policy
from isinglass.operations.identity.shown import shown_tags
from isinglass.operations.registry import implements
from isinglass.store.store import Transaction


@implements("iam:TagUser")
def tag_user(ctx: Context, request: TagUserRequest) -> TagUserResponse:
    """Give a user tags; those of the same keys are replaced."""
    with ctx.store.begin() as tx:
        add_tags(tx, ctx, _user(tx, ctx, request["UserName"], lock=True), request["Tags"])
    return {}


@implements("iam:UntagUser")
def untag_user(ctx: Context, request: UntagUserRequest) -> UntagUserResponse:
    """Take tags from a user."""
    with ctx.store.begin() as tx:
        tx.tags.remove(ctx.account_id, _user(tx, ctx, request["UserName"], lock=True), request["TagKeys"])
    return {}


@implements("iam:ListUserTags")
def list_user_tags(ctx: Context, request: ListUserTagsRequest) -> ListUserTagsResponse:
    """List the tags of a user."""
    with ctx.store.read() as tx:
        tags = tx.tags.get(ctx.account_id, _user(tx, ctx, request["UserName"]))
    page, after = page_of(ctx, shown_tags(tags), _key)
    listed: ListUserTagsResponse = paged(ctx, "Tags", page, after)
    return listed


@implements("iam:TagRole")
def tag_role(ctx: Context, request: TagRoleRequest) -> TagRoleResponse:
    """Give a role tags; those of the same keys are replaced."""
    with ctx.store.begin() as tx:
        add_tags(tx, ctx, _role(tx, ctx, request["RoleName"], lock=True), request["Tags"])
    return {}


@implements("iam:UntagRole")
def untag_role(ctx: Context, request: UntagRoleRequest) -> UntagRoleResponse:
    """Take tags from a role."""
    with ctx.store.begin() as tx:
        tx.tags.remove(ctx.account_id, _role(tx, ctx, request["RoleName"], lock=True), request["TagKeys"])
    return {}


@implements("iam:ListRoleTags")
def list_role_tags(ctx: Context, request: ListRoleTagsRequest) -> ListRoleTagsResponse:
    """List the tags of a role."""
    with ctx.store.read() as tx:
        tags = tx.tags.get(ctx.account_id, _role(tx, ctx, request["RoleName"]))
    page, after = page_of(ctx, shown_tags(tags), _key)
    listed: ListRoleTagsResponse = paged(ctx, "Tags", page, after)
    return listed


@implements("iam:TagPolicy")
def tag_policy(ctx: Context, request: TagPolicyRequest) -> TagPolicyResponse:
    """Give a policy tags; those of the same keys are replaced."""
    with ctx.store.begin() as tx:
        add_tags(tx, ctx, _policy(tx, ctx, request["PolicyArn"], lock=True), request["Tags"])
    return {}


@implements("iam:UntagPolicy")
def untag_policy(ctx: Context, request: UntagPolicyRequest) -> UntagPolicyResponse:
    """Take tags from a policy."""
    with ctx.store.begin() as tx:
        tx.tags.remove(ctx.account_id, _policy(tx, ctx, request["PolicyArn"], lock=True), request["TagKeys"])
    return {}


@implements("iam:ListPolicyTags")
def list_policy_tags(ctx: Context, request: ListPolicyTagsRequest) -> ListPolicyTagsResponse:
    """List the tags of a policy."""
    with ctx.store.read() as tx:
        tags = tx.tags.get(ctx.account_id, _policy(tx, ctx, request["PolicyArn"]))
    page, after = page_of(ctx, shown_tags(tags), _key)
    listed: ListPolicyTagsResponse = paged(ctx, "Tags", page, after)
    return listed


def _user(tx: Transaction, ctx: Context, name: str, *, lock: bool = False) -> str:
    return require(tx, ctx, "user", name, lock=lock).tag_resource


def _role(tx: Transaction, ctx: Context, name: str, *, lock: bool = False) -> str:
    return require(tx, ctx, "role", name, lock=lock).tag_resource


def _policy(tx: Transaction, ctx: Context, arn: str, *, lock: bool = False) -> str:
    return require_policy(tx, ctx, arn, lock=lock).tag_resource


def _key(tag: Any) -> str:
    key: str = tag["Key"]
    return key
