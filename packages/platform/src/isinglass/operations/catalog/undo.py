"""What was deleted from the catalog and is still kept: listed, restored, or purged before its time."""

from typing import Any

from isinglass.domain.catalog_ids import account_of, path_of, resource
from isinglass.domain.catalog_objects import fold
from isinglass.model.glue.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    InvalidInputException,
)
from isinglass.model.isinglass.shapes import (
    ListDeletedRequest,
    ListDeletedResponse,
    PurgeDeletedRequest,
    PurgeDeletedResponse,
    RestoreDatabaseRequest,
    RestoreDatabaseResponse,
    RestoreTableRequest,
    RestoreTableResponse,
)
from isinglass.operations.catalog import render
from isinglass.operations.catalog.events import database_changed
from isinglass.operations.catalog.scope import catalog_of
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.operations.visibility import (
    asker_of,
    denied,
    place_urls,
    require,
    require_location,
    require_new_databases,
    require_on_database,
    visible_databases,
    visible_tables,
)
from isinglass.store.deleted_databases import DeletedDatabase
from isinglass.store.deleted_tables import DeletedTable
from isinglass.store.paging import PageRequest
from isinglass.store.store import Transaction

#: How a page's key begins: among the databases, which come first, or among the tables.
_DATABASES, _TABLES = "databases", "tables"
#: Deleted databases looked at together before they are purged.
_CHECKED_AT_ONCE = 1_000
#: The names that say what is purged.
_NEEDED = {"ALL": set[str](), "DATABASE": {"DatabaseName"}, "TABLE": {"DatabaseName", "TableName"}}


@implements("isinglass:ListDeleted")
def list_deleted(ctx: Context, request: ListDeletedRequest) -> ListDeletedResponse:
    """List what was deleted and can be restored: databases first, then tables."""
    catalog = catalog_of(ctx, request)
    database = fold(request["DatabaseName"]) if "DatabaseName" in request else None
    size = ctx.page.size
    part, *key = ctx.page.after or (_DATABASES,)
    shown: list[Any] = []
    with ctx.store.read() as tx:
        tx.documents.pass_over_lost()
        if part == _DATABASES:
            page = PageRequest(size, tuple(key) or None)
            databases, after = tx.deleted_databases.page(catalog, database, page)
            seen = visible_databases(ctx, tx, catalog, [each.database for each in databases])
            shown = [_database(ctx, each) for each in databases if each.database in seen]
            if after is not None:
                return {"Deleted": shown, "NextToken": ctx.token((_DATABASES, *after))}
            key = []
        if len(shown) == size:
            return {"Deleted": shown, "NextToken": ctx.token((_TABLES,))}
        page = PageRequest(size - len(shown), tuple(key) or None)
        tables, after = tx.deleted_tables.page(catalog, database, page)
        ids = {table.id for table in visible_tables(ctx, tx, [each.table for each in tables])}
    shown += [_table(ctx, each) for each in tables if each.table.id in ids]
    return {"Deleted": shown, "NextToken": ctx.token(None if after is None else (_TABLES, *after))}


def _database(ctx: Context, deleted: DeletedDatabase) -> Any:
    return {
        "Kind": "DATABASE",
        "DeletedId": deleted.id,
        "DatabaseName": deleted.database.name,
        "Tables": deleted.tables,
        "Change": render.change(deleted.deletion),
        "RestorableUntil": deleted.deletion.at + ctx.services.deleted_retention,
    }


def _table(ctx: Context, deleted: DeletedTable) -> Any:
    return {
        "Kind": "TABLE",
        "DeletedId": deleted.table.id,
        "DatabaseName": deleted.table.database_name,
        "TableName": deleted.table.name,
        "VersionId": str(deleted.table.version),
        "WithDatabase": deleted.database_id is not None,
        "Change": render.change(deleted.deletion),
        "RestorableUntil": deleted.deletion.at + ctx.services.deleted_retention,
    }


@implements("isinglass:RestoreTable")
def restore_table(ctx: Context, request: RestoreTableRequest) -> RestoreTableResponse:
    """Put a deleted table back as it was, with its versions, partitions, indexes and statistics."""
    catalog = catalog_of(ctx, request)
    database, name = fold(request["DatabaseName"]), fold(request["TableName"])
    new_name = fold(request.get("NewName", name))
    change = ctx.change("RestoreTable", note=request.get("Note", ""))
    with ctx.store.begin() as tx:
        deleted = tx.deleted_tables.require(catalog, database, name, request.get("DeletedId"), lock=True)
        _check_restorable(ctx, tx, deleted)
        if not tx.deleted_tables.restore(deleted, new_name, change):
            raise AlreadyExistsException(
                f"Table {database}.{new_name} exists: give the restored one another name with NewName"
            )
        tx.statistics_settings.follow(catalog, database)
        database_changed(ctx, tx, "CreateTable", catalog, database, [new_name])
    return {"DatabaseName": database, "TableName": new_name, "VersionId": str(deleted.table.version)}


def _check_restorable(ctx: Context, tx: Transaction, deleted: DeletedTable) -> None:
    """Refuse what the caller could not have made anew."""
    table = deleted.table
    database = tx.databases.find(table.catalog_id, table.database_name)
    if database is not None:
        require_on_database(ctx, tx, table.catalog_id, database, "CREATE_TABLE")
    place = None if database is None else database.document.get("LocationUri")
    require_location(ctx, tx, table.catalog_id, place_urls(table.document), under=place)
    require(ctx, tx, table, "ALTER")


@implements("isinglass:RestoreDatabase")
def restore_database(ctx: Context, request: RestoreDatabaseRequest) -> RestoreDatabaseResponse:
    """Put a deleted database back with its tags, functions, permissions and the tables that went with it."""
    catalog, name = catalog_of(ctx, request), fold(request["Name"])
    new_name = fold(request.get("NewName", name))
    change = ctx.change("RestoreDatabase", note=request.get("Note", ""))
    with ctx.store.begin() as tx:
        if path_of(catalog):
            tx.catalogs.hold(catalog)
        require_new_databases(ctx, tx, catalog)
        deleted = tx.deleted_databases.require(catalog, name, request.get("DeletedId"))
        if not tx.deleted_databases.restore(catalog, deleted, new_name, change):
            raise AlreadyExistsException(
                f"Database {new_name} exists: give the restored one another name with NewName"
            )
        tags = deleted.contents["tags"]
        tx.tags.add(account_of(catalog), resource(catalog, "database", new_name), tags)
        tables = tx.deleted_tables.restore_all(catalog, deleted.id, new_name, change)
        tx.statistics_settings.follow(catalog, name)
        database_changed(ctx, tx, "CreateDatabase", catalog, new_name)
        if tables:
            database_changed(ctx, tx, "CreateTable", catalog, new_name, tables)
    return {"Name": new_name, "Tables": len(tables)}


@implements("isinglass:PurgeDeleted")
def purge_deleted(ctx: Context, request: PurgeDeletedRequest) -> PurgeDeletedResponse:
    """Give up what was deleted: nobody can restore it from now on, and the worker removes it for good."""
    catalog = catalog_of(ctx, request)
    kind, deleted_id = request["Kind"], request.get("DeletedId")
    database, table = _purged(request)
    databases = tables = 0
    with ctx.store.begin() as tx:
        tx.documents.pass_over_lost()
        if _is_protected(tx, catalog, database, table, deleted_id if kind == "TABLE" else None):
            _check_administrator(ctx, tx, catalog)
        if kind != "TABLE":
            databases, tables = tx.deleted_databases.give_up(catalog, database, deleted_id)
        if kind != "DATABASE":
            tables += tx.deleted_tables.give_up(catalog, database, table, deleted_id)
    if kind != "ALL" and not (databases or tables):
        what = f"table {database}.{table}" if kind == "TABLE" else f"database {database}"
        raise EntityNotFoundException(f"No deleted {what} is kept.")
    return {"Databases": databases, "Tables": tables}


def _is_protected(
    tx: Transaction, catalog: str, database: str | None, table: str | None, table_id: int | None
) -> bool:
    """Tell whether permissions decided over something that is to be purged."""
    if tx.deleted_tables.any_restricted(catalog, database, table, table_id):
        return True
    if table is not None:
        return False
    after: tuple[Any, ...] | None = None
    while True:
        page = PageRequest(_CHECKED_AT_ONCE, after)
        databases, after = tx.deleted_databases.page(catalog, database, page)
        if any(each.database.restricted for each in databases):
            return True
        if after is None:
            return False


def _check_administrator(ctx: Context, tx: Transaction, catalog: str) -> None:
    """Refuse to let anybody else end for good what permissions protected."""
    asker, owner = asker_of(ctx), account_of(catalog)
    if not (asker.owns(owner) or tx.table_access.is_administrator(owner, asker)):
        raise denied(["DROP"], "what was deleted and permissions protect")


def _purged(request: PurgeDeletedRequest) -> tuple[str | None, str | None]:
    """Read which names are purged; a kind needs those it is named by, and no others."""
    kind, given = request["Kind"], set(request) - {"CatalogId", "Kind"}
    if (given - {"DeletedId"} if kind != "ALL" else given) != _NEEDED[kind]:
        wanted = " and ".join(sorted(_NEEDED[kind])) or "no name and no DeletedId"
        raise InvalidInputException(f"Kind {kind} takes {wanted}")
    database = fold(request["DatabaseName"]) if "DatabaseName" in request else None
    return database, fold(request["TableName"]) if "TableName" in request else None
