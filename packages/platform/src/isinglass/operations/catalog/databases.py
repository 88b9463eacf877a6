"""Operations on databases."""

from collections.abc import Mapping
from typing import Any

from isinglass.domain.catalog_ids import account_of, path_of, resource
from isinglass.domain.catalog_objects import database_document, fold
from isinglass.model.api_error import ApiError
from isinglass.model.glue.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    InvalidInputException,
)
from isinglass.model.glue.shapes import (
    CreateDatabaseRequest,
    CreateDatabaseResponse,
    DatabaseInput,
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
from isinglass.operations.catalog.links import linked_place
from isinglass.operations.catalog.scope import catalog_of, check_connection
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.operations.visibility import (
    asker_of,
    fill_page,
    require_location,
    require_new_databases,
    require_on_database,
    visible_database,
    visible_databases,
)
from isinglass.store.databases import Database
from isinglass.store.store import Transaction


@implements("CreateDatabase")
def create_database(ctx: Context, request: CreateDatabaseRequest) -> CreateDatabaseResponse:
    """Create a database, a link to one, or the definition of one whose metadata lives somewhere else."""
    catalog = catalog_of(ctx, request)
    given = request["DatabaseInput"]
    with ctx.store.begin() as tx:
        require_new_databases(ctx, tx, catalog)
        require_location(ctx, tx, catalog, [given.get("LocationUri")])
        settings = tx.data_lake.settings(account_of(catalog))
        document = database_document(given, _table_permissions(tx, catalog, settings))
        name = document["Name"]
        _check_target(ctx, tx, catalog, given)
        if not tx.databases.insert(catalog, document, ctx.change("CreateDatabase")):
            raise AlreadyExistsException("Database already exists.")
        by = asker_of(ctx).identity_arn
        tx.new_resources.database(catalog, name, settings, by=by, now=ctx.now)
        tx.tags.add(account_of(catalog), resource(catalog, "database", name), request.get("Tags", {}))
        database_changed(ctx, tx, "CreateDatabase", catalog, name)
    return {}


def _table_permissions(tx: Transaction, catalog: str, settings: Mapping[str, Any]) -> Any:
    """Find what a new database's tables are open to by default, and keep its catalog from going."""
    if not path_of(catalog):
        return settings.get("CreateTableDefaultPermissions")
    return tx.catalogs.hold(catalog).document["CreateTableDefaultPermissions"]


def _check_target(ctx: Context, tx: Transaction, catalog: str, given: DatabaseInput) -> None:
    """Refuse a link that could not be followed; what it leads to may come later, or be shared later."""
    if "FederatedDatabase" in given:
        if "TargetDatabase" in given:
            raise InvalidInputException("A database is federated or a link, not both")
        connection = given["FederatedDatabase"].get("ConnectionName")
        try:
            check_connection(ctx, tx, connection)
        except EntityNotFoundException as error:  # which operations that make databases do not declare
            raise InvalidInputException(error.message) from error
    if "TargetDatabase" not in given:
        return
    if "DatabaseName" not in given["TargetDatabase"]:
        raise InvalidInputException("TargetDatabase.DatabaseName must be given")
    target = given["TargetDatabase"].get("CatalogId", account_of(catalog))
    if (target, fold(given["TargetDatabase"]["DatabaseName"])) == (catalog, fold(given["Name"])):
        raise InvalidInputException(f"Database {given['Name']} links to itself")
    if target[:12] == ctx.account_id:
        link = Database(fold(given["Name"]), given, ctx.now)
        try:
            linked_place(ctx, tx, catalog, link)
        except EntityNotFoundException:
            return


@implements("GetDatabase")
def get_database(ctx: Context, request: GetDatabaseRequest) -> GetDatabaseResponse:
    catalog = catalog_of(ctx, request)
    with ctx.store.read() as tx:
        found = visible_database(ctx, tx, catalog, tx.databases.require(catalog, fold(request["Name"])))
        database = _shown(ctx, tx, catalog, found)
    return {"Database": render.database(catalog, database)}


@implements("GetDatabases")
def get_databases(ctx: Context, request: GetDatabasesRequest) -> GetDatabasesResponse:
    """List databases, or only those that others hold: linked from another account, or federated."""
    catalog = catalog_of(ctx, request)
    share = request.get("ResourceShareType", "ALL")
    attributes = request.get("AttributesToGet", [])
    with ctx.store.read() as tx:
        if attributes == ["NAME"]:
            tx.documents.pass_over_lost()  # names lie in the clear: what can only be deleted is found by them
        found, after = fill_page(
            ctx.page,
            lambda page: tx.databases.page(catalog, page),
            lambda databases: visible_databases(ctx, tx, catalog, databases),
        )
        chosen = [each for each in found if share in ("ALL", _share_type(catalog, each))]
        databases = [_shown(ctx, tx, catalog, each) for each in chosen]
    return {
        "DatabaseList": [render.database(catalog, database, attributes) for database in databases],
        "NextToken": ctx.token(after),
    }


def _share_type(catalog: str, database: Database) -> str:
    if "FederatedDatabase" in database.document:
        return "FEDERATED"
    target = database.document.get("TargetDatabase", {})
    foreign = account_of(target.get("CatalogId", catalog)) != account_of(catalog)
    return "FOREIGN" if foreign else "OWN"


def _shown(ctx: Context, tx: Transaction, catalog: str, database: Database) -> Database:
    """Show a link with what it leads to, where that can be read."""
    if "TargetDatabase" not in database.document:
        return database
    try:
        place, target = linked_place(ctx, tx, catalog, database)
        visible_database(ctx, tx, place.catalog, target)
    except ApiError:
        return database  # its target is gone or closed to the caller: the link is all there is to see
    own = {"Name": database.name, "TargetDatabase": database.document["TargetDatabase"]}
    return Database(database.name, {**target.document, **own}, database.created_at)


@implements("UpdateDatabase")
def update_database(ctx: Context, request: UpdateDatabaseRequest) -> UpdateDatabaseResponse:
    """Replace a database's definition; another name in it renames the database with all it holds.

    What is said to a link is done to the database that it leads to; the link itself never changes.
    """
    catalog = catalog_of(ctx, request)
    name = fold(request["Name"])
    with ctx.store.begin() as tx:
        given = request["DatabaseInput"]
        present = tx.databases.lock(catalog, name)
        if "TargetDatabase" in present.document:
            place, _ = linked_place(ctx, tx, catalog, present)
            if fold(given["Name"]) == name:
                given = {**given, "Name": place.database}
            catalog, name = place.catalog, place.database
            present = tx.databases.lock(catalog, name)
        document = database_document(given, _kept_permissions(present))
        _check_kind(present, document)
        require_on_database(ctx, tx, catalog, present, "ALTER")
        old_place = present.document.get("LocationUri")
        require_location(ctx, tx, catalog, [document.get("LocationUri")], under=old_place)
        if not tx.databases.replace(catalog, name, document, ctx.change("UpdateDatabase")):
            raise AlreadyExistsException("Database already exists.")
        if document["Name"] != name:
            tx.permissions.rename_database(catalog, name, document["Name"])
            tx.statistics_settings.follow(catalog, name)
            tx.tags.rename(
                account_of(catalog),
                resource(catalog, "database", name),
                resource(catalog, "database", document["Name"]),
            )
        database_changed(ctx, tx, "UpdateDatabase", catalog, document["Name"])
    return {}


def _kept_permissions(present: Database) -> Any:
    """Give what a database's tables begin with, which an update that does not speak of it leaves alone."""
    return present.document.get("CreateTableDefaultPermissions")


def _check_kind(present: Database, document: dict[str, Any]) -> None:
    """Refuse to make a database a link or federated, or the other way round."""
    for member in ("TargetDatabase", "FederatedDatabase"):
        if (member in present.document) != (member in document):
            raise InvalidInputException(
                f"{member} of database {present.name} cannot change: delete the database and create it anew"
            )


@implements("DeleteDatabase")
def delete_database(ctx: Context, request: DeleteDatabaseRequest) -> DeleteDatabaseResponse:
    """Delete a database and all tables in it; isinglass:RestoreDatabase brings them back for some time.

    Of a link, only the link goes.
    """
    catalog = catalog_of(ctx, request)
    with ctx.store.begin() as tx:
        tx.documents.pass_over_lost()
        remove_database(ctx, tx, catalog, fold(request["Name"]))
    return {}


def remove_database(ctx: Context, tx: Transaction, catalog: str, name: str) -> None:
    """Delete a database that must exist; it is kept for some time, with all tables in it."""
    database = require_on_database(ctx, tx, catalog, tx.databases.lock(catalog, name), "DROP")
    change = ctx.change("DeleteDatabase")
    tags = tx.tags.get(account_of(catalog), resource(catalog, "database", name))
    deletion_id = tx.deleted_databases.keep(catalog, database, tags, change)
    tables = tx.deleted_tables.keep_all(catalog, name, change, deletion_id)
    tx.databases.delete(catalog, name)
    tx.permissions.forget_database(catalog, name)
    tx.tags.delete_all(account_of(catalog), resource(catalog, "database", name))
    database_changed(ctx, tx, "DeleteDatabase", catalog, name, tables)
