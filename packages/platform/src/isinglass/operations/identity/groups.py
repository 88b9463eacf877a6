"""Groups: users that share policies."""

from dataclasses import replace

from isinglass.model.iam.errors import DeleteConflictException
from isinglass.model.iam.shapes import (
    AddUserToGroupRequest,
    AddUserToGroupResponse,
    CreateGroupRequest,
    CreateGroupResponse,
    DeleteGroupRequest,
    DeleteGroupResponse,
    GetGroupRequest,
    GetGroupResponse,
    ListGroupsRequest,
    ListGroupsResponse,
    RemoveUserFromGroupRequest,
    RemoveUserFromGroupResponse,
    UpdateGroupRequest,
    UpdateGroupResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.identity.lookups import new_id, paged, refuse_possessions, refuse_taken, require
from isinglass.operations.identity.shown import shown_group, shown_user
from isinglass.operations.registry import implements
from isinglass.store.identities import Identity
from isinglass.store.paging import PageRequest


@implements("iam:CreateGroup")
def create_group(ctx: Context, request: CreateGroupRequest) -> CreateGroupResponse:
    """Make a group, empty and without policies."""
    group = Identity(
        ctx.account_id, "group", new_id("group"), request["GroupName"], request.get("Path", "/"), ctx.now
    )
    with ctx.store.begin() as tx:
        if not tx.identities.insert(group):
            refuse_taken("group", group.name)
    return {"Group": shown_group(group)}


@implements("iam:GetGroup")
def get_group(ctx: Context, request: GetGroupRequest) -> GetGroupResponse:
    """Show a group and who is in it."""
    with ctx.store.read() as tx:
        group = require(tx, ctx, "group", request["GroupName"])
        users, after = tx.identities.members(group, ctx.page)
    listed: GetGroupResponse = paged(ctx, "Users", [shown_user(user) for user in users], after)
    return {**listed, "Group": shown_group(group)}


@implements("iam:ListGroups")
def list_groups(ctx: Context, request: ListGroupsRequest) -> ListGroupsResponse:
    """List groups by name."""
    with ctx.store.read() as tx:
        groups, after = tx.identities.page(ctx.account_id, "group", request.get("PathPrefix", "/"), ctx.page)
    listed: ListGroupsResponse = paged(ctx, "Groups", [shown_group(group) for group in groups], after)
    return listed


@implements("iam:UpdateGroup")
def update_group(ctx: Context, request: UpdateGroupRequest) -> UpdateGroupResponse:
    """Rename or move a group."""
    with ctx.store.begin() as tx:
        group = require(tx, ctx, "group", request["GroupName"], lock=True)
        changed = replace(
            group, name=request.get("NewGroupName", group.name), path=request.get("NewPath", group.path)
        )
        if not tx.identities.replace(group, changed):
            refuse_taken("group", changed.name)
    return {}


@implements("iam:DeleteGroup")
def delete_group(ctx: Context, request: DeleteGroupRequest) -> DeleteGroupResponse:
    """Delete a group that nobody is in and that has no policies."""
    with ctx.store.begin() as tx:
        group = require(tx, ctx, "group", request["GroupName"], lock=True)
        refuse_possessions(tx, group)
        if tx.identities.members(group, PageRequest(1))[0]:
            raise DeleteConflictException("Cannot delete entity, must remove users from group first.")
        tx.identities.delete(group)
    return {}


@implements("iam:AddUserToGroup")
def add_user_to_group(ctx: Context, request: AddUserToGroupRequest) -> AddUserToGroupResponse:
    """Put a user into a group."""
    with ctx.store.begin() as tx:
        group = require(tx, ctx, "group", request["GroupName"], lock=True)
        tx.identities.add_member(group, require(tx, ctx, "user", request["UserName"], lock=True))
    return {}


@implements("iam:RemoveUserFromGroup")
def remove_user_from_group(ctx: Context, request: RemoveUserFromGroupRequest) -> RemoveUserFromGroupResponse:
    """Take a user out of a group."""
    with ctx.store.begin() as tx:
        group = require(tx, ctx, "group", request["GroupName"], lock=True)
        tx.identities.remove_member(group, require(tx, ctx, "user", request["UserName"]))
    return {}
