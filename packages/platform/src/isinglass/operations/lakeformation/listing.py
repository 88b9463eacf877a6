"""Listing permissions: those granted, and those that everything begins with."""

from collections.abc import Iterable, Mapping
from typing import Any

from isinglass.domain.permissions import resources
from isinglass.domain.permissions.grants import Grant
from isinglass.domain.permissions.principals import IAM_ALLOWED, check_principal
from isinglass.domain.permissions.resources import Resource, above, location_of
from isinglass.model.glue.errors import EntityNotFoundException
from isinglass.model.lakeformation.errors import InvalidInputException
from isinglass.model.lakeformation.shapes import (
    GetEffectivePermissionsForPathRequest,
    GetEffectivePermissionsForPathResponse,
    ListPermissionsRequest,
    ListPermissionsResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.lakeformation.scope import asker_of, catalog_named, same_catalog, table_of
from isinglass.operations.registry import implements
from isinglass.store.paging import PageRequest
from isinglass.store.permissions import Sought
from isinglass.store.store import Transaction

_KINDS: Mapping[str, tuple[str, ...]] = {
    "CATALOG": ("catalog",),
    "DATABASE": ("database",),
    "TABLE": ("table", "tables", "columns", "cells"),
    "DATA_LOCATION": ("location",),
}
#: A listing goes through what was granted, then the databases and then the tables that are left to IAM.
_STAGES = ("granted", "databases", "tables")


@implements("lakeformation:ListPermissions")
def list_permissions(ctx: Context, request: ListPermissionsRequest) -> ListPermissionsResponse:
    """List permissions of a resource, a principal or both; who is no administrator sees its own."""
    with ctx.store.read() as tx:
        catalog_id, sought = _sought(ctx, tx, request)
        if sought is None:
            return {"PrincipalResourcePermissions": []}
        found, after = _page(tx, catalog_id, sought, ctx.page)
    return {
        "PrincipalResourcePermissions": [shown(grant, catalog_id) for grant in found],
        "NextToken": ctx.token(after),
    }


def _sought(ctx: Context, tx: Transaction, request: ListPermissionsRequest) -> tuple[str, Sought | None]:
    """Read what a listing asks for; None when nothing of it can be there."""
    document: Mapping[str, Any] = request.get("Resource", {})
    catalog_id = catalog_named(
        ctx, tx, same_catalog([request.get("CatalogId"), resources.catalog_named(document)])
    )
    given = request.get("Principal", {}).get("DataLakePrincipalIdentifier")
    principals: tuple[str, ...] | None = None
    if given is not None:
        principals = (check_principal(given, ctx.account_id),)
    asker = asker_of(ctx)
    if not tx.table_access.is_administrator(ctx.account_id, asker):
        own = asker.names
        principals = own if principals is None else tuple(name for name in principals if name in own)
    if principals == ():
        return catalog_id, None
    if not document:
        kind = request.get("ResourceType")
        kinds = None if kind is None else _KINDS.get(kind)
        if kind is not None and kinds is None:
            return catalog_id, None
        return catalog_id, Sought(principals, kinds)
    resource = resources.parse(document)
    try:
        table = table_of(tx, catalog_id, resource)
    except EntityNotFoundException:  # no error of this operation: nobody has permissions on what is gone
        return catalog_id, None
    kinds = (resource.kind,)
    if resource.kind in ("table", "columns"):
        related = request.get("IncludeRelated", "FALSE").upper() == "TRUE"
        kinds = ("table", "columns", "cells") if related else ("table", "columns")
    return catalog_id, Sought(
        principals,
        kinds,
        database=None if table else resource.database,
        table_id=table.id if table else 0,
        item=resource.item if resource.kind in ("cells", "location") else None,
    )


def _page(
    tx: Transaction, catalog_id: str, sought: Sought, page: PageRequest
) -> tuple[list[Grant], tuple[Any, ...] | None]:
    """Fill a page from the stages of the listing, one after the other."""
    stage, *after = page.after or (_STAGES[0],)
    found: list[Grant] = []
    for name in _STAGES[_STAGES.index(stage) :]:
        rest = PageRequest(page.size - len(found), tuple(after) or None)
        if name == "granted":
            grants, following = tx.permissions.page(catalog_id, sought, rest)
        else:
            open_ones, following = tx.restrictions.left_to_iam(catalog_id, name, sought, rest)
            grants = [Grant(IAM_ALLOWED, resource, frozenset({"ALL"})) for resource in open_ones]
        found += grants
        if following is not None:
            return found, (name, *following)
        after = []
        if len(found) == page.size:
            later = _STAGES[_STAGES.index(name) + 1 :]
            return found, (later[0],) if later else None
    return found, None


@implements("lakeformation:GetEffectivePermissionsForPath")
def get_effective_permissions_for_path(
    ctx: Context, request: GetEffectivePermissionsForPathRequest
) -> GetEffectivePermissionsForPathResponse:
    """List who may do what with the tables whose files hold a path, and with the path itself."""
    path = location_of(request["ResourceArn"])
    with ctx.store.read() as tx:
        catalog_id = catalog_named(ctx, tx, request.get("CatalogId"))
        if not tx.table_access.is_administrator(ctx.account_id, asker_of(ctx)):
            raise InvalidInputException("Only data lake administrators may list the permissions of a path")
        found = list(_effective(tx, catalog_id, path))
    start = ctx.page.after[0] if ctx.page.after else 0
    end = start + ctx.page.size
    return {
        "Permissions": [shown(grant, catalog_id) for grant in found[start:end]],
        "NextToken": ctx.token((end,) if end < len(found) else None),
    }


def _effective(tx: Transaction, catalog_id: str, path: str) -> Iterable[Grant]:
    everything = PageRequest(10_000)
    for place in above(path):
        sought = Sought(kinds=("location",), item=place)
        yield from tx.permissions.page(catalog_id, sought, everything)[0]
    for place_of, database, name in tx.data_lake.tables_at(catalog_id[:12], above(path)):
        if place_of != catalog_id:
            continue
        table = tx.tables.require(catalog_id, database, name)
        if not table.restricted:
            yield Grant(IAM_ALLOWED, Resource("table", database, name), frozenset({"ALL"}))
        yield from tx.permissions.page(catalog_id, Sought(table_id=table.id), everything)[0]
        on_all = Sought(kinds=("tables",), database=database, table_id=0)
        yield from tx.permissions.page(catalog_id, on_all, everything)[0]


def shown(grant: Grant, catalog_id: str) -> Any:
    """Show a grant as the API does; one nobody made has no time."""
    entry: dict[str, Any] = {
        "Principal": {"DataLakePrincipalIdentifier": grant.principal},
        "Resource": resources.render(grant.resource, catalog_id),
        "Permissions": sorted(grant.permissions),
        "PermissionsWithGrantOption": sorted(grant.grantable),
    }
    if grant.updated_at:
        entry |= {"LastUpdated": grant.updated_at, "LastUpdatedBy": grant.updated_by}
    return entry
