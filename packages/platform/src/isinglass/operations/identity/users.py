"""Users: people and programs with keys of their own."""

from dataclasses import replace
from typing import Any

from isinglass.model.iam.errors import DeleteConflictException
from isinglass.model.iam.shapes import (
    CreateUserRequest,
    CreateUserResponse,
    DeleteUserRequest,
    DeleteUserResponse,
    GetUserRequest,
    GetUserResponse,
    ListGroupsForUserRequest,
    ListGroupsForUserResponse,
    ListUsersRequest,
    ListUsersResponse,
    UpdateUserRequest,
    UpdateUserResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.identity.lookups import (
    add_tags,
    new_id,
    own_name,
    paged,
    policy_id,
    refuse_possessions,
    refuse_taken,
    require,
)
from isinglass.operations.identity.shown import shown_group, shown_user, shown_whole_user
from isinglass.operations.registry import implements
from isinglass.store.identities import Identity
from isinglass.store.paging import PageRequest


@implements("iam:CreateUser")
def create_user(ctx: Context, request: CreateUserRequest) -> CreateUserResponse:
    """Make a user, who may do nothing yet."""
    with ctx.store.begin() as tx:
        boundary = request.get("PermissionsBoundary")
        user = Identity(
            ctx.account_id,
            "user",
            new_id("user"),
            request["UserName"],
            request.get("Path", "/"),
            ctx.now,
            boundary_id=None if boundary is None else policy_id(tx, ctx, boundary, lock=True),
        )
        if not tx.identities.insert(user):
            refuse_taken("user", user.name)
        add_tags(tx, ctx, user.tag_resource, request.get("Tags", []))
        return {"User": shown_whole_user(tx, ctx, user)}


@implements("iam:GetUser")
def get_user(ctx: Context, request: GetUserRequest) -> GetUserResponse:
    """Show a user, or the caller."""
    name = own_name(ctx, request.get("UserName"))
    with ctx.store.read() as tx:
        if name is not None:
            return {"User": shown_whole_user(tx, ctx, require(tx, ctx, "user", name))}
        account = tx.accounts.find(ctx.account_id)
    made = 0.0 if account is None else account.created_at
    root: Any = {"Path": "/", "UserId": ctx.account_id, "Arn": ctx.principal.arn, "CreateDate": made}
    return {"User": root}


@implements("iam:ListUsers")
def list_users(ctx: Context, request: ListUsersRequest) -> ListUsersResponse:
    """List users by name."""
    with ctx.store.read() as tx:
        users, after = tx.identities.page(ctx.account_id, "user", request.get("PathPrefix", "/"), ctx.page)
    listed: ListUsersResponse = paged(ctx, "Users", [shown_user(user) for user in users], after)
    return listed


@implements("iam:UpdateUser")
def update_user(ctx: Context, request: UpdateUserRequest) -> UpdateUserResponse:
    """Rename or move a user; its keys go on working."""
    with ctx.store.begin() as tx:
        user = require(tx, ctx, "user", request["UserName"], lock=True)
        changed = replace(
            user, name=request.get("NewUserName", user.name), path=request.get("NewPath", user.path)
        )
        if not tx.identities.replace(user, changed):
            refuse_taken("user", changed.name)
        tx.access_keys.rename_principal(ctx.account_id, user.id, changed.arn)
    return {}


@implements("iam:DeleteUser")
def delete_user(ctx: Context, request: DeleteUserRequest) -> DeleteUserResponse:
    """Delete a user that has nothing left."""
    with ctx.store.begin() as tx:
        user = require(tx, ctx, "user", request["UserName"], lock=True)
        refuse_possessions(tx, user)
        if tx.access_keys.of_identity(ctx.account_id, user.id):
            raise DeleteConflictException("Cannot delete entity, must delete access keys first.")
        if tx.identities.groups_of(user, PageRequest(1))[0]:
            raise DeleteConflictException("Cannot delete entity, must remove user from all groups first.")
        # The sessions that the user opened end with it.
        tx.access_keys.delete_of_identity(ctx.account_id, user.id)
        tx.tags.delete_all(ctx.account_id, user.tag_resource)
        tx.identities.delete(user)
    return {}


@implements("iam:ListGroupsForUser")
def list_groups_for_user(ctx: Context, request: ListGroupsForUserRequest) -> ListGroupsForUserResponse:
    """List the groups that a user is in."""
    with ctx.store.read() as tx:
        user = require(tx, ctx, "user", request["UserName"])
        groups, after = tx.identities.groups_of(user, ctx.page)
    listed: ListGroupsForUserResponse = paged(ctx, "Groups", [shown_group(group) for group in groups], after)
    return listed
