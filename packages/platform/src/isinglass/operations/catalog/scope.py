"""Which catalog a request means, and what it asks for that is not there."""

from collections.abc import Mapping
from typing import Any

from isinglass.domain.catalog_ids import account_of, is_account
from isinglass.domain.catalog_objects import fold
from isinglass.model.glue.errors import (
    AccessDeniedException,
    EntityNotFoundException,
    FederationSourceException,
    OperationNotSupportedException,
)
from isinglass.operations.context import Context


def catalog_of(ctx: Context, request: Mapping[str, Any]) -> str:
    """Return the id of the catalog that a request means: the first key of the catalog's rows.

    It is the caller's own account, a catalog nested in it that exists, or one of another account that the
    gateway let the request use.
    """
    given = request.get("CatalogId")
    if given is None or given == ctx.account_id:
        return ctx.account_id
    catalog_id = fold(given)
    account_id = account_of(catalog_id)
    nested = catalog_id[len(account_id) :]
    if not is_account(account_id) or (nested and not nested.startswith(":")):
        raise EntityNotFoundException(f"Catalog {given} not found.")
    if account_id not in (ctx.account_id, ctx.admitted_by):
        raise AccessDeniedException(
            f"User: {ctx.principal.arn} is not authorized to use the catalog of account {account_id}"
        )
    if nested:
        _check_managed(ctx, catalog_id)
    return catalog_id


def _check_managed(ctx: Context, catalog_id: str) -> None:
    """Refuse a nested catalog that does not exist, or whose metadata lives somewhere else."""
    with ctx.store.read() as tx:
        catalog = tx.catalogs.require(catalog_id)
    if source := catalog.source:
        raise FederationSourceException(
            f"Catalog {catalog_id} is defined as {source}, which this server does not read.",
            FederationSourceErrorCode="OperationNotSupportedException",
        )


def refuse(operation: str, request: Mapping[str, Any], *members: str) -> None:
    """Refuse members that would change what the operation does, rather than ignore them."""
    for member in members:
        if request.get(member):
            raise OperationNotSupportedException(f"{operation} does not support {member} yet.")
