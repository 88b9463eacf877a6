"""Tags of users, roles and managed policies; conditions of policies may ask for a caller's."""

from collections.abc import Sequence
from typing import Any, Protocol

from isinglass.model.iam.shapes import (
    ListPolicyTagsRequest,
    ListPolicyTagsResponse,
    ListRoleTagsRequest,
    ListRoleTagsResponse,
    ListUserTagsRequest,
    ListUserTagsResponse,
    Tag,
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


class _Find(Protocol):
    """Finds what is tagged, and tells how its tags are kept."""

    def __call__(self, tx: Transaction, ctx: Context, name: str, *, lock: bool = False) -> str: ...


@implements("iam:TagUser")
def tag_user(ctx: Context, request: TagUserRequest) -> TagUserResponse:
    """Give a user tags; those of the same keys are replaced."""
    _tag(ctx, _user, request["UserName"], request["Tags"])
    return {}


@implements("iam:UntagUser")
def untag_user(ctx: Context, request: UntagUserRequest) -> UntagUserResponse:
    """Take tags from a user."""
    _untag(ctx, _user, request["UserName"], request["TagKeys"])
    return {}


@implements("iam:ListUserTags")
def list_user_tags(ctx: Context, request: ListUserTagsRequest) -> ListUserTagsResponse:
    """List the tags of a user."""
    listed: ListUserTagsResponse = _list(ctx, _user, request["UserName"])
    return listed


@implements("iam:TagRole")
def tag_role(ctx: Context, request: TagRoleRequest) -> TagRoleResponse:
    """Give a role tags; those of the same keys are replaced."""
    _tag(ctx, _role, request["RoleName"], request["Tags"])
    return {}


@implements("iam:UntagRole")
def untag_role(ctx: Context, request: UntagRoleRequest) -> UntagRoleResponse:
    """Take tags from a role."""
    _untag(ctx, _role, request["RoleName"], request["TagKeys"])
    return {}


@implements("iam:ListRoleTags")
def list_role_tags(ctx: Context, request: ListRoleTagsRequest) -> ListRoleTagsResponse:
    """List the tags of a role."""
    listed: ListRoleTagsResponse = _list(ctx, _role, request["RoleName"])
    return listed


@implements("iam:TagPolicy")
def tag_policy(ctx: Context, request: TagPolicyRequest) -> TagPolicyResponse:
    """Give a policy tags; those of the same keys are replaced."""
    _tag(ctx, _policy, request["PolicyArn"], request["Tags"])
    return {}


@implements("iam:UntagPolicy")
def untag_policy(ctx: Context, request: UntagPolicyRequest) -> UntagPolicyResponse:
    """Take tags from a policy."""
    _untag(ctx, _policy, request["PolicyArn"], request["TagKeys"])
    return {}


@implements("iam:ListPolicyTags")
def list_policy_tags(ctx: Context, request: ListPolicyTagsRequest) -> ListPolicyTagsResponse:
    """List the tags of a policy."""
    listed: ListPolicyTagsResponse = _list(ctx, _policy, request["PolicyArn"])
    return listed


def _tag(ctx: Context, find: _Find, name: str, tags: Sequence[Tag]) -> None:
    with ctx.store.begin() as tx:
        add_tags(tx, ctx, find(tx, ctx, name, lock=True), tags)


def _untag(ctx: Context, find: _Find, name: str, keys: Sequence[str]) -> None:
    with ctx.store.begin() as tx:
        tx.tags.remove(ctx.account_id, find(tx, ctx, name, lock=True), keys)


def _list(ctx: Context, find: _Find, name: str) -> Any:
    with ctx.store.read() as tx:
        tags = tx.tags.get(ctx.account_id, find(tx, ctx, name))
    page, after = page_of(ctx, shown_tags(tags), _key)
    return paged(ctx, "Tags", page, after)


def _user(tx: Transaction, ctx: Context, name: str, *, lock: bool = False) -> str:
    return require(tx, ctx, "user", name, lock=lock).tag_resource


def _role(tx: Transaction, ctx: Context, name: str, *, lock: bool = False) -> str:
    return require(tx, ctx, "role", name, lock=lock).tag_resource


def _policy(tx: Transaction, ctx: Context, name: str, *, lock: bool = False) -> str:
    return require_policy(tx, ctx, name, lock=lock).tag_resource


def _key(tag: Any) -> str:
    key: str = tag["Key"]
    return key
