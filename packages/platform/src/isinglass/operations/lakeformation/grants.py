"""Granting and revoking permissions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from isinglass.domain.permissions import resources
from isinglass.domain.permissions.grants import ALL, Grant, check_permissions, granted, revoked
from isinglass.domain.permissions.principals import IAM_ALLOWED, check_principal
from isinglass.domain.permissions.resources import PERMISSIONS
from isinglass.model.api_error import ApiError
from isinglass.model.lakeformation.errors import EntityNotFoundException, InvalidInputException
from isinglass.model.lakeformation.shapes import (
    BatchGrantPermissionsRequest,
    BatchGrantPermissionsResponse,
    BatchRevokePermissionsRequest,
    BatchRevokePermissionsResponse,
    GrantPermissionsRequest,
    GrantPermissionsResponse,
    RevokePermissionsRequest,
    RevokePermissionsResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.lakeformation.scope import (
    asker_of,
    catalog_named,
    check_columns,
    denied,
    same_catalog,
    table_of,
)
from isinglass.operations.registry import implements
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.store import Transaction

#: What can be left to IAM, whose row says so by being open.
_LEFT_TO_IAM = ("catalog", "database", "table")


@dataclass(frozen=True, slots=True)
class _Change:
    """What a request gives or takes, with the table that it is about."""

    catalog_id: str
    grant: Grant
    table: CatalogTable | None

    @property
    def table_id(self) -> int:
        return self.table.id if self.table else 0

    @property
    def is_left_to_iam(self) -> bool:
        return self.grant.principal == IAM_ALLOWED and self.grant.resource.kind in _LEFT_TO_IAM


@implements("lakeformation:GrantPermissions")
def grant_permissions(ctx: Context, request: GrantPermissionsRequest) -> GrantPermissionsResponse:
    """Give a principal permissions on a resource, in addition to what it has."""
    with ctx.store.begin() as tx:
        _grant(ctx, tx, request)
    return {}


@implements("lakeformation:RevokePermissions")
def revoke_permissions(ctx: Context, request: RevokePermissionsRequest) -> RevokePermissionsResponse:
    """Take permissions from a principal, or the right to pass them on."""
    with ctx.store.begin() as tx:
        _revoke(ctx, tx, request)
    return {}


@implements("lakeformation:BatchGrantPermissions")
def batch_grant_permissions(
    ctx: Context, request: BatchGrantPermissionsRequest
) -> BatchGrantPermissionsResponse:
    """Grant many times; entries that fail are told of and do not stop the others."""
    return {"Failures": _each(ctx, request, _grant)}


@implements("lakeformation:BatchRevokePermissions")
def batch_revoke_permissions(
    ctx: Context, request: BatchRevokePermissionsRequest
) -> BatchRevokePermissionsResponse:
    """Revoke many times; entries that fail are told of and do not stop the others."""
    return {"Failures": _each(ctx, request, _revoke)}


def _each(
    ctx: Context,
    request: Mapping[str, Any],
    apply: Callable[[Context, Transaction, Mapping[str, Any]], None],
) -> list[Any]:
    failures: list[Any] = []
    with ctx.store.begin() as tx:
        for entry in request["Entries"]:
            missing = [name for name in ("Principal", "Resource", "Permissions") if name not in entry]
            try:
                if missing:
                    raise InvalidInputException(f"The entry needs {', '.join(missing)}")
                catalog = same_catalog([request.get("CatalogId")])
                apply(ctx, tx, entry if catalog is None else {**entry, "CatalogId": catalog})
            except ApiError as error:
                detail = {"ErrorCode": error.code, "ErrorMessage": error.message}
                failures.append({"RequestEntry": entry, "Error": detail})
    return failures


def _grant(ctx: Context, tx: Transaction, request: Mapping[str, Any]) -> None:
    change = _change(ctx, tx, request)
    if change.grant.resource.kind == "columns" and change.table is not None:
        named = change.grant.resource
        check_columns(change.table, named.excluded if named.columns is None else named.columns)
    _keep(tx, change, granted(_present(tx, change), change.grant))


def _revoke(ctx: Context, tx: Transaction, request: Mapping[str, Any]) -> None:
    change = _change(ctx, tx, request)
    left = revoked(_present(tx, change), change.grant)
    if left is not None:
        left = replace(left, updated_at=change.grant.updated_at, updated_by=change.grant.updated_by)
    _keep(tx, change, left)


def _change(ctx: Context, tx: Transaction, request: Mapping[str, Any]) -> _Change:
    """Read and check a request, up to whether the caller may make it."""
    if request.get("Condition"):
        raise InvalidInputException("Condition is not supported: use the conditions of IAM policies")
    resource = resources.parse(request["Resource"])
    named = resources.catalog_named(request["Resource"])
    catalog_id = catalog_named(ctx, tx, same_catalog([request.get("CatalogId"), named]))
    permissions = frozenset(request["Permissions"])
    grantable = frozenset(request.get("PermissionsWithGrantOption", ()))
    check_permissions(resource.kind, permissions, grantable)
    principal = check_principal(request["Principal"].get("DataLakePrincipalIdentifier", ""), ctx.account_id)
    if principal == IAM_ALLOWED and grantable:
        raise InvalidInputException(f"{IAM_ALLOWED} cannot pass permissions on")
    table = table_of(tx, catalog_id, resource, lock=True)
    if resource.kind == "cells" and table is not None:
        _check_filter(tx, catalog_id, table, resource.item)
    grant = Grant(principal, resource, permissions, grantable, ctx.now, ctx.principal.arn)
    _check_grantor(ctx, tx, catalog_id, grant, table)
    return _Change(catalog_id, grant, table)


def _check_filter(tx: Transaction, catalog_id: str, table: CatalogTable, name: str) -> None:
    if tx.cells_filters.find(catalog_id, table.id, name) is None:
        raise EntityNotFoundException(f"Table {table.name} has no data cells filter {name}")


def _check_grantor(
    ctx: Context, tx: Transaction, catalog_id: str, grant: Grant, table: CatalogTable | None
) -> None:
    """Refuse callers who are no administrators and may not pass these permissions on."""
    asker = asker_of(ctx)
    if tx.table_access.is_administrator(ctx.account_id, asker):
        return
    database = grant.resource.database
    if table is not None:
        held = tx.permissions.of_table(catalog_id, database, table.id, asker.names)
        held = [other for other in held if other.resource.kind in ("table", "tables")]
    else:
        in_database = tx.permissions.of_databases(catalog_id, [database], asker.names)[database]
        held = [other for other in in_database if other.resource.kind == grant.resource.kind]
    if not any(other.may_pass_on(grant.permissions) for other in held):
        raise denied(grant.permissions, grant.resource, grantable=True)


def _present(tx: Transaction, change: _Change) -> Grant | None:
    """Give what the principal has now; what is left to IAM is open to everyone IAM lets through."""
    grant = change.grant
    found = tx.permissions.find(change.catalog_id, grant.resource, change.table_id, grant.principal)
    if found is None and change.is_left_to_iam:
        kind = grant.resource.kind
        return replace(grant, permissions=PERMISSIONS[kind] if kind == "catalog" else frozenset({ALL}))
    return found if found is not None and found.permissions else None


def _keep(tx: Transaction, change: _Change, grant: Grant | None) -> None:
    catalog_id, resource = change.catalog_id, change.grant.resource
    if not change.is_left_to_iam:
        if grant is None:
            tx.permissions.remove(catalog_id, resource, change.table_id, change.grant.principal)
        else:
            tx.permissions.put(catalog_id, change.table_id, grant)
        return
    whole = PERMISSIONS[resource.kind]
    is_open = grant is not None and (ALL in grant.permissions or grant.permissions >= whole)
    if is_open:
        tx.permissions.remove(catalog_id, resource, change.table_id, IAM_ALLOWED)
    else:
        # Its row says that permissions decide, even when it gives none.
        left = grant or replace(change.grant, permissions=frozenset(), grantable=frozenset())
        tx.permissions.put(catalog_id, change.table_id, left)
    if resource.kind != "catalog":
        tx.restrictions.restrict(catalog_id, resource, change.table_id, restricted=not is_open)
