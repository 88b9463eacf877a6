"""The operation that changes a table: its definition, its Iceberg metadata, or the dialects of a view."""

from typing import Any

from isinglass.domain.catalog_objects import fold, version_number
from isinglass.domain.view_definitions import changed_view, check_view
from isinglass.model.api_error import ApiError
from isinglass.model.glue.errors import ConcurrentModificationException, InvalidInputException
from isinglass.model.glue.shapes import UpdateTableRequest, UpdateTableResponse
from isinglass.operations.catalog import iceberg_files
from isinglass.operations.catalog.events import table_changed
from isinglass.operations.catalog.links import alterable_table, lock_table
from isinglass.operations.catalog.scope import catalog_of, refuse_transaction
from isinglass.operations.catalog.tables import check_version_limit, given_document
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.operations.visibility import place_url, place_urls, require_location
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.store import Transaction


@implements("UpdateTable")
def update_table(ctx: Context, request: UpdateTableRequest) -> UpdateTableResponse:
    """Replace a table's definition as its next version; VersionId makes it compare and set.

    What is said to a link is done to the table that it leads to.
    """
    catalog = catalog_of(ctx, request)
    refuse_transaction(request)
    if "UpdateOpenTableFormatInput" in request:
        _update_iceberg(ctx, catalog, request)
        return {}
    given = given_document("UpdateTable", request)
    if "TargetTable" in given:
        raise InvalidInputException(
            f"TargetTable of {given['Name']} cannot change: delete the link and create it anew"
        )
    with ctx.store.begin() as tx:
        table = lock_table(ctx, tx, catalog, request["DatabaseName"], given["Name"])
        _replace(ctx, tx, request, table, _changed(request, table, given))
    return {}


def _changed(request: UpdateTableRequest, table: CatalogTable, given: dict[str, Any]) -> dict[str, Any]:
    """Decide what a table's document becomes; through a link it keeps its own name."""
    action = request.get("ViewUpdateAction")
    if action is None:
        return check_view({**given, "Name": table.name})
    # What is compared is what was given, not the defaults that are filled in.
    return changed_view(
        table.name, table.document, request["TableInput"], action, force=request.get("Force", False)
    )


def _update_iceberg(ctx: Context, catalog: str, request: UpdateTableRequest) -> None:
    """Write the next metadata file, and let the table point to it if nobody else did so meanwhile."""
    if "Name" not in request or "TableInput" in request:
        raise InvalidInputException("An update of Iceberg metadata takes the table's Name and no TableInput")
    iceberg = request["UpdateOpenTableFormatInput"].get("UpdateIcebergInput")
    if iceberg is None:
        raise InvalidInputException("UpdateOpenTableFormatInput.UpdateIcebergInput must be given")
    name = fold(request["Name"])
    with ctx.store.read() as tx:
        seen = alterable_table(ctx, tx, catalog, request["DatabaseName"], name)
    _check_version(request, seen)
    document = iceberg_files.update(ctx, seen, iceberg["UpdateIcebergTableInput"]["Updates"])
    try:
        with ctx.store.begin() as tx:
            table = lock_table(ctx, tx, catalog, request["DatabaseName"], name)
            if (table.id, table.version) != (seen.id, seen.version):
                raise ConcurrentModificationException(f"Table {name} was changed meanwhile; try again")
            _replace(ctx, tx, request, table, document)
    except ApiError:
        iceberg_files.forget(ctx, document)
        raise


def _replace(
    ctx: Context, tx: Transaction, request: UpdateTableRequest, table: CatalogTable, document: dict[str, Any]
) -> None:
    _check_version(request, table)
    require_location(ctx, tx, table.catalog_id, place_urls(document), under=place_url(table.document))
    archive = not request.get("SkipArchive", False)
    if archive:
        check_version_limit(tx, table)
    tx.tables.replace(table, document, ctx.change("UpdateTable"), archive=archive)
    table_changed(ctx, tx, "UpdateTable", table)


def _check_version(request: UpdateTableRequest, table: CatalogTable) -> None:
    """Refuse an update of another version than the current one, when it says which it means."""
    if "VersionId" in request and version_number(request["VersionId"]) != table.version:
        raise ConcurrentModificationException(
            f"Table {table.name} is at version {table.version}, not at {request['VersionId']}"
        )
