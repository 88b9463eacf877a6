"""Read the part of a table that the caller may read."""

from typing import Any, cast

from isinglass.domain.partition_expression import UnsupportedExpression, parse
from isinglass.domain.permissions.access import Access
from isinglass.domain.permissions.cutting import columns_of, names_of
from isinglass.domain.permissions.resources import location_of_url
from isinglass.domain.permissions.row_filter import InvalidRowFilter, compile_row_filter, document_of
from isinglass.jobs.permitted import CopyFailedError, PermittedPart
from isinglass.model.isinglass.errors import AccessDeniedException, QueryFailedException
from isinglass.model.isinglass.shapes import (
    QueryColumn,
    ReadPermittedTableRequest,
    ReadPermittedTableResponse,
)
from isinglass.operations.catalog.links import whole_table
from isinglass.operations.catalog.scope import catalog_of
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.operations.visibility import asker_of, denied, place_url
from isinglass.store.catalog_tables import CatalogTable


@implements("isinglass:ReadPermittedTable")
def read_permitted_table(ctx: Context, request: ReadPermittedTableRequest) -> ReadPermittedTableResponse:
    """Copy the cells that the caller may read to a place that only its access key reaches.

    A table that it may read whole is not copied: its files are open to it.
    """
    catalog = catalog_of(ctx, request)
    with ctx.store.read() as tx:
        table = whole_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        access = tx.table_access.of(table, asker_of(ctx))
    if access.reads_all:
        return {"Whole": True}
    part = _part(ctx, table, access, _readable(request.get("Expression", "")))
    try:
        copied = ctx.services.copy_permitted(part)
    except CopyFailedError as error:
        raise QueryFailedException(str(error)) from error
    return {
        "Whole": False,
        "Location": copied.location,
        "Columns": cast("list[QueryColumn]", copied.columns),
        "RowCount": copied.rows,
    }


def _readable(expression: str) -> str:
    """Pass an expression on when it is of GetPartitions' language; the caller filters by it anyway."""
    if not expression.strip():
        return ""
    try:
        parse(expression)
    except UnsupportedExpression:
        return ""
    return expression


def _part(ctx: Context, table: CatalogTable, access: Access, expression: str) -> PermittedPart:
    """Say which cells the caller may read, or refuse what cannot be read in part."""
    names = access.columns(names_of(table.document))
    if not names:
        raise denied(["SELECT"], table.name)
    if table.catalog_id != ctx.account_id:
        # The copy is made by name in the account's own catalog, where another table may have it.
        raise AccessDeniedException(
            f"Table {table.name} belongs to catalog {table.catalog_id}: outside of the account's own catalog "
            "only tables permitted whole can be read"
        )
    if table.document.get("TableType") == "VIRTUAL_VIEW":
        raise AccessDeniedException(f"{table.name} is a view: it can be permitted whole only")
    texts = sorted({text for name in names for text in access.rows_of(name) or ()})
    try:
        trees = [compile_row_filter(text, columns_of(table.document)) for text in texts]
    except InvalidRowFilter as error:
        raise AccessDeniedException(f"A data cells filter of {table.name} is wrong: {error}") from error
    filters: list[dict[str, Any]] = [{"test": "all"} if tree is None else document_of(tree) for tree in trees]
    columns = []
    for name in names:
        rows = access.rows_of(name)
        columns.append((name, None if rows is None else tuple(texts.index(text) for text in rows)))
    keys = {key["Name"].lower() for key in table.partition_keys}
    return PermittedPart(
        ctx.account_id,
        ctx.principal.access_key_id,
        table.database_name,
        table.name,
        tuple(columns),
        tuple(filters),
        ctx.may_use_local_files,
        location_of_url(place_url(table.document)) or "",
        expression if keys <= {name.lower() for name in names} else "",
    )
