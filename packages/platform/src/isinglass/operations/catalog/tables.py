"""Operations on tables."""

from contextlib import suppress
from typing import Any

from isinglass.domain.catalog_ids import account_of
from isinglass.domain.catalog_objects import FIRST_VERSION, MAX_VERSIONS, fold, table_document
from isinglass.domain.iceberg.catalog_tables import shown as shown_metadata
from isinglass.domain.name_pattern import InvalidPattern, NamePattern, compile_pattern
from isinglass.domain.view_definitions import check_view
from isinglass.model.api_error import ApiError
from isinglass.model.glue.errors import (
    AccessDeniedException,
    AlreadyExistsException,
    EntityNotFoundException,
    InvalidInputException,
    OperationNotSupportedException,
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
)
from isinglass.operations.catalog import iceberg_files, render
from isinglass.operations.catalog.events import database_changed
from isinglass.operations.catalog.links import (
    Place,
    link_to_be,
    named_table,
    place_of,
    placed_database,
    target_of,
)
from isinglass.operations.catalog.partition_indexes import add_index
from isinglass.operations.catalog.scope import catalog_of, refuse, refuse_transaction
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.operations.visibility import (
    asker_of,
    fill_page,
    place_urls,
    require,
    require_location,
    require_on_database,
    visible_table,
    visible_tables,
)
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.databases import Database
from isinglass.store.store import Transaction


@implements("CreateTable")
def create_table(ctx: Context, request: CreateTableRequest) -> CreateTableResponse:
    """Create a table or a link to one, where the database leads when it is a link itself."""
    catalog = catalog_of(ctx, request)
    refuse_transaction(request)
    document = check_view(given_document("CreateTable", request))
    iceberg = request.get("OpenTableFormatInput", {}).get("IcebergInput")
    if iceberg is None:
        _store(ctx, catalog, request, document)
        return {}
    _check_free(ctx, catalog, request["DatabaseName"], document)
    pointing = iceberg_files.create(ctx, document, iceberg)
    try:
        _store(ctx, catalog, request, table_document(pointing))
    except ApiError:
        iceberg_files.forget(ctx, pointing)
        raise
    return {}


def _store(ctx: Context, catalog: str, request: CreateTableRequest, document: dict[str, Any]) -> None:
    with ctx.store.begin() as tx:
        named = [document["Name"]]
        place, database = placed_database(ctx, tx, catalog, request["DatabaseName"], "table", named)
        if "TargetTable" in document:
            _check_link(ctx, tx, place, fold(request["DatabaseName"]), document)
        _require_open(ctx, tx, place, database, document)
        if not tx.tables.insert(place.catalog, place.database, document, ctx.change("CreateTable")):
            raise AlreadyExistsException("Table already exists.")
        by = asker_of(ctx).identity_arn
        tx.new_resources.table(place.catalog, database, document["Name"], by=by, now=ctx.now)
        if indexes := request.get("PartitionIndexes"):
            table = tx.tables.lock(place.catalog, place.database, document["Name"])
            for index in indexes:
                # Without partitions there is nothing to build.
                add_index(tx, table, index, status="ACTIVE", now=ctx.now)
        database_changed(ctx, tx, "CreateTable", place.catalog, place.database, [document["Name"]])


def _require_open(
    ctx: Context, tx: Transaction, place: Place, database: Database, document: dict[str, Any]
) -> None:
    """Refuse a caller that may not make a table in a database, or not where its files are."""
    require_on_database(ctx, tx, place.catalog, database, "CREATE_TABLE")
    own_place = database.document.get("LocationUri")
    require_location(ctx, tx, place.catalog, place_urls(document), under=own_place)


def _check_free(ctx: Context, catalog: str, database: str, document: dict[str, Any]) -> None:
    """Refuse what may not be made, or has a name that is taken, before anything is written for it."""
    with ctx.store.read() as tx:
        place, found = placed_database(ctx, tx, catalog, database, "table", [document["Name"]])
        _require_open(ctx, tx, place, found, document)
        if tx.tables.find(place.catalog, place.database, document["Name"]) is not None:
            raise AlreadyExistsException("Table already exists.")


def _check_link(ctx: Context, tx: Transaction, place: Place, database: str, document: dict[str, Any]) -> None:
    """Refuse a link that could not be followed; what it leads to may come later, or be shared later."""
    if place.database != database:
        raise InvalidInputException(f"Database {database} is a link: a link to a table cannot lie in it")
    for member in ("DatabaseName", "Name"):
        if member not in document["TargetTable"]:
            raise InvalidInputException(f"TargetTable.{member} must be given")
    target = document["TargetTable"]
    leads_to = (
        fold(target.get("CatalogId", place.catalog)),
        fold(target["DatabaseName"]),
        fold(target["Name"]),
    )
    if leads_to == (place.catalog, place.database, document["Name"]):
        raise InvalidInputException(f"Table {document['Name']} links to itself")
    link = link_to_be(place, document, ctx.now)
    if account_of(target.get("CatalogId", place.catalog)) != ctx.account_id:
        return
    with suppress(EntityNotFoundException):
        target_of(ctx, tx, tx.tables.require, link)


def given_document(operation: str, request: CreateTableRequest | UpdateTableRequest) -> dict[str, Any]:
    """Build a table's document from a request; of an Iceberg table it may have the name alone."""
    table_input: Any = request.get("TableInput")
    if table_input is None:
        if "OpenTableFormatInput" not in request or "Name" not in request:
            raise InvalidInputException("TableInput must be given")
        table_input = {"Name": request["Name"]}
    refuse(operation, table_input, "FederatedTable")
    name = request.get("Name", table_input["Name"])
    if fold(name) != fold(table_input["Name"]):
        raise InvalidInputException(f"Name {name!r} and TableInput.Name {table_input['Name']!r} differ")
    return table_document(table_input)


@implements("GetTable")
def get_table(ctx: Context, request: GetTableRequest) -> GetTableResponse:
    """Show a table, as it was at a time where one is given; a link shows what it leads to."""
    catalog = catalog_of(ctx, request)
    refuse_transaction(request)
    with ctx.store.read() as tx:
        table, linked = named_table(
            ctx, tx, tx.tables.require, catalog, request["DatabaseName"], request["Name"]
        )
        link = None
        if "TargetTable" in table.document and not linked:
            link, table = table, target_of(ctx, tx, tx.tables.require, table)
        found = _as_of(tx, table, request.get("QueryAsOfTime"))
        if found is None:
            raise EntityNotFoundException(f"Table {fold(request['Name'])} did not exist at that time.")
        found = visible_table(ctx, tx, found)
    attributes = request.get("AttributesToGet", [])
    shown = render.table(found, attributes, link=link, status=request.get("IncludeStatusDetails", False))
    if "LATEST_ICEBERG_METADATA" in attributes:
        shown["IcebergTableMetadata"] = shown_metadata(iceberg_files.latest(ctx, found))
    return {"Table": shown}


@implements("GetTables")
def get_tables(ctx: Context, request: GetTablesRequest) -> GetTablesResponse:
    """List the tables of a database, or of the one it links to; links show what they lead to."""
    catalog = catalog_of(ctx, request)
    refuse_transaction(request)
    if "LATEST_ICEBERG_METADATA" in request.get("AttributesToGet", []):
        raise OperationNotSupportedException(
            "GetTables does not read metadata files; ask GetTable for LATEST_ICEBERG_METADATA of one table."
        )
    pattern = _name_pattern(request.get("Expression", ""))
    with ctx.store.read() as tx:
        if request.get("AttributesToGet") == ["NAME"]:
            tx.documents.pass_over_lost()  # names lie in the clear: what can only be deleted is found by them
        place = place_of(ctx, tx, catalog, request["DatabaseName"], "table")
        if request.get("ResourceShareType", "ALL") != "ALL":
            return {"TableList": []}  # no table of a database that lives here is federated
        tables, after = fill_page(
            ctx.page,
            lambda page: tx.tables.page(place.catalog, place.database, page, pattern),
            lambda tables: visible_tables(ctx, tx, tables),
        )
        follow = place == Place(catalog, fold(request["DatabaseName"]))
        shown = [_listed(ctx, tx, table, request, follow=follow) for table in tables]
    return {
        "TableList": [table for table in shown if table is not None],
        "NextToken": ctx.token(after),
    }


def _listed(
    ctx: Context, tx: Transaction, table: CatalogTable, request: GetTablesRequest, *, follow: bool
) -> Any:
    """Show a table of a listing; None for one that did not exist at the time asked for."""
    link = None
    if follow and "TargetTable" in table.document:
        with suppress(ApiError):  # where its target is gone or closed, the link is shown
            target = visible_table(ctx, tx, target_of(ctx, tx, tx.tables.require, table))
            link, table = table, target
    found = _as_of(tx, table, request.get("QueryAsOfTime"))
    if found is None:
        return None
    if found is not table:
        [found] = visible_tables(ctx, tx, [found])
    status = request.get("IncludeStatusDetails", False)
    return render.table(found, request.get("AttributesToGet", []), link=link, status=status)


def _as_of(tx: Transaction, table: CatalogTable, time: float | None) -> CatalogTable | None:
    """Find a table as it was at a time; None when it did not exist yet."""
    if time is None:
        return table
    # Clients cut times to milliseconds or round them: one stands for all of its millisecond.
    end = (round(time * 1_000_000) // 1000 + 1) / 1000
    if table.updated_at < end:
        return table
    before, after = tx.table_versions.around(table, end)
    if before is None and after.version == FIRST_VERSION:
        return None
    if before is None or after.version != before.version + 1:
        raise InvalidInputException(
            f"Table {table.name} had versions at that time that were not archived, or were deleted"
        )
    return before


def _name_pattern(expression: str) -> NamePattern | None:
    if not expression:
        return None
    try:
        return compile_pattern(expression)
    except InvalidPattern as error:
        raise InvalidInputException(str(error)) from error


def check_version_limit(tx: Transaction, table: CatalogTable) -> None:
    """Refuse a version more than a table may keep."""
    # Counting is only needed once the numbers have grown so far.
    if table.version + 1 >= MAX_VERSIONS and tx.table_versions.count(table) >= MAX_VERSIONS:
        raise ResourceNumberLimitExceededException(
            f"Table {table.name} has {MAX_VERSIONS} versions; delete some or set SkipArchive"
        )


@implements("DeleteTable")
def delete_table(ctx: Context, request: DeleteTableRequest) -> DeleteTableResponse:
    """Delete a table, where its database leads; of a link, only the link goes."""
    catalog = catalog_of(ctx, request)
    refuse_transaction(request)
    with ctx.store.begin() as tx:
        tx.documents.pass_over_lost()
        table, _ = named_table(ctx, tx, tx.tables.lock, catalog, request["DatabaseName"], request["Name"])
        require(ctx, tx, table, "DROP")
        tx.deleted_tables.keep(table, ctx.change("DeleteTable"))
        database_changed(ctx, tx, "DeleteTable", table.catalog_id, table.database_name, [table.name])
    return {}


@implements("BatchDeleteTable")
def batch_delete_table(ctx: Context, request: BatchDeleteTableRequest) -> BatchDeleteTableResponse:
    catalog = catalog_of(ctx, request)
    refuse_transaction(request)
    errors: list[Any] = []
    deleted: list[str] = []
    # In one order for everyone: two batches must not wait for each other's rows.
    names = sorted({fold(name) for name in request["TablesToDelete"]})
    with ctx.store.begin() as tx:
        tx.documents.pass_over_lost()
        place = place_of(ctx, tx, catalog, request["DatabaseName"], "table", names)
        tx.databases.hold(place.catalog, place.database)
        for name in names:
            try:
                table = require(ctx, tx, tx.tables.lock(place.catalog, place.database, name), "DROP")
                tx.deleted_tables.keep(table, ctx.change("BatchDeleteTable"))
                deleted.append(name)
            except (EntityNotFoundException, AccessDeniedException) as error:
                errors.append({"TableName": name, "ErrorDetail": render.error_detail(error)})
        if deleted:
            database_changed(ctx, tx, "BatchDeleteTable", place.catalog, place.database, deleted)
    return {"Errors": errors}
