"""Operations on versions of tables."""

from typing import Any

from isinglass.domain.catalog_objects import version_number
from isinglass.model.glue.errors import EntityNotFoundException, InvalidInputException
from isinglass.model.glue.shapes import (
    BatchDeleteTableVersionRequest,
    BatchDeleteTableVersionResponse,
    DeleteTableVersionRequest,
    DeleteTableVersionResponse,
    GetTableVersionRequest,
    GetTableVersionResponse,
    GetTableVersionsRequest,
    GetTableVersionsResponse,
)
from isinglass.operations.catalog import render
from isinglass.operations.catalog.links import lock_table, read_table
from isinglass.operations.catalog.scope import catalog_of
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.operations.visibility import visible_table, visible_tables
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.store import Transaction


@implements("GetTableVersion")
def get_table_version(ctx: Context, request: GetTableVersionRequest) -> GetTableVersionResponse:
    """Show one version of a table, the current one where none is named."""
    catalog = catalog_of(ctx, request)
    with ctx.store.read() as tx:
        table = read_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        version_id = request.get("VersionId")
        version = table.version if version_id is None else version_number(version_id)
        found = tx.table_versions.find(table, version)
        if found is not None and found is not table:
            found = visible_table(ctx, tx, found)
    if found is None:
        raise EntityNotFoundException("Version not found.")
    return {"TableVersion": render.table_version(found)}


@implements("GetTableVersions")
def get_table_versions(ctx: Context, request: GetTableVersionsRequest) -> GetTableVersionsResponse:
    catalog = catalog_of(ctx, request)
    with ctx.store.read() as tx:
        table = read_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        versions, after = tx.table_versions.page(table, ctx.page)
        versions = visible_tables(ctx, tx, versions)
    return {
        "TableVersions": [render.table_version(version) for version in versions],
        "NextToken": ctx.token(after),
    }


@implements("DeleteTableVersion")
def delete_table_version(ctx: Context, request: DeleteTableVersionRequest) -> DeleteTableVersionResponse:
    catalog = catalog_of(ctx, request)
    with ctx.store.begin() as tx:
        tx.documents.pass_over_lost()
        table = lock_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        _delete(tx, table, request["VersionId"])
    return {}


@implements("BatchDeleteTableVersion")
def batch_delete_table_version(
    ctx: Context, request: BatchDeleteTableVersionRequest
) -> BatchDeleteTableVersionResponse:
    catalog = catalog_of(ctx, request)
    errors: list[Any] = []
    with ctx.store.begin() as tx:
        tx.documents.pass_over_lost()
        table = lock_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        for version_id in request["VersionIds"]:
            try:
                _delete(tx, table, version_id)
            except (EntityNotFoundException, InvalidInputException) as error:
                detail = render.error_detail(error)
                errors.append({"TableName": table.name, "VersionId": version_id, "ErrorDetail": detail})
    return {"Errors": errors}


def _delete(tx: Transaction, table: CatalogTable, version_id: str) -> None:
    version = version_number(version_id)
    if version == table.version:
        raise InvalidInputException(f"Version {version} is the current version of table {table.name}")
    if not tx.table_versions.delete(table, version):
        raise EntityNotFoundException("Version not found.")
