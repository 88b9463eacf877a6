"""Data cells filters: named choices of columns and rows of a table, to be granted."""

import uuid
from collections.abc import Mapping
from typing import Any

from isinglass.domain.catalog_objects import fold
from isinglass.domain.permissions.resources import Resource, columns_of
from isinglass.domain.permissions.row_filter import InvalidRowFilter, compile_row_filter
from isinglass.model.glue.errors import EntityNotFoundException as NotInCatalog
from isinglass.model.lakeformation.errors import (
    AlreadyExistsException,
    ConcurrentModificationException,
    EntityNotFoundException,
    InvalidInputException,
)
from isinglass.model.lakeformation.shapes import (
    CreateDataCellsFilterRequest,
    CreateDataCellsFilterResponse,
    DeleteDataCellsFilterRequest,
    DeleteDataCellsFilterResponse,
    GetDataCellsFilterRequest,
    GetDataCellsFilterResponse,
    ListDataCellsFilterRequest,
    ListDataCellsFilterResponse,
    UpdateDataCellsFilterRequest,
    UpdateDataCellsFilterResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.lakeformation.scope import asker_of, catalog_named, check_columns, denied, table_of
from isinglass.operations.registry import implements
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.cells_filters import CellsFilter
from isinglass.store.store import Transaction


@implements("lakeformation:CreateDataCellsFilter")
def create_data_cells_filter(
    ctx: Context, request: CreateDataCellsFilterRequest
) -> CreateDataCellsFilterResponse:
    given = request["TableData"]
    with ctx.store.begin() as tx:
        catalog_id, table = _table(ctx, tx, given)
        document = _document(table, given)
        if not tx.cells_filters.insert(catalog_id, table.id, given["Name"], document, str(uuid.uuid4())):
            raise AlreadyExistsException(
                f"Table {table.name} has a data cells filter {given['Name']} already"
            )
    return {}


@implements("lakeformation:UpdateDataCellsFilter")
def update_data_cells_filter(
    ctx: Context, request: UpdateDataCellsFilterRequest
) -> UpdateDataCellsFilterResponse:
    """Replace a filter; whoever has it granted sees by the new one from now on."""
    given = request["TableData"]
    with ctx.store.begin() as tx:
        catalog_id, table = _table(ctx, tx, given)
        present = _require(tx, catalog_id, table, given["Name"])
        if given.get("VersionId", present.version) != present.version:
            raise ConcurrentModificationException(
                f"Data cells filter {present.name} is at version {present.version}, "
                f"not at {given['VersionId']}"
            )
        document = _document(table, given)
        tx.cells_filters.replace(catalog_id, table.id, given["Name"], document, str(uuid.uuid4()))
    return {}


@implements("lakeformation:GetDataCellsFilter")
def get_data_cells_filter(ctx: Context, request: GetDataCellsFilterRequest) -> GetDataCellsFilterResponse:
    with ctx.store.read() as tx:
        catalog_id, table = _table(ctx, tx, request)
        found = _require(tx, catalog_id, table, request["Name"])
    return {"DataCellsFilter": _shown(catalog_id, found)}


@implements("lakeformation:ListDataCellsFilter")
def list_data_cells_filter(ctx: Context, request: ListDataCellsFilterRequest) -> ListDataCellsFilterResponse:
    """List the filters of a table, or for administrators of all tables."""
    with ctx.store.read() as tx:
        asked = request.get("Table")
        table_id = None
        if asked is None:
            catalog_id = ctx.account_id
            if not tx.table_access.is_administrator(ctx.account_id, asker_of(ctx)):
                raise denied(["SELECT"], "all tables", grantable=True)
        else:
            named = {"TableCatalogId": asked.get("CatalogId"), "TableName": asked.get("Name"), **asked}
            try:
                catalog_id, table = _table(ctx, tx, named)
            except NotInCatalog as error:  # the model of this one operation has no word for that
                raise InvalidInputException(error.message) from error
            table_id = table.id
        found, after = tx.cells_filters.page(catalog_id, table_id, ctx.page)
    return {
        "DataCellsFilters": [_shown(catalog_id, each) for each in found],
        "NextToken": ctx.token(after),
    }


@implements("lakeformation:DeleteDataCellsFilter")
def delete_data_cells_filter(
    ctx: Context, request: DeleteDataCellsFilterRequest
) -> DeleteDataCellsFilterResponse:
    """Delete a filter, and with it what was granted on it."""
    with ctx.store.begin() as tx:
        catalog_id, table = _table(ctx, tx, request)
        name = request.get("Name", "")
        if not tx.cells_filters.delete(catalog_id, table.id, name):
            raise _unknown(table, name)
        tx.permissions.forget_cells(catalog_id, table.id, name)
    return {}


def _table(ctx: Context, tx: Transaction, given: Mapping[str, Any]) -> tuple[str, CatalogTable]:
    """Find the table of a filter; the caller must be able to pass reading it on."""
    missing = [name for name in ("DatabaseName", "TableName") if not given.get(name)]
    if missing:
        raise InvalidInputException(f"{', '.join(missing)} must be given")
    catalog_id = catalog_named(ctx, tx, given.get("TableCatalogId"))
    resource = Resource("table", fold(given["DatabaseName"]), fold(given["TableName"]))
    table = table_of(tx, catalog_id, resource)
    assert table is not None
    asker = asker_of(ctx)
    if not tx.table_access.is_administrator(ctx.account_id, asker):
        held = tx.permissions.of_table(catalog_id, resource.database, table.id, asker.names)
        if not any(grant.may_pass_on(["SELECT"]) for grant in held if grant.resource.kind == "table"):
            raise denied(["SELECT"], resource, grantable=True)
    return catalog_id, table


def _document(table: CatalogTable, given: Mapping[str, Any]) -> dict[str, Any]:
    """Check a filter's definition against its table."""
    rows = given.get("RowFilter") or {"AllRowsWildcard": {}}
    if ("FilterExpression" in rows) == ("AllRowsWildcard" in rows):
        raise InvalidInputException("RowFilter needs either FilterExpression or AllRowsWildcard")
    if "FilterExpression" in rows:
        columns = (table.document.get("StorageDescriptor") or {}).get("Columns") or ()
        try:
            compile_row_filter(rows["FilterExpression"], [*columns, *table.partition_keys])
        except InvalidRowFilter as error:
            raise InvalidInputException(str(error)) from error
    names, excluded = columns_of(given)
    check_columns(table, excluded if names is None else names)
    chosen: dict[str, Any] = {"ColumnNames": list(names)} if names is not None else {}
    if names is None:
        chosen = {"ColumnWildcard": {"ExcludedColumnNames": list(excluded)} if excluded else {}}
    return {"RowFilter": rows, **chosen}


def _require(tx: Transaction, catalog_id: str, table: CatalogTable, name: str) -> CellsFilter:
    found = tx.cells_filters.find(catalog_id, table.id, name)
    if found is None:
        raise _unknown(table, name)
    return found


def _unknown(table: CatalogTable, name: str) -> EntityNotFoundException:
    return EntityNotFoundException(f"Table {table.name} has no data cells filter {name}")


def _shown(catalog_id: str, found: CellsFilter) -> Any:
    return {
        "TableCatalogId": catalog_id,
        "DatabaseName": found.database_name,
        "TableName": found.table_name,
        "Name": found.name,
        **found.document,
        "VersionId": found.version,
    }
