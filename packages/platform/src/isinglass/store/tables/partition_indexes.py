"""Partition indexes, and their entries: the table's partitions in the order of other keys."""

import sqlalchemy as sa

from isinglass.store.tables.catalog import CatalogId, Key
from isinglass.store.tables.metadata import Serial, Timestamp, metadata

partition_indexes = sa.Table(
    "partition_indexes",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("account_id", CatalogId, key="catalog_id", nullable=False),
    sa.Column("table_id", Serial, nullable=False),
    # Not unique: indexes that failed keep their names.
    sa.Column("name", Key, nullable=False),
    sa.Column("keys", sa.Text, nullable=False),
    # CREATING, ACTIVE, DELETING or FAILED
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("backfill_errors", sa.Text),
    # The key of the last partition that building has seen.
    sa.Column("built_to", Key),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Index("ix_partition_indexes_account_id_table_id", "catalog_id", "table_id"),
    # Ids are never used twice: entries of a dropped index must not become those of another.
    sqlite_autoincrement=True,
)

partition_index_entries = sa.Table(
    # No foreign keys: their checks would be paid per partition. Writers hold the table's row instead.
    "partition_index_entries",
    metadata,
    sa.Column("account_id", CatalogId, key="catalog_id", primary_key=True),
    sa.Column("table_id", Serial, primary_key=True, autoincrement=False),
    sa.Column("index_id", Serial, primary_key=True, autoincrement=False),
    # The indexed values in an order-keeping encoding (domain.partition_index).
    sa.Column("entry_key", Key, primary_key=True),
    # The partition's own key: entries of equal values come in the order of their partitions.
    sa.Column("values_key", Key, primary_key=True),
    sqlite_with_rowid=False,
)
