"""Operations on statistics of columns, of tables and of partitions."""

from collections.abc import Mapping, Sequence
from typing import Any

from isinglass.domain.catalog_objects import missing_partition
from isinglass.domain.column_statistics import check_statistics, columns_of
from isinglass.domain.permissions.cutting import RESTRICTED
from isinglass.model.glue.errors import EntityNotFoundException, InvalidInputException
from isinglass.model.glue.shapes import (
    DeleteColumnStatisticsForPartitionRequest,
    DeleteColumnStatisticsForPartitionResponse,
    DeleteColumnStatisticsForTableRequest,
    DeleteColumnStatisticsForTableResponse,
    GetColumnStatisticsForPartitionRequest,
    GetColumnStatisticsForPartitionResponse,
    GetColumnStatisticsForTableRequest,
    GetColumnStatisticsForTableResponse,
    UpdateColumnStatisticsForPartitionRequest,
    UpdateColumnStatisticsForPartitionResponse,
    UpdateColumnStatisticsForTableRequest,
    UpdateColumnStatisticsForTableResponse,
)
from isinglass.operations.catalog import render
from isinglass.operations.catalog.events import table_changed
from isinglass.operations.catalog.links import hold_table, read_table
from isinglass.operations.catalog.partition_visibility import check_statistics_shown
from isinglass.operations.catalog.scope import catalog_of
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.column_statistics import WHOLE_TABLE
from isinglass.store.store import Transaction


@implements("UpdateColumnStatisticsForTable")
def update_column_statistics_for_table(
    ctx: Context, request: UpdateColumnStatisticsForTableRequest
) -> UpdateColumnStatisticsForTableResponse:
    catalog = catalog_of(ctx, request)
    with ctx.store.begin() as tx:
        table = hold_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        good, errors = _sorted_out(request["ColumnStatisticsList"], columns_of(table.document))
        tx.column_statistics.put(table, WHOLE_TABLE, good)
        if good:
            table_changed(ctx, tx, "UpdateColumnStatisticsForTable", table)
    return {"Errors": errors}


@implements("UpdateColumnStatisticsForPartition")
def update_column_statistics_for_partition(
    ctx: Context, request: UpdateColumnStatisticsForPartitionRequest
) -> UpdateColumnStatisticsForPartitionResponse:
    catalog = catalog_of(ctx, request)
    values = request["PartitionValues"]
    with ctx.store.begin() as tx:
        table = hold_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        columns = _partition_columns(tx, table, values, lock=True)
        good, errors = _sorted_out(request["ColumnStatisticsList"], columns)
        tx.column_statistics.put(table, values, good)
        if good:
            table_changed(ctx, tx, "UpdateColumnStatisticsForPartition", table, [values])
    return {"Errors": errors}


@implements("GetColumnStatisticsForTable")
def get_column_statistics_for_table(
    ctx: Context, request: GetColumnStatisticsForTableRequest
) -> GetColumnStatisticsForTableResponse:
    catalog = catalog_of(ctx, request)
    with ctx.store.read() as tx:
        table = read_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        check_statistics_shown(ctx, tx, table)
        found, errors = _found(tx, table, WHOLE_TABLE, request["ColumnNames"], columns_of(table.document))
    return {"ColumnStatisticsList": found, "Errors": errors}


@implements("GetColumnStatisticsForPartition")
def get_column_statistics_for_partition(
    ctx: Context, request: GetColumnStatisticsForPartitionRequest
) -> GetColumnStatisticsForPartitionResponse:
    catalog = catalog_of(ctx, request)
    values = request["PartitionValues"]
    with ctx.store.read() as tx:
        table = read_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        check_statistics_shown(ctx, tx, table)
        columns = _partition_columns(tx, table, values)
        found, errors = _found(tx, table, values, request["ColumnNames"], columns)
    return {"ColumnStatisticsList": found, "Errors": errors}


@implements("DeleteColumnStatisticsForTable")
def delete_column_statistics_for_table(
    ctx: Context, request: DeleteColumnStatisticsForTableRequest
) -> DeleteColumnStatisticsForTableResponse:
    catalog = catalog_of(ctx, request)
    with ctx.store.begin() as tx:
        tx.documents.pass_over_lost()
        table = hold_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        name = request["ColumnName"]
        # Found or not: of a lost table nobody knows the columns.
        if not tx.column_statistics.delete(table, WHOLE_TABLE, name.lower()):
            raise _nothing_of(name, columns_of(table.document))
        table_changed(ctx, tx, "DeleteColumnStatisticsForTable", table)
    return {}


@implements("DeleteColumnStatisticsForPartition")
def delete_column_statistics_for_partition(
    ctx: Context, request: DeleteColumnStatisticsForPartitionRequest
) -> DeleteColumnStatisticsForPartitionResponse:
    catalog = catalog_of(ctx, request)
    values = request["PartitionValues"]
    with ctx.store.begin() as tx:
        tx.documents.pass_over_lost()
        table = hold_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        name = request["ColumnName"]
        if not tx.column_statistics.delete(table, values, name.lower()):
            raise _nothing_of(name, _partition_columns(tx, table, values))
        table_changed(ctx, tx, "DeleteColumnStatisticsForPartition", table, [values])
    return {}


def _partition_columns(
    tx: Transaction, table: CatalogTable, values: Sequence[str], *, lock: bool = False
) -> frozenset[str]:
    """List the columns of a partition that must exist: its own, or the table's where it has none."""
    partition = tx.partitions.lock(table, values) if lock else tx.partitions.find(table, values)
    if partition is None:
        raise missing_partition(table.partition_keys, values)
    own = columns_of(partition.document)
    if table.restricted > RESTRICTED:
        own &= columns_of(table.document)
    return own or columns_of(table.document)


def _sorted_out(
    given: Sequence[Mapping[str, Any]], columns: frozenset[str]
) -> tuple[dict[str, Mapping[str, Any]], list[Any]]:
    """Part statistics that can be stored, by folded column name, from errors about the others."""
    good: dict[str, Mapping[str, Any]] = {}
    errors: list[Any] = []
    for statistics in given:
        try:
            key = _column(statistics["ColumnName"], columns)
            check_statistics(statistics)
            good[key] = statistics
        except (EntityNotFoundException, InvalidInputException) as error:
            errors.append({"ColumnStatistics": statistics, "Error": render.error_detail(error)})
    return good, errors


def _found(
    tx: Transaction,
    table: CatalogTable,
    values: Sequence[str],
    names: Sequence[str],
    columns: frozenset[str],
) -> tuple[list[Any], list[Any]]:
    """Show the statistics of columns in the order asked for, and errors about those that have none."""
    stored = tx.column_statistics.find(table, values, {name.lower() for name in names})
    found: list[Any] = []
    errors: list[Any] = []
    for name in names:
        try:
            key = _column(name, columns)
            if key not in stored:
                raise EntityNotFoundException(f"Statistics of column {name} not found.")
            found.append(stored[key])
        except EntityNotFoundException as error:
            errors.append({"ColumnName": name, "Error": render.error_detail(error)})
    return found, errors


def _nothing_of(name: str, columns: frozenset[str]) -> EntityNotFoundException:
    """Say what is missing, a column or its statistics."""
    missing = "Statistics of column" if name.lower() in columns else "Column"
    return EntityNotFoundException(f"{missing} {name} not found.")


def _column(name: str, columns: frozenset[str]) -> str:
    key = name.lower()
    if key not in columns:
        raise EntityNotFoundException(f"Column {name} not found.")
    return key
