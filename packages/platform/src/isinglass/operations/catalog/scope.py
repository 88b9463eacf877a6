"""Which catalog a request means, and what it asks for that is not there."""

from collections.abc import Mapping
from typing import Any

from isinglass.model.glue.errors import (
    AccessDeniedException,
    EntityNotFoundException,
    OperationNotSupportedException,
)
from isinglass.operations.context import Context


def check_catalog(ctx: Context, request: Mapping[str, Any]) -> None:
    """Refuse a CatalogId that is not the caller's account."""
    catalog_id = request.get("CatalogId", ctx.account_id)
    if catalog_id == ctx.account_id:
        return
    if len(catalog_id) == 12 and catalog_id.isdigit():
        raise AccessDeniedException(
            f"User: {ctx.principal.arn} is not authorized to use the catalog of account {catalog_id}"
        )
    raise EntityNotFoundException(f"Catalog {catalog_id} not found.")


def refuse(operation: str, request: Mapping[str, Any], *members: str) -> None:
    """Refuse members that would change what the operation does, rather than ignore them."""
    for member in members:
        if request.get(member):
            raise OperationNotSupportedException(f"{operation} does not support {member} yet.")
