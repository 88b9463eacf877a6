"""Operations on databases."""

from isinglass.domain.catalog_ids import account_of, path_of, resource
from isinglass.domain.catalog_objects import database_document, fold
from isinglass.model.glue.errors import AlreadyExistsException
from isinglass.model.glue.shapes import (
    CreateDatabaseRequest,
    CreateDatabaseResponse,
    DeleteDatabaseRequest,
    DeleteDatabaseResponse,
    GetDatabaseRequest,
    GetDatabaseResponse,
    GetDatabasesRequest,
    GetDatabasesResponse,
    UpdateDatabaseRequest,
    UpdateDatabaseResponse,
)
from isinglass.operations.catalog import render
from isinglass.operations.catalog.events import database_changed
from isinglass.operations.catalog.scope import catalog_of, refuse
from isinglass.operations.context import Context
from isinglass.operations.registry import implements


@implements("CreateDatabase")
def create_database(ctx: Context, request: CreateDatabaseRequest) -> CreateDatabaseResponse:
    catalog = catalog_of(ctx, request)
    refuse("CreateDatabase", request["DatabaseInput"], "FederatedDatabase")
    document = database_document(request["DatabaseInput"])
    name = document["Name"]
    with ctx.store.begin() as tx:
        if path_of(catalog):
            tx.catalogs.hold(catalog)
        if not tx.databases.insert(catalog, document, ctx.now):
            raise AlreadyExistsException("Database already exists.")
        tx.tags.add(account_of(catalog), resource(catalog, "database", name), request.get("Tags", {}))
        database_changed(ctx, tx, "CreateDatabase", catalog, name)
    return {}


@implements("GetDatabase")
def get_database(ctx: Context, request: GetDatabaseRequest) -> GetDatabaseResponse:
    catalog = catalog_of(ctx, request)
    with ctx.store.read() as tx:
        database = tx.databases.require(catalog, fold(request["Name"]))
    return {"Database": render.database(catalog, database)}


@implements("GetDatabases")
def get_databases(ctx: Context, request: GetDatabasesRequest) -> GetDatabasesResponse:
    catalog = catalog_of(ctx, request)
    if request.get("ResourceShareType", "ALL") != "ALL":
        return {"DatabaseList": []}  # nothing is shared with or federated into an account
    with ctx.store.read() as tx:
        databases, after = tx.databases.page(catalog, ctx.page)
    attributes = request.get("AttributesToGet", [])
    return {
        "DatabaseList": [render.database(catalog, database, attributes) for database in databases],
        "NextToken": ctx.token(after),
    }


@implements("UpdateDatabase")
def update_database(ctx: Context, request: UpdateDatabaseRequest) -> UpdateDatabaseResponse:
    """Replace a database's definition; another name in it renames the database with all it holds."""
    catalog = catalog_of(ctx, request)
    refuse("UpdateDatabase", request["DatabaseInput"], "FederatedDatabase")
    name = fold(request["Name"])
    document = database_document(request["DatabaseInput"])
    with ctx.store.begin() as tx:
        tx.databases.lock(catalog, name)
        if not tx.databases.replace(catalog, name, document):
            raise AlreadyExistsException("Database already exists.")
        if document["Name"] != name:
            tx.tags.rename(
                account_of(catalog),
                resource(catalog, "database", name),
                resource(catalog, "database", document["Name"]),
            )
        database_changed(ctx, tx, "UpdateDatabase", catalog, document["Name"])
    return {}


@implements("DeleteDatabase")
def delete_database(ctx: Context, request: DeleteDatabaseRequest) -> DeleteDatabaseResponse:
    """Delete a database and all tables in it."""
    catalog = catalog_of(ctx, request)
    name = fold(request["Name"])
    with ctx.store.begin() as tx:
        tx.databases.lock(catalog, name)
        tables = tx.tables.delete_all(catalog, name)
        tx.databases.delete(catalog, name)
        tx.tags.delete_all(account_of(catalog), resource(catalog, "database", name))
        database_changed(ctx, tx, "DeleteDatabase", catalog, name, tables)
    return {}
