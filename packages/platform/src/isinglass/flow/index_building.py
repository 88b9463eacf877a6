"""Build and drop partition indexes, in steps that a crash or another worker can go on from."""

from isinglass.domain.partition_index import MAX_ERRED
from isinglass.store.partition_indexes import PartitionIndex
from isinglass.store.store import Transaction
from isinglass.store.work import WorkItem
from isinglass.store.work_context import WorkContext

#: The kind of work that operations enqueue; its payload names the index.
KIND = "partition_index"

#: Partitions entered or removed in one transaction, while writers of the table wait.
STEP = 2_000


def handle(ctx: WorkContext, item: WorkItem) -> None:
    """Build an index that is CREATING; drop the entries of one that is DELETING or FAILED."""
    while not ctx.lost.is_set():
        with ctx.store.begin() as tx:
            if not tx.work.holds(item):
                return
            if ctx.stopping.is_set():
                tx.work.release(item, ctx.now)
                return
            index = tx.partition_indexes.lock(item.payload["index_id"])
            if index is None or _step(tx, index):
                tx.work.finish(item)
                return


def _step(tx: Transaction, index: PartitionIndex) -> bool:
    """Do the next step; tells whether it was the last."""
    match index.status:
        case "CREATING":
            return _build(tx, index)
        case "DELETING" | "FAILED":
            if tx.partition_indexes.entries.purge(index, STEP) == STEP:
                return False
            if index.status == "DELETING":
                tx.partition_indexes.delete(index)
    return True


def _build(tx: Transaction, index: PartitionIndex) -> bool:
    last, bad = tx.partition_indexes.entries.build(index, STEP)
    if bad:
        errors = [
            {"Code": code, "Partitions": [{"Values": values} for values in partitions[:MAX_ERRED]]}
            for code, partitions in sorted(bad.items())
        ]
        tx.partition_indexes.set(index, status="FAILED", backfill_errors=errors)
        return False  # its entries are next
    if last is not None:
        tx.partition_indexes.set(index, built_to=last)
        return False
    tx.partition_indexes.set(index, status="ACTIVE", built_to=None)
    return True
