"""What an engine that applies permissions itself needs: definitions, and what of them the caller may read.

A column that the caller may not read shows only where one of its row filters tests it: without it the
engine could not apply the filter.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from isinglass.domain.catalog_ids import arn
from isinglass.domain.catalog_objects import missing_partition
from isinglass.domain.permissions.access import Access
from isinglass.domain.permissions.cutting import WITHOUT_COLUMNS, columns_of, cut_to, names_of
from isinglass.domain.permissions.marks import unmarked
from isinglass.domain.permissions.row_filter import InvalidRowFilter, columns_tested, compile_row_filter
from isinglass.model.glue.errors import PermissionTypeMismatchException
from isinglass.model.glue.shapes import (
    GetUnfilteredPartitionMetadataRequest,
    GetUnfilteredPartitionMetadataResponse,
    GetUnfilteredPartitionsMetadataRequest,
    GetUnfilteredPartitionsMetadataResponse,
    GetUnfilteredTableMetadataRequest,
    GetUnfilteredTableMetadataResponse,
    Permission,
)
from isinglass.operations.catalog import render
from isinglass.operations.catalog.links import whole_table
from isinglass.operations.catalog.partition_visibility import partition_test
from isinglass.operations.catalog.partitions import both, selection_of
from isinglass.operations.catalog.scope import catalog_of
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.operations.visibility import asker_of, denied
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.store import Transaction

_SHOWN_PERMISSIONS: tuple[Permission, ...] = ("ALTER", "DELETE", "DROP", "INSERT", "SELECT")


@dataclass(frozen=True, slots=True)
class _Readable:
    """A table with the columns that the engine may know, and what of it the caller may read."""

    table: CatalogTable
    access: Access
    columns: list[str]


@implements("GetUnfilteredTableMetadata")
def get_unfiltered_table_metadata(
    ctx: Context, request: GetUnfilteredTableMetadataRequest
) -> GetUnfilteredTableMetadataResponse:
    """Show a table, the columns that the caller may read, and the rows that it may read of each."""
    catalog = catalog_of(ctx, request)
    with ctx.store.read() as tx:
        found = _readable(ctx, tx, catalog, request["DatabaseName"], request["Name"], request)
    table, access = found.table, found.access
    asked: Sequence[str] = request.get("Permissions", [])
    if missing := [name for name in asked if not access.allows(name)]:
        raise denied(missing, table.name)
    shown = render.table(table)
    rows = access.rows(names_of(table.document))
    answer: GetUnfilteredTableMetadataResponse = {
        "Table": shown,
        "AuthorizedColumns": found.columns,
        "IsRegisteredWithLakeFormation": bool(table.registered),
        "CellFilters": [
            {"ColumnName": name, "RowFilterExpression": _any_of(filters)}
            for name in found.columns
            if (filters := access.rows_of(name)) is not None
        ],
        "QueryAuthorizationId": hashlib.sha256(ctx.request_id.encode()).hexdigest(),
        "IsMultiDialectView": shown["IsMultiDialectView"],
        "IsMaterializedView": shown["IsMaterializedView"],
        "ResourceArn": arn(ctx.region, table.catalog_id, "table", table.database_name, table.name),
        "Permissions": [name for name in _SHOWN_PERMISSIONS if access.allows(name)],
    }
    return answer if rows is None else {**answer, "RowFilter": _any_of(rows)}


@implements("GetUnfilteredPartitionMetadata")
def get_unfiltered_partition_metadata(
    ctx: Context, request: GetUnfilteredPartitionMetadataRequest
) -> GetUnfilteredPartitionMetadataResponse:
    """Show a partition that may hold rows for the caller."""
    catalog = catalog_of(ctx, request)
    values = request["PartitionValues"]
    with ctx.store.read() as tx:
        found = _readable(ctx, tx, catalog, request["DatabaseName"], request["TableName"], request)
        shows = partition_test(ctx, tx, found.table)
        partition = tx.partitions.find(found.table, values) if shows is None or shows(values) else None
    if partition is None:
        raise missing_partition(found.table.partition_keys, values)
    return {
        "Partition": render.partition(found.table, partition),
        "AuthorizedColumns": found.columns,
        "IsRegisteredWithLakeFormation": bool(found.table.registered),
    }


@implements("GetUnfilteredPartitionsMetadata")
def get_unfiltered_partitions_metadata(
    ctx: Context, request: GetUnfilteredPartitionsMetadataRequest
) -> GetUnfilteredPartitionsMetadataResponse:
    """List the partitions that may hold rows for the caller, those that an expression selects."""
    catalog = catalog_of(ctx, request)
    with ctx.store.read() as tx:
        found = _readable(ctx, tx, catalog, request["DatabaseName"], request["TableName"], request)
        selection = both(selection_of(found.table, request), partition_test(ctx, tx, found.table))
        partitions, after = tx.partitions.page(found.table, ctx.page, selection)
    return {
        "UnfilteredPartitions": [
            {
                "Partition": render.partition(found.table, partition),
                "AuthorizedColumns": found.columns,
                "IsRegisteredWithLakeFormation": bool(found.table.registered),
            }
            for partition in partitions
        ],
        "NextToken": ctx.token(after),
    }


def _readable(
    ctx: Context, tx: Transaction, catalog: str, database: str, name: str, request: Any
) -> _Readable:
    """Find a table that the caller may read some of, in a way that the engine knows how to apply."""
    table = whole_table(ctx, tx, catalog, database, name)
    access = tx.table_access.of(table, asker_of(ctx))
    names = names_of(table.document)
    columns = access.columns(names)
    if not columns and names:
        raise denied(["SELECT"], table.name)
    if access.reads_all or not names:
        return _Readable(table, access, columns)
    filters = {text for column in columns for text in access.rows_of(column) or ()}
    needed = "CELL_FILTER_PERMISSION" if filters else "COLUMN_PERMISSION"
    if needed not in request["SupportedPermissionTypes"]:
        raise PermissionTypeMismatchException(
            f"The caller has {needed} on table {table.name}, which the engine does not support"
        )
    tested = {column for text in filters for column in _tested(table, text)}
    shown = [column for column in names if column in columns or column.lower() in tested]
    document = unmarked(table.document)
    document["PartitionKeys"] = [key for key in document["PartitionKeys"] if key["Name"] in shown]
    if "StorageDescriptor" in document:
        document["StorageDescriptor"] = cut_to(document["StorageDescriptor"], shown)
    return _Readable(replace(table, document=document, restricted=WITHOUT_COLUMNS), access, columns)


def _tested(table: CatalogTable, text: str) -> set[str]:
    try:
        return columns_tested(compile_row_filter(text, columns_of(table.document)))
    except InvalidRowFilter as error:
        raise denied(["SELECT"], f"{table.name} ({error})") from error


def _any_of(filters: Sequence[str]) -> str:
    return filters[0] if len(filters) == 1 else " OR ".join(f"({text})" for text in filters)
