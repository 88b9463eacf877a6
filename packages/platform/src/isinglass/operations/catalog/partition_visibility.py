"""Which partitions of a table show to a caller that may read only some of its cells."""

from collections.abc import Callable, Sequence

from isinglass.domain.permissions.cutting import RESTRICTED, columns_of, names_of
from isinglass.domain.permissions.partition_outcomes import may_hold
from isinglass.domain.permissions.row_filter import InvalidRowFilter, compile_row_filter
from isinglass.operations.context import Context
from isinglass.operations.visibility import asker_of, denied
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.store import Transaction


def partition_test(
    ctx: Context, tx: Transaction, table: CatalogTable
) -> Callable[[Sequence[str]], bool] | None:
    """Give a test of the partitions that show; None when all do.

    Values of partition keys are cells like others: keys that may not be read close all partitions, and row
    filters those that cannot hold a row that they let through.
    """
    if table.restricted <= RESTRICTED:
        return None
    whole = tx.tables.require(table.catalog_id, table.database_name, table.name)
    access = tx.table_access.of(whole, asker_of(ctx))
    if access.permissions & {"ALTER", "INSERT"}:
        return None  # whoever writes partitions sees those there are
    keys = [key["Name"] for key in whole.partition_keys]
    if not access.cells:
        raise denied(["SELECT"], table.name)
    closed = set(keys) - set(access.columns(keys))
    if closed:
        raise denied(["SELECT"], ", ".join(f"{table.name}.{key}" for key in sorted(closed)))
    filters = access.rows(names_of(whole.document))
    if filters is None:
        return None
    try:
        trees = [compile_row_filter(text, columns_of(whole.document)) for text in filters]
    except InvalidRowFilter as error:
        raise denied(["SELECT"], f"{table.name} ({error})") from error
    return lambda values: any(may_hold(tree, whole.partition_keys, values) for tree in trees)


def check_statistics_shown(ctx: Context, tx: Transaction, table: CatalogTable) -> None:
    """Refuse statistics to callers under a row filter: least and most values are of rows not theirs."""
    if table.restricted <= RESTRICTED:
        return
    whole = tx.tables.require(table.catalog_id, table.database_name, table.name)
    access = tx.table_access.of(whole, asker_of(ctx))
    if access.rows(names_of(whole.document)) is not None and not access.allows("ALTER"):
        raise denied(["SELECT"], f"all rows of {table.name}")
