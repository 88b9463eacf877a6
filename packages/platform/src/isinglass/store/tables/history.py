"""What was deleted from the catalog and can be restored, and what happened besides new versions."""

import sqlalchemy as sa

from isinglass.store.tables.catalog import CatalogId, Key
from isinglass.store.tables.metadata import Serial, Timestamp, metadata

deleted_tables = sa.Table(
    # Rows of catalog_tables, moved here with their ids. What belongs to a table by its id stays where it is:
    # deleting and restoring a table costs the same whatever it holds.
    "deleted_tables",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=False),
    sa.Column("account_id", CatalogId, key="catalog_id", nullable=False),
    sa.Column("database_name", Key, nullable=False),
    sa.Column("name", Key, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("updated_at", Timestamp, nullable=False),
    sa.Column("updated_by", sa.Text, nullable=False),
    sa.Column("change", sa.Text),
    sa.Column("restricted", sa.Integer, nullable=False),
    sa.Column("location", Key),
    sa.Column("deleted_at", Timestamp, nullable=False),
    sa.Column("deleted_by", sa.Text, nullable=False),
    sa.Column("deletion", sa.Text, nullable=False),
    # The deleted database that it went with; none for a table that was deleted by itself.
    sa.Column("database_id", Serial),
    # 1 when nobody can restore it any more: it goes piece by piece.
    sa.Column("purged", sa.Integer, nullable=False, server_default="0"),
    sa.Index("ix_deleted_tables_account_id_database_name", "catalog_id", "database_name", "name", "id"),
    sa.Index("ix_deleted_tables_database_id", "database_id"),
    sa.Index("ix_deleted_tables_purged_deleted_at", "purged", "deleted_at"),
)

deleted_databases = sa.Table(
    "deleted_databases",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("account_id", CatalogId, key="catalog_id", nullable=False),
    sa.Column("name", Key, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    # Its tags and functions, which have no life without it.
    sa.Column("contents", sa.Text, nullable=False),
    sa.Column("deleted_at", Timestamp, nullable=False),
    sa.Column("deleted_by", sa.Text, nullable=False),
    sa.Column("deletion", sa.Text, nullable=False),
    sa.Column("purged", sa.Integer, nullable=False, server_default="0"),
    sa.Index("ix_deleted_databases_account_id_name", "catalog_id", "name", "id"),
    sa.Index("ix_deleted_databases_purged_deleted_at", "purged", "deleted_at"),
    sqlite_autoincrement=True,
)

table_history = sa.Table(
    # Deletions and restores, and the creation of a table whose first version is not kept. Who made any other
    # version, and why, stands with the version.
    "table_history",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("account_id", CatalogId, key="catalog_id", nullable=False),
    sa.Column("table_id", Serial, nullable=False),
    # The current version at that time.
    sa.Column("version", sa.Integer, nullable=False),
    # CREATED, DELETED or RESTORED
    sa.Column("event", sa.String(16), nullable=False),
    sa.Column("made_at", Timestamp, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("change", sa.Text, nullable=False),
    sa.Index("ix_table_history_account_id_table_id", "catalog_id", "table_id", "version", "id"),
    sqlite_autoincrement=True,
)

database_history = sa.Table(
    "database_history",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("account_id", CatalogId, key="catalog_id", nullable=False),
    sa.Column("name", Key, nullable=False),
    # CREATED, UPDATED, RENAMED, DELETED or RESTORED
    sa.Column("event", sa.String(16), nullable=False),
    sa.Column("made_at", Timestamp, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("change", sa.Text, nullable=False),
    # The definition after the change; that which was deleted, for a deletion.
    sa.Column("document", sa.Text, nullable=False),
    sa.Index("ix_database_history_account_id_name", "catalog_id", "name", "id"),
    sqlite_autoincrement=True,
)
