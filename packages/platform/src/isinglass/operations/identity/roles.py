"""Roles: what jobs, and whoever a trust policy names, may become for a while."""

from dataclasses import replace

from isinglass.model.iam.shapes import (
    CreateRoleRequest,
    CreateRoleResponse,
    DeleteRoleRequest,
    DeleteRoleResponse,
    GetRoleRequest,
    GetRoleResponse,
    ListInstanceProfilesForRoleRequest,
    ListInstanceProfilesForRoleResponse,
    ListRolesRequest,
    ListRolesResponse,
    UpdateAssumeRolePolicyRequest,
    UpdateAssumeRolePolicyResponse,
    UpdateRoleDescriptionRequest,
    UpdateRoleDescriptionResponse,
    UpdateRoleRequest,
    UpdateRoleResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.identity.lookups import (
    add_tags,
    check_document,
    check_size,
    new_id,
    paged,
    policy_id,
    refuse_possessions,
    refuse_taken,
    require,
)
from isinglass.operations.identity.shown import shown_role, shown_whole_role
from isinglass.operations.registry import implements
from isinglass.store.identities import Identity

_LARGEST_TRUST = 4096
_SESSION_SECONDS = 3600


def _trust(document: str) -> str:
    check_size([document], _LARGEST_TRUST, "ACLSizePerRole")
    return check_document(document, "trust")


@implements("iam:CreateRole")
def create_role(ctx: Context, request: CreateRoleRequest) -> CreateRoleResponse:
    """Make a role, which may do nothing yet."""
    trust = _trust(request["AssumeRolePolicyDocument"])
    with ctx.store.begin() as tx:
        boundary = request.get("PermissionsBoundary")
        role = Identity(
            ctx.account_id,
            "role",
            new_id("role"),
            request["RoleName"],
            request.get("Path", "/"),
            ctx.now,
            boundary_id=None if boundary is None else policy_id(tx, ctx, boundary, lock=True),
            trust=trust,
            description=request.get("Description"),
            longest_session=request.get("MaxSessionDuration", _SESSION_SECONDS),
        )
        if not tx.identities.insert(role):
            refuse_taken("role", role.name)
        add_tags(tx, ctx, role.tag_resource, request.get("Tags", []))
        return {"Role": shown_whole_role(tx, ctx, role)}


@implements("iam:GetRole")
def get_role(ctx: Context, request: GetRoleRequest) -> GetRoleResponse:
    """Show a role."""
    with ctx.store.read() as tx:
        role = require(tx, ctx, "role", request["RoleName"])
        return {"Role": shown_whole_role(tx, ctx, role)}


@implements("iam:ListRoles")
def list_roles(ctx: Context, request: ListRolesRequest) -> ListRolesResponse:
    """List roles by name."""
    with ctx.store.read() as tx:
        roles, after = tx.identities.page(ctx.account_id, "role", request.get("PathPrefix", "/"), ctx.page)
    listed: ListRolesResponse = paged(ctx, "Roles", [shown_role(role) for role in roles], after)
    return listed


@implements("iam:UpdateRole")
def update_role(ctx: Context, request: UpdateRoleRequest) -> UpdateRoleResponse:
    """Change a role's description and how long its sessions may last."""
    with ctx.store.begin() as tx:
        role = require(tx, ctx, "role", request["RoleName"], lock=True)
        changed = replace(
            role,
            description=request.get("Description", role.description),
            longest_session=request.get("MaxSessionDuration", role.longest_session),
        )
        tx.identities.replace(role, changed)
    return {}


@implements("iam:UpdateRoleDescription")
def update_role_description(
    ctx: Context, request: UpdateRoleDescriptionRequest
) -> UpdateRoleDescriptionResponse:
    """Change a role's description."""
    with ctx.store.begin() as tx:
        role = require(tx, ctx, "role", request["RoleName"], lock=True)
        changed = replace(role, description=request["Description"])
        tx.identities.replace(role, changed)
        return {"Role": shown_whole_role(tx, ctx, changed)}


@implements("iam:UpdateAssumeRolePolicy")
def update_assume_role_policy(
    ctx: Context, request: UpdateAssumeRolePolicyRequest
) -> UpdateAssumeRolePolicyResponse:
    """Change who may become a role; sessions that are open stay open."""
    trust = _trust(request["PolicyDocument"])
    with ctx.store.begin() as tx:
        role = require(tx, ctx, "role", request["RoleName"], lock=True)
        tx.identities.replace(role, replace(role, trust=trust))
    return {}


@implements("iam:DeleteRole")
def delete_role(ctx: Context, request: DeleteRoleRequest) -> DeleteRoleResponse:
    """Delete a role that has no policies; its sessions end with it."""
    with ctx.store.begin() as tx:
        role = require(tx, ctx, "role", request["RoleName"], lock=True)
        refuse_possessions(tx, role)
        tx.access_keys.delete_of_identity(ctx.account_id, role.id)
        tx.tags.delete_all(ctx.account_id, role.tag_resource)
        tx.identities.delete(role)
    return {}


@implements("iam:ListInstanceProfilesForRole")
def list_instance_profiles_for_role(
    ctx: Context, request: ListInstanceProfilesForRoleRequest
) -> ListInstanceProfilesForRoleResponse:
    """List the instance profiles of a role: none, as there are no instances."""
    with ctx.store.read() as tx:
        require(tx, ctx, "role", request["RoleName"])
    return {"InstanceProfiles": [], "IsTruncated": False}
