"""Which catalog a request means, who asks, and what is required of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from isinglass.domain.access.principals import identity_arn
from isinglass.domain.catalog_ids import account_of
from isinglass.domain.permissions.denials import missing
from isinglass.domain.permissions.principals import Asker
from isinglass.domain.permissions.resources import Resource
from isinglass.model.lakeformation.errors import AccessDeniedException, InvalidInputException
from isinglass.operations.context import Context
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.store import Transaction


def asker_of(ctx: Context) -> Asker:
    """Say who asks."""
    principal = ctx.principal
    return Asker(principal.account_id, principal.arn, principal.identity_arn or identity_arn(principal.arn))


def catalog_named(ctx: Context, tx: Transaction, given: str | None) -> str:
    """Return the id of a catalog of the caller's account: only its own permissions are its to give."""
    if given is None or given == ctx.account_id:
        return ctx.account_id
    catalog_id = given.lower()
    if account_of(catalog_id) != ctx.account_id or catalog_id[12:13] != ":":
        raise AccessDeniedException(
            f"User: {ctx.principal.arn} is not authorized to manage permissions of the catalog {given}"
        )
    tx.catalogs.require(catalog_id)
    return catalog_id


def same_catalog(named: Iterable[str | None]) -> str | None:
    """Give the one catalog that a request names in several places."""
    found = {name for name in named if name is not None}
    if len(found) > 1:
        raise InvalidInputException(f"The request names several catalogs: {', '.join(sorted(found))}")
    return found.pop() if found else None


def require_administrator(ctx: Context, tx: Transaction) -> None:
    """Refuse whoever is neither the account itself nor one of its data-lake administrators."""
    if not tx.table_access.is_administrator(ctx.account_id, asker_of(ctx)):
        raise AccessDeniedException(
            f"User: {ctx.principal.arn} is not a data lake administrator of account {ctx.account_id}: "
            "the account itself names them with PutDataLakeSettings"
        )


def table_of(
    tx: Transaction, catalog_id: str, resource: Resource, *, lock: bool = False
) -> CatalogTable | None:
    """Find the table that a resource is about; what it names must exist."""
    if resource.table:
        find = tx.tables.lock if lock else tx.tables.require
        return find(catalog_id, resource.database, resource.table)
    if resource.database:
        (tx.databases.lock if lock else tx.databases.require)(catalog_id, resource.database)
    return None


def column_names(document: Mapping[str, Any]) -> list[str]:
    """List the columns of a table's document, its partition keys last."""
    columns = (document.get("StorageDescriptor") or {}).get("Columns") or ()
    return [column["Name"] for column in (*columns, *document["PartitionKeys"])]


def check_columns(table: CatalogTable, names: Iterable[str]) -> None:
    """Refuse names of columns that the table does not have."""
    unknown = sorted(set(names) - {name.lower() for name in column_names(table.document)})
    if unknown:
        raise InvalidInputException(f"Table {table.name} has no column {', '.join(unknown)}")


def denied(permissions: Iterable[str], on: object, *, grantable: bool = False) -> AccessDeniedException:
    """Say which permissions are missing."""
    return AccessDeniedException(missing(permissions, str(on), grantable=grantable))
