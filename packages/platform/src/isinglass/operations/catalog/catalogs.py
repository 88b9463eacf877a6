"""Operations on catalogs nested in an account's own."""

from typing import Any

from isinglass.domain import catalog_ids
from isinglass.domain.catalog_definitions import catalog_document, catalog_path, nested_id
from isinglass.domain.catalog_ids import account_of, path_of
from isinglass.domain.catalog_objects import EVERYBODY
from isinglass.model.glue.errors import AlreadyExistsException, InvalidInputException
from isinglass.model.glue.shapes import (
    CatalogInput,
    CreateCatalogRequest,
    CreateCatalogResponse,
    DeleteCatalogRequest,
    DeleteCatalogResponse,
    GetCatalogRequest,
    GetCatalogResponse,
    GetCatalogsRequest,
    GetCatalogsResponse,
    UpdateCatalogRequest,
    UpdateCatalogResponse,
)
from isinglass.operations.catalog.databases import remove_database
from isinglass.operations.catalog.scope import catalog_named, check_connection, not_read
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.catalogs import Catalog
from isinglass.store.paging import PageRequest
from isinglass.store.store import Transaction

_DATABASES_AT_ONCE = 100
#: The key of a page that begins with the first catalog.
_BEFORE_ALL = ("",)


@implements("CreateCatalog")
def create_catalog(ctx: Context, request: CreateCatalogRequest) -> CreateCatalogResponse:
    """Create a catalog in the account's own, or where its name, `sales/emea`, says."""
    given = request["CatalogInput"]
    document = catalog_document("CreateCatalog", given)
    catalog_id, parent = nested_id(ctx.account_id, catalog_path(request["Name"]))
    with ctx.store.begin() as tx:
        if path_of(parent):
            lies_in = tx.catalogs.hold(parent)
            if lies_in.source:
                raise not_read(f"Catalog {parent}", lies_in.source)
        _check_connection(ctx, tx, given)
        if not tx.catalogs.insert(catalog_id, parent, document, ctx.now):
            raise AlreadyExistsException("Catalog already exists.")
        tx.tags.add(ctx.account_id, catalog_ids.resource(catalog_id, "catalog"), request.get("Tags", {}))
    return {}


@implements("GetCatalog")
def get_catalog(ctx: Context, request: GetCatalogRequest) -> GetCatalogResponse:
    catalog_id = catalog_named(ctx, request["CatalogId"])
    if not path_of(catalog_id):
        return {"Catalog": _own(ctx, catalog_id)}
    with ctx.store.read() as tx:
        return {"Catalog": _shown(ctx, tx.catalogs.require(catalog_id))}


@implements("GetCatalogs")
def get_catalogs(ctx: Context, request: GetCatalogsRequest) -> GetCatalogsResponse:
    """List the catalogs right below one, or all below it; the account's own comes first where asked for."""
    parent = catalog_named(ctx, request.get("ParentCatalogId", ctx.account_id))
    with_root = request.get("IncludeRoot", False)
    if path_of(parent) and "IncludeRoot" in request:
        raise InvalidInputException("IncludeRoot is about the account's own catalog, not about one below it")
    with ctx.store.read() as tx:
        if path_of(parent):
            tx.catalogs.require(parent)
        first = [parent] if with_root and ctx.page.after is None else []
        found, after = _page(ctx, tx, parent, len(first), recursive=request.get("Recursive", False))
        ids = [*first, *(catalog.catalog_id for catalog in found)]
        filled = tx.catalogs.with_databases(ids) if "HasDatabases" in request else set()
    wanted = request.get("HasDatabases")
    shown = {each: _own(ctx, each) for each in first} | {each.catalog_id: _shown(ctx, each) for each in found}
    return {
        "CatalogList": [shown[each] for each in ids if wanted is None or (each in filled) == wanted],
        "NextToken": ctx.token(after),
    }


def _page(
    ctx: Context, tx: Transaction, parent: str, taken: int, *, recursive: bool
) -> tuple[list[Catalog], tuple[Any, ...] | None]:
    """List catalogs on what is left of a page."""
    size = ctx.page.size - taken
    if size == 0:
        return [], _BEFORE_ALL
    return tx.catalogs.page(parent, PageRequest(size, ctx.page.after), recursive=recursive)


@implements("UpdateCatalog")
def update_catalog(ctx: Context, request: UpdateCatalogRequest) -> UpdateCatalogResponse:
    """Replace a catalog's definition; what it is, managed, federated or a link, stays."""
    given = request["CatalogInput"]
    document = catalog_document("UpdateCatalog", given)
    catalog_id = _nested(ctx, request["CatalogId"])
    with ctx.store.begin() as tx:
        present = tx.catalogs.lock(catalog_id)
        for member in ("FederatedCatalog", "TargetRedshiftCatalog"):
            if (member in present.document) != (member in document):
                raise InvalidInputException(f"{member} of catalog {catalog_id} cannot be added or removed")
        _check_connection(ctx, tx, given)
        tx.catalogs.replace(catalog_id, document, ctx.now)
    return {}


@implements("DeleteCatalog")
def delete_catalog(ctx: Context, request: DeleteCatalogRequest) -> DeleteCatalogResponse:
    """Delete a catalog, the catalogs below it, and their databases with all that these hold."""
    catalog_id = _nested(ctx, request["CatalogId"])
    with ctx.store.begin() as tx:
        tx.documents.pass_over_lost()
        tx.catalogs.lock(catalog_id)
        for each in [*reversed(tx.catalogs.below(catalog_id)), catalog_id]:
            _remove_databases(ctx, tx, each)
            tx.catalogs.delete(each)
            tx.tags.delete_all(account_of(each), catalog_ids.resource(each, "catalog"))
    return {}


def _remove_databases(ctx: Context, tx: Transaction, catalog_id: str) -> None:
    while True:
        found, _ = tx.databases.page(catalog_id, PageRequest(_DATABASES_AT_ONCE))
        if not found:
            return
        for database in found:
            remove_database(ctx, tx, catalog_id, database.name)


def _nested(ctx: Context, given: str) -> str:
    catalog_id = catalog_named(ctx, given)
    if not path_of(catalog_id):
        raise InvalidInputException(f"{catalog_id} is the account's own catalog, which stays as it is")
    return catalog_id


def _check_connection(ctx: Context, tx: Transaction, given: CatalogInput) -> None:
    check_connection(ctx, tx, given.get("FederatedCatalog", {}).get("ConnectionName"))


def _shown(ctx: Context, catalog: Catalog) -> Any:
    return {
        **catalog.document,
        "CatalogId": catalog.catalog_id,
        "Name": path_of(catalog.catalog_id)[-1],
        "ResourceArn": catalog_ids.arn(ctx.region, catalog.catalog_id, "catalog"),
        "CreateTime": catalog.created_at,
        "UpdateTime": catalog.updated_at,
    }


def _own(ctx: Context, account_id: str) -> Any:
    return {
        "CatalogId": account_id,
        "Name": account_id,
        "ResourceArn": catalog_ids.arn(ctx.region, account_id, "catalog"),
        "CreateTableDefaultPermissions": EVERYBODY,
        "CreateDatabaseDefaultPermissions": EVERYBODY,
    }
