"""Partition indexes and their entries."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Serial, Timestamp

revision = "0008_partition_indexes"
down_revision = "0007_column_statistics"
branch_labels = None
depends_on = None

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "partition_indexes",
        sa.Column("id", Serial, nullable=False),
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("table_id", Serial, nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("keys", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("backfill_errors", sa.Text),
        sa.Column("built_to", Key),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_partition_indexes"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_partition_indexes_account_id_table_id", "partition_indexes", ["account_id", "table_id"]
    )
    op.create_table(
        "partition_index_entries",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("table_id", Serial, nullable=False, autoincrement=False),
        sa.Column("index_id", Serial, nullable=False, autoincrement=False),
        sa.Column("entry_key", Key, nullable=False),
        sa.Column("values_key", Key, nullable=False),
        sa.PrimaryKeyConstraint(
            "account_id",
            "table_id",
            "index_id",
            "entry_key",
            "values_key",
            name="pk_partition_index_entries",
        ),
        sqlite_with_rowid=False,
    )
