"""Writes the catalog's events into the transaction that makes the change."""

from collections.abc import Iterable, Sequence

from isinglass.domain.catalog_events import database_event, table_event
from isinglass.domain.catalog_ids import account_of
from isinglass.operations.context import Context
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.store import Transaction


def database_changed(
    ctx: Context, tx: Transaction, change: str, catalog: str, database: str, tables: Iterable[str] = ()
) -> None:
    """Tell of a change to a database or of tables that came or went."""
    event = database_event(ctx.region, catalog, change, database, tables)
    tx.outbox.add(account_of(catalog), event.kind, event.payload, ctx.now)


def table_changed(
    ctx: Context,
    tx: Transaction,
    change: str,
    table: CatalogTable,
    partitions: Iterable[Sequence[str]] = (),
) -> None:
    """Tell of a change to a table or to some of its partitions."""
    event = table_event(ctx.region, table.catalog_id, change, table.database_name, table.name, partitions)
    tx.outbox.add(account_of(table.catalog_id), event.kind, event.payload, ctx.now)
