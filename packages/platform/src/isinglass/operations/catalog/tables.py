"""Operations on tables."""

from collections.abc import Callable
from typing import Any

from isinglass.domain.catalog_objects import MAX_VERSIONS, fold, table_document, version_number
from isinglass.domain.name_pattern import InvalidPattern, compile_pattern
from isinglass.model.glue.errors import (
    AlreadyExistsException,
    ConcurrentModificationException,
    EntityNotFoundException,
    InvalidInputException,
    ResourceNumberLimitExceededException,
)
from isinglass.model.glue.shapes import (
    BatchDeleteTableRequest,
    BatchDeleteTableResponse,
    CreateTableRequest,
    CreateTableResponse,
    DeleteTableRequest,
    DeleteTableResponse,
    GetTableRequest,
    GetTableResponse,
    GetTablesRequest,
    GetTablesResponse,
    UpdateTableRequest,
    UpdateTableResponse,
)
from isinglass.operations.catalog import render
from isinglass.operations.catalog.events import database_changed, table_changed
from isinglass.operations.catalog.partition_indexes import add_index
from isinglass.operations.catalog.scope import catalog_of, refuse
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.store import Transaction


@implements("CreateTable")
def create_table(ctx: Context, request: CreateTableRequest) -> CreateTableResponse:
    catalog = catalog_of(ctx, request)
    refuse("CreateTable", request, "OpenTableFormatInput", "TransactionId")
    document = _document("CreateTable", request)
    database = fold(request["DatabaseName"])
    with ctx.store.begin() as tx:
        if not tx.tables.insert(catalog, database, document, by=ctx.principal.arn, now=ctx.now):
            raise AlreadyExistsException("Table already exists.")
        if indexes := request.get("PartitionIndexes"):
            table = tx.tables.lock(catalog, database, document["Name"])
            for index in indexes:
                # Without partitions there is nothing to build.
                add_index(tx, table, index, status="ACTIVE", now=ctx.now)
        database_changed(ctx, tx, "CreateTable", catalog, database, [document["Name"]])
    return {}


def _document(operation: str, request: CreateTableRequest | UpdateTableRequest) -> dict[str, Any]:
    table_input = request.get("TableInput")
    if table_input is None:
        raise InvalidInputException("TableInput must be given")
    refuse(operation, table_input, "FederatedTable")
    name = request.get("Name", table_input["Name"])
    if fold(name) != fold(table_input["Name"]):
        raise InvalidInputException(f"Name {name!r} and TableInput.Name {table_input['Name']!r} differ")
    return table_document(table_input)


@implements("GetTable")
def get_table(ctx: Context, request: GetTableRequest) -> GetTableResponse:
    catalog = catalog_of(ctx, request)
    refuse("GetTable", request, "TransactionId", "QueryAsOfTime")
    with ctx.store.read() as tx:
        table = tx.tables.require(catalog, fold(request["DatabaseName"]), fold(request["Name"]))
    return {"Table": render.table(table, request.get("AttributesToGet", []))}


@implements("GetTables")
def get_tables(ctx: Context, request: GetTablesRequest) -> GetTablesResponse:
    catalog = catalog_of(ctx, request)
    refuse("GetTables", request, "TransactionId", "QueryAsOfTime")
    database = fold(request["DatabaseName"])
    matches = _name_test(request.get("Expression", ""))
    with ctx.store.read() as tx:
        tx.databases.require(catalog, database)
        if request.get("ResourceShareType", "ALL") != "ALL":
            return {"TableList": []}  # nothing is shared with or federated into an account
        tables, after = tx.tables.page(catalog, database, ctx.page, matches)
    attributes = request.get("AttributesToGet", [])
    return {
        "TableList": [render.table(table, attributes) for table in tables],
        "NextToken": ctx.token(after),
    }


def _name_test(expression: str) -> Callable[[str], bool] | None:
    if not expression:
        return None
    try:
        return compile_pattern(expression)
    except InvalidPattern as error:
        raise InvalidInputException(str(error)) from error


@implements("UpdateTable")
def update_table(ctx: Context, request: UpdateTableRequest) -> UpdateTableResponse:
    """Replace a table's definition as its next version; VersionId makes it compare and set."""
    catalog = catalog_of(ctx, request)
    refuse("UpdateTable", request, "UpdateOpenTableFormatInput", "ViewUpdateAction", "TransactionId")
    document = _document("UpdateTable", request)
    archive = not request.get("SkipArchive", False)
    with ctx.store.begin() as tx:
        table = tx.tables.lock(catalog, fold(request["DatabaseName"]), document["Name"])
        if "VersionId" in request and version_number(request["VersionId"]) != table.version:
            raise ConcurrentModificationException(
                f"Table {table.name} is at version {table.version}, not at {request['VersionId']}"
            )
        if archive:
            _check_version_limit(tx, table)
        tx.tables.replace(table, document, by=ctx.principal.arn, now=ctx.now, archive=archive)
        table_changed(ctx, tx, "UpdateTable", table)
    return {}


def _check_version_limit(tx: Transaction, table: CatalogTable) -> None:
    # Counting is only needed once the numbers have grown so far.
    if table.version + 1 >= MAX_VERSIONS and tx.table_versions.count(table) >= MAX_VERSIONS:
        raise ResourceNumberLimitExceededException(
            f"Table {table.name} has {MAX_VERSIONS} versions; delete some or set SkipArchive"
        )


@implements("DeleteTable")
def delete_table(ctx: Context, request: DeleteTableRequest) -> DeleteTableResponse:
    catalog = catalog_of(ctx, request)
    refuse("DeleteTable", request, "TransactionId")
    database = fold(request["DatabaseName"])
    with ctx.store.begin() as tx:
        table = tx.tables.lock(catalog, database, fold(request["Name"]))
        tx.tables.delete(table)
        database_changed(ctx, tx, "DeleteTable", catalog, database, [table.name])
    return {}


@implements("BatchDeleteTable")
def batch_delete_table(ctx: Context, request: BatchDeleteTableRequest) -> BatchDeleteTableResponse:
    catalog = catalog_of(ctx, request)
    refuse("BatchDeleteTable", request, "TransactionId")
    database = fold(request["DatabaseName"])
    errors: list[Any] = []
    deleted: list[str] = []
    with ctx.store.begin() as tx:
        tx.databases.hold(catalog, database)
        # In one order for everyone: two batches must not wait for each other's rows.
        for name in sorted({fold(name) for name in request["TablesToDelete"]}):
            try:
                tx.tables.delete(tx.tables.lock(catalog, database, name))
                deleted.append(name)
            except EntityNotFoundException as error:
                errors.append({"TableName": name, "ErrorDetail": render.error_detail(error)})
        if deleted:
            database_changed(ctx, tx, "BatchDeleteTable", catalog, database, deleted)
    return {"Errors": errors}
