"""Permissions boundaries: the most that a user's or role's policies may give it."""

from dataclasses import replace

from isinglass.model.iam.errors import NoSuchEntityException
from isinglass.model.iam.shapes import (
    DeleteRolePermissionsBoundaryRequest,
    DeleteRolePermissionsBoundaryResponse,
    DeleteUserPermissionsBoundaryRequest,
    DeleteUserPermissionsBoundaryResponse,
    PutRolePermissionsBoundaryRequest,
    PutRolePermissionsBoundaryResponse,
    PutUserPermissionsBoundaryRequest,
    PutUserPermissionsBoundaryResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.identity.lookups import policy_id, require
from isinglass.operations.registry import implements
from isinglass.store.identities import IdentityKind


@implements("iam:PutUserPermissionsBoundary")
def put_user_permissions_boundary(
    ctx: Context, request: PutUserPermissionsBoundaryRequest
) -> PutUserPermissionsBoundaryResponse:
    """Let a managed policy bound what a user may do."""
    _bound(ctx, "user", request["UserName"], request["PermissionsBoundary"])
    return {}


@implements("iam:DeleteUserPermissionsBoundary")
def delete_user_permissions_boundary(
    ctx: Context, request: DeleteUserPermissionsBoundaryRequest
) -> DeleteUserPermissionsBoundaryResponse:
    """Take a user's boundary away."""
    _bound(ctx, "user", request["UserName"], None)
    return {}


@implements("iam:PutRolePermissionsBoundary")
def put_role_permissions_boundary(
    ctx: Context, request: PutRolePermissionsBoundaryRequest
) -> PutRolePermissionsBoundaryResponse:
    """Let a managed policy bound what a role may do."""
    _bound(ctx, "role", request["RoleName"], request["PermissionsBoundary"])
    return {}


@implements("iam:DeleteRolePermissionsBoundary")
def delete_role_permissions_boundary(
    ctx: Context, request: DeleteRolePermissionsBoundaryRequest
) -> DeleteRolePermissionsBoundaryResponse:
    """Take a role's boundary away."""
    _bound(ctx, "role", request["RoleName"], None)
    return {}


def _bound(ctx: Context, kind: IdentityKind, name: str, arn: str | None) -> None:
    with ctx.store.begin() as tx:
        identity = require(tx, ctx, kind, name, lock=True)
        if arn is None and identity.boundary_id is None:
            raise NoSuchEntityException(f"The {kind} {name} has no permissions boundary.")
        boundary = None if arn is None else policy_id(tx, ctx, arn, lock=True)
        tx.identities.replace(identity, replace(identity, boundary_id=boundary))
