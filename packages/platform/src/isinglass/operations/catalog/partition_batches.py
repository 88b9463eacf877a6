"""Operations on many partitions at once: one bad entry is told of and does not stop the others."""

from collections.abc import Sequence
from typing import Any

from isinglass.domain.catalog_objects import check_partition_values, missing_partition, partition_document
from isinglass.domain.partition_values import encode
from isinglass.model.api_error import ApiError
from isinglass.model.glue.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    InvalidInputException,
)
from isinglass.model.glue.shapes import (
    BatchCreatePartitionRequest,
    BatchCreatePartitionResponse,
    BatchDeletePartitionRequest,
    BatchDeletePartitionResponse,
    BatchGetPartitionRequest,
    BatchGetPartitionResponse,
    BatchUpdatePartitionRequest,
    BatchUpdatePartitionResponse,
)
from isinglass.operations.catalog import render
from isinglass.operations.catalog.events import table_changed
from isinglass.operations.catalog.links import hold_table, read_table
from isinglass.operations.catalog.partition_visibility import partition_test
from isinglass.operations.catalog.partitions import replace_partition
from isinglass.operations.catalog.scope import catalog_of
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.operations.visibility import require_partition_places


def _error(values: Sequence[str], error: ApiError, member: str = "PartitionValues") -> Any:
    return {member: list(values), "ErrorDetail": render.error_detail(error)}


@implements("BatchCreatePartition")
def batch_create_partition(
    ctx: Context, request: BatchCreatePartitionRequest
) -> BatchCreatePartitionResponse:
    catalog = catalog_of(ctx, request)
    errors: list[Any] = []
    new: list[tuple[list[str], dict[str, Any]]] = []
    with ctx.store.begin() as tx:
        table = hold_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        require_partition_places(ctx, tx, table, request["PartitionInputList"])
        for given in request["PartitionInputList"]:
            values = given.get("Values", [])
            try:
                check_partition_values(table.partition_keys, values)
                tx.partition_indexes.check(table, values)
                new.append((values, partition_document(given)))
            except InvalidInputException as error:
                errors.append(_error(values, error))
        created: list[list[str]] = []
        for (values, _), is_new in zip(new, tx.partitions.insert(table, new, ctx.now), strict=True):
            if is_new:
                created.append(values)
            else:
                errors.append(_error(values, AlreadyExistsException("Partition already exists.")))
        if created:
            table_changed(ctx, tx, "BatchCreatePartition", table, created)
    return {"Errors": errors}


@implements("BatchGetPartition")
def batch_get_partition(ctx: Context, request: BatchGetPartitionRequest) -> BatchGetPartitionResponse:
    """Get partitions in the order asked for; those that do not exist are left out."""
    catalog = catalog_of(ctx, request)
    wanted = [entry["Values"] for entry in request["PartitionsToGet"]]
    with ctx.store.read() as tx:
        table = read_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        shows = partition_test(ctx, tx, table)
        shown = [values for values in wanted if shows is None or shows(values)]
        found = {encode(partition.values): partition for partition in tx.partitions.find_all(table, shown)}
    keys = {encode(values): values for values in wanted}
    for key, values in keys.items():
        if key not in found:
            check_partition_values(table.partition_keys, values)
    return {
        "Partitions": [render.partition(table, found[key]) for key in keys if key in found],
        "UnprocessedKeys": [],
    }


@implements("BatchUpdatePartition")
def batch_update_partition(
    ctx: Context, request: BatchUpdatePartitionRequest
) -> BatchUpdatePartitionResponse:
    catalog = catalog_of(ctx, request)
    errors: list[Any] = []
    changed: list[Sequence[str]] = []
    with ctx.store.begin() as tx:
        table = hold_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        require_partition_places(ctx, tx, table, [entry["PartitionInput"] for entry in request["Entries"]])
        for entry in request["Entries"]:
            values, given = entry["PartitionValueList"], entry["PartitionInput"]
            try:
                changed.append(replace_partition(tx, table, values, given))
            except (InvalidInputException, EntityNotFoundException, AlreadyExistsException) as error:
                errors.append(_error(values, error, "PartitionValueList"))
        if changed:
            table_changed(ctx, tx, "BatchUpdatePartition", table, changed)
    return {"Errors": errors}


@implements("BatchDeletePartition")
def batch_delete_partition(
    ctx: Context, request: BatchDeletePartitionRequest
) -> BatchDeletePartitionResponse:
    catalog = catalog_of(ctx, request)
    errors: list[Any] = []
    deleted: list[list[str]] = []
    with ctx.store.begin() as tx:
        tx.documents.pass_over_lost()
        table = hold_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        for entry in request["PartitionsToDelete"]:
            values = entry["Values"]
            if tx.partitions.delete(table, values):
                deleted.append(values)
                continue
            errors.append(_error(values, missing_partition(table.partition_keys, values)))
        if deleted:
            table_changed(ctx, tx, "BatchDeletePartition", table, deleted)
    return {"Errors": errors}
