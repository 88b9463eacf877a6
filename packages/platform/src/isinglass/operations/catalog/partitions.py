"""Operations on single partitions, and the listing of partitions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from isinglass.domain.catalog_objects import check_partition_values, missing_partition, partition_document
from isinglass.domain.partition_filter import compile_filter
from isinglass.domain.partition_values import segment_of
from isinglass.model.glue.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    InvalidInputException,
    OperationNotSupportedException,
)
from isinglass.model.glue.shapes import (
    CreatePartitionRequest,
    CreatePartitionResponse,
    DeletePartitionRequest,
    DeletePartitionResponse,
    GetPartitionRequest,
    GetPartitionResponse,
    GetPartitionsRequest,
    GetPartitionsResponse,
    GetUnfilteredPartitionsMetadataRequest,
    UpdatePartitionRequest,
    UpdatePartitionResponse,
)
from isinglass.operations.catalog import render
from isinglass.operations.catalog.events import table_changed
from isinglass.operations.catalog.links import hold_table, read_table
from isinglass.operations.catalog.partition_visibility import partition_test
from isinglass.operations.catalog.scope import catalog_of, refuse_transaction
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.operations.visibility import require_partition_places
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.partitions import Selection
from isinglass.store.store import Transaction


@implements("CreatePartition")
def create_partition(ctx: Context, request: CreatePartitionRequest) -> CreatePartitionResponse:
    catalog = catalog_of(ctx, request)
    given = request["PartitionInput"]
    values = given.get("Values", [])
    with ctx.store.begin() as tx:
        table = hold_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        check_partition_values(table.partition_keys, values)
        require_partition_places(ctx, tx, table, [given])
        tx.partition_indexes.check(table, values)
        [is_new] = tx.partitions.insert(table, [(values, partition_document(given))], ctx.now)
        if not is_new:
            raise AlreadyExistsException("Partition already exists.")
        table_changed(ctx, tx, "CreatePartition", table, [values])
    return {}


@implements("GetPartition")
def get_partition(ctx: Context, request: GetPartitionRequest) -> GetPartitionResponse:
    catalog = catalog_of(ctx, request)
    values = request["PartitionValues"]
    with ctx.store.read() as tx:
        table = read_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        shows = partition_test(ctx, tx, table)
        partition = tx.partitions.find(table, values) if shows is None or shows(values) else None
    if partition is None:
        raise missing_partition(table.partition_keys, values)
    return {"Partition": render.partition(table, partition)}


@implements("GetPartitions")
def get_partitions(ctx: Context, request: GetPartitionsRequest) -> GetPartitionsResponse:
    """List the partitions that an expression and a segment select, in the order of their values."""
    catalog = catalog_of(ctx, request)
    refuse_transaction(request)
    if "QueryAsOfTime" in request:
        raise OperationNotSupportedException(
            "GetPartitions does not support QueryAsOfTime: partitions keep no earlier versions."
        )
    with ctx.store.read() as tx:
        table = read_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        selection = both(selection_of(table, request), partition_test(ctx, tx, table))
        found, after = tx.partitions.page(table, ctx.page, selection)
    columns = not request.get("ExcludeColumnSchema", False)
    return {
        "Partitions": [render.partition(table, partition, columns=columns) for partition in found],
        "NextToken": ctx.token(after),
    }


def selection_of(
    table: CatalogTable, request: GetPartitionsRequest | GetUnfilteredPartitionsMetadataRequest
) -> Selection:
    """Read what a listing of partitions selects."""
    chosen = compile_filter(request.get("Expression", ""), table.partition_keys)
    in_segment = _segment_test(request.get("Segment"))
    if chosen is None:
        return Selection(matches=in_segment)
    return both(Selection(chosen.keys, chosen.matches, chosen.bounds), in_segment)


def both(selection: Selection, test: Callable[[Sequence[str]], bool] | None) -> Selection:
    """Let a test of values choose among what is selected."""
    matches = selection.matches
    if test is None:
        return selection
    if matches is None:
        return replace(selection, matches=test)
    return replace(selection, matches=lambda values: test(values) and matches(values))


def _segment_test(segment: Mapping[str, Any] | None) -> Callable[[Sequence[str]], bool] | None:
    if segment is None:
        return None
    number, total = segment["SegmentNumber"], segment["TotalSegments"]
    if number >= total:
        raise InvalidInputException(f"SegmentNumber {number} must be less than TotalSegments {total}")
    return lambda values: segment_of(values, total) == number


@implements("UpdatePartition")
def update_partition(ctx: Context, request: UpdatePartitionRequest) -> UpdatePartitionResponse:
    """Replace a partition's definition; other values in it move the partition."""
    catalog = catalog_of(ctx, request)
    values, given = request["PartitionValueList"], request["PartitionInput"]
    with ctx.store.begin() as tx:
        table = hold_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        require_partition_places(ctx, tx, table, [given])
        new_values = replace_partition(tx, table, values, given)
        table_changed(ctx, tx, "UpdatePartition", table, [new_values])
    return {}


def replace_partition(
    tx: Transaction, table: CatalogTable, values: Sequence[str], given: Mapping[str, Any]
) -> Sequence[str]:
    """Replace a partition of a held table; returns its values, which must suit the keys when they are new."""
    new_values: Sequence[str] = given.get("Values", values)
    if new_values != values:
        check_partition_values(table.partition_keys, new_values)
        tx.partition_indexes.check(table, new_values)
    try:
        tx.partitions.replace(table, values, new_values, partition_document(given))
    except EntityNotFoundException as error:
        raise missing_partition(table.partition_keys, values) from error
    return new_values


@implements("DeletePartition")
def delete_partition(ctx: Context, request: DeletePartitionRequest) -> DeletePartitionResponse:
    catalog = catalog_of(ctx, request)
    values = request["PartitionValues"]
    with ctx.store.begin() as tx:
        tx.documents.pass_over_lost()
        table = hold_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        # Found or not: of a lost table nobody knows how many values its partitions have.
        if not tx.partitions.delete(table, values):
            raise missing_partition(table.partition_keys, values)
        table_changed(ctx, tx, "DeletePartition", table, [values])
    return {}
