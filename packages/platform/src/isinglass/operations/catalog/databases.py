"""Operations on databases."""

from isinglass.domain import arns
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
from isinglass.operations.catalog.scope import check_catalog, refuse
from isinglass.operations.context import Context
from isinglass.operations.registry import implements


@implements("CreateDatabase")
def create_database(ctx: Context, request: CreateDatabaseRequest) -> CreateDatabaseResponse:
    check_catalog(ctx, request)
    refuse("CreateDatabase", request["DatabaseInput"], "FederatedDatabase")
    document = database_document(request["DatabaseInput"])
    name = document["Name"]
    with ctx.store.begin() as tx:
        if not tx.databases.insert(ctx.account_id, document, ctx.now):
            raise AlreadyExistsException("Database already exists.")
        tx.tags.add(ctx.account_id, arns.resource("database", name), request.get("Tags", {}))
        database_changed(ctx, tx, "CreateDatabase", name)
    return {}


@implements("GetDatabase")
def get_database(ctx: Context, request: GetDatabaseRequest) -> GetDatabaseResponse:
    check_catalog(ctx, request)
    with ctx.store.read() as tx:
        database = tx.databases.require(ctx.account_id, fold(request["Name"]))
    return {"Database": render.database(ctx.account_id, database)}


@implements("GetDatabases")
def get_databases(ctx: Context, request: GetDatabasesRequest) -> GetDatabasesResponse:
    check_catalog(ctx, request)
    if request.get("ResourceShareType", "ALL") != "ALL":
        return {"DatabaseList": []}  # nothing is shared with or federated into an account
    with ctx.store.read() as tx:
        databases, after = tx.databases.page(ctx.account_id, ctx.page)
    attributes = request.get("AttributesToGet", [])
    return {
        "DatabaseList": [render.database(ctx.account_id, database, attributes) for database in databases],
        "NextToken": ctx.token(after),
    }


@implements("UpdateDatabase")
def update_database(ctx: Context, request: UpdateDatabaseRequest) -> UpdateDatabaseResponse:
    """Replace a database's definition; another name in it renames the database with all it holds."""
    check_catalog(ctx, request)
    refuse("UpdateDatabase", request["DatabaseInput"], "FederatedDatabase")
    name = fold(request["Name"])
    document = database_document(request["DatabaseInput"])
    with ctx.store.begin() as tx:
        tx.databases.lock(ctx.account_id, name)
        if not tx.databases.replace(ctx.account_id, name, document):
            raise AlreadyExistsException("Database already exists.")
        if document["Name"] != name:
            tx.tags.rename(
                ctx.account_id,
                arns.resource("database", name),
                arns.resource("database", document["Name"]),
            )
        database_changed(ctx, tx, "UpdateDatabase", document["Name"])
    return {}


@implements("DeleteDatabase")
def delete_database(ctx: Context, request: DeleteDatabaseRequest) -> DeleteDatabaseResponse:
    """Delete a database and all tables in it."""
    check_catalog(ctx, request)
    name = fold(request["Name"])
    with ctx.store.begin() as tx:
        tx.databases.lock(ctx.account_id, name)
        tables = tx.tables.delete_all(ctx.account_id, name)
        tx.databases.delete(ctx.account_id, name)
        tx.tags.delete_all(ctx.account_id, arns.resource("database", name))
        database_changed(ctx, tx, "DeleteDatabase", name, tables)
    return {}
