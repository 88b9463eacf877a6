"""Which catalog a request means, and what it asks for that is not there."""

from collections.abc import Mapping
from typing import Any

from isinglass.domain.catalog_ids import account_of, join, split
from isinglass.domain.catalog_objects import fold
from isinglass.model.glue.errors import (
    AccessDeniedException,
    EntityNotFoundException,
    FederationSourceException,
    InvalidInputException,
    OperationNotSupportedException,
)
from isinglass.operations.context import Context
from isinglass.store.store import Transaction


def catalog_of(ctx: Context, request: Mapping[str, Any]) -> str:
    """Return the id of the catalog that a request means: the first key of the catalog's rows.

    It is the caller's own account, a catalog nested in it that exists, or one of another account that the
    gateway let the request use.
    """
    given = request.get("CatalogId")
    if given is None or given == ctx.account_id:
        return ctx.account_id
    catalog_id = catalog_named(ctx, given)
    if catalog_id != account_of(catalog_id):
        _check_managed(ctx, catalog_id)
    return catalog_id


def catalog_named(ctx: Context, given: str) -> str:
    """Return the id that a text stands for, of a catalog that may or may not exist."""
    account_id, path = split(fold(given), ctx.account_id)
    check_admitted(ctx, account_id)
    return join(account_id, path)


def check_admitted(ctx: Context, account_id: str) -> None:
    """Refuse what belongs to another account, unless that lets the request use it."""
    if account_id not in (ctx.account_id, ctx.admitted_by):
        raise AccessDeniedException(
            f"User: {ctx.principal.arn} is not authorized to use the catalog of account {account_id}"
        )


def _check_managed(ctx: Context, catalog_id: str) -> None:
    """Refuse a nested catalog that does not exist, or whose metadata lives somewhere else."""
    with ctx.store.read() as tx:
        catalog = tx.catalogs.require(catalog_id)
    if catalog.source:
        raise not_read(f"Catalog {catalog_id}", catalog.source)


def not_read(what: str, source: str) -> FederationSourceException:
    """Say that the metadata of something lives where this server does not read it."""
    return FederationSourceException(
        f"{what} is {source}: this server keeps its definition and does not read its metadata.",
        FederationSourceErrorCode="OperationNotSupportedException",
    )


def check_connection(ctx: Context, tx: Transaction, name: str | None) -> None:
    """Refuse a federated definition over a connection that does not exist; `aws:` names are Glue's own."""
    if name and not name.startswith("aws:") and tx.connections.find(ctx.account_id, name) is None:
        raise EntityNotFoundException(f"Connection {name} not found.")


def refuse(operation: str, request: Mapping[str, Any], *members: str) -> None:
    """Refuse members that would change what the operation does, rather than ignore them."""
    for member in members:
        if request.get(member):
            raise OperationNotSupportedException(f"{operation} does not support {member} yet.")


def refuse_transaction(request: Mapping[str, Any]) -> None:
    """Refuse a transaction of governed tables, which Glue has given up."""
    if request.get("TransactionId"):
        raise InvalidInputException(
            "TransactionId is not supported: governed tables and their transactions are retired; "
            "use an Iceberg table"
        )
