"""Operations on partition indexes."""

from collections.abc import Mapping
from typing import Any

from isinglass.domain.partition_index import MAX_FAILED, MAX_INDEXES, index_keys
from isinglass.flow.index_building import KIND
from isinglass.model.glue.errors import (
    AlreadyExistsException,
    ConflictException,
    EntityNotFoundException,
    ResourceNumberLimitExceededException,
)
from isinglass.model.glue.shapes import (
    CreatePartitionIndexRequest,
    CreatePartitionIndexResponse,
    DeletePartitionIndexRequest,
    DeletePartitionIndexResponse,
    GetPartitionIndexesRequest,
    GetPartitionIndexesResponse,
)
from isinglass.operations.catalog.links import lock_table, read_table
from isinglass.operations.catalog.scope import catalog_of
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.partition_indexes import PartitionIndex
from isinglass.store.store import Transaction


@implements("CreatePartitionIndex")
def create_partition_index(
    ctx: Context, request: CreatePartitionIndexRequest
) -> CreatePartitionIndexResponse:
    """Add an index that is CREATING until the table's partitions are entered."""
    catalog = catalog_of(ctx, request)
    with ctx.store.begin() as tx:
        table = lock_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        index_id = add_index(tx, table, request["PartitionIndex"], status="CREATING", now=ctx.now)
        _enqueue(ctx, tx, table, index_id)
        failed = [index for index in tx.partition_indexes.of(table) if index.status == "FAILED"]
        for index in failed[:-MAX_FAILED]:
            tx.partition_indexes.set(index, status="DELETING")
            _enqueue(ctx, tx, table, index.id)
    return {}


def add_index(
    tx: Transaction, table: CatalogTable, given: Mapping[str, Any], *, status: str, now: float
) -> int:
    """Add an index to a locked table, or refuse it; returns its id."""
    name = given["IndexName"]
    keys = index_keys(table.partition_keys, given["Keys"])
    present = [index for index in tx.partition_indexes.of(table) if index.status != "FAILED"]
    if any(index.name == name for index in present):
        raise AlreadyExistsException(f"Index {name} already exists.")
    if len(present) >= MAX_INDEXES:
        raise ResourceNumberLimitExceededException(
            f"A table can have {MAX_INDEXES} partition indexes; {table.name} has them already"
        )
    return tx.partition_indexes.insert(table, name, keys, status, now)


@implements("DeletePartitionIndex")
def delete_partition_index(
    ctx: Context, request: DeletePartitionIndexRequest
) -> DeletePartitionIndexResponse:
    """End an index: it is DELETING until its entries are gone."""
    catalog = catalog_of(ctx, request)
    name = request["IndexName"]
    with ctx.store.begin() as tx:
        table = lock_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        named = [index for index in tx.partition_indexes.of(table) if index.name == name]
        if not named:
            raise EntityNotFoundException(f"Index {name} not found.")
        index = next((index for index in named if index.status != "FAILED"), named[-1])
        if index.status in {"CREATING", "DELETING"}:
            raise ConflictException(f"Index {name} is {index.status}")
        tx.partition_indexes.set(index, status="DELETING")
        _enqueue(ctx, tx, table, index.id)
    return {}


@implements("GetPartitionIndexes")
def get_partition_indexes(ctx: Context, request: GetPartitionIndexesRequest) -> GetPartitionIndexesResponse:
    catalog = catalog_of(ctx, request)
    with ctx.store.read() as tx:
        table = read_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        shown = {key["Name"].lower() for key in table.partition_keys}
        indexes = [
            index
            for index in tx.partition_indexes.of(table)
            if shown.issuperset(key.name.lower() for key in index.keys)
        ]
    forgotten = [index for index in indexes if index.status == "FAILED"][:-MAX_FAILED]
    return {"PartitionIndexDescriptorList": [_shown(index) for index in indexes if index not in forgotten]}


def _shown(index: PartitionIndex) -> Any:
    return {
        "IndexName": index.name,
        "Keys": [{"Name": key.name, "Type": key.type_name} for key in index.keys],
        "IndexStatus": index.status,
        "BackfillErrors": index.errors,
    }


def _enqueue(ctx: Context, tx: Transaction, table: CatalogTable, index_id: int) -> None:
    tx.work.enqueue(KIND, table.account_id, {"index_id": index_id}, now=ctx.now)
