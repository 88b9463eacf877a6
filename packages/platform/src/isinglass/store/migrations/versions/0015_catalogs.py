"""Nested catalogs and what they refer to."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Timestamp

revision = "0015_catalogs"
down_revision = "0014_permissions"
branch_labels = None
depends_on = None

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

#: What a catalog holds: its first key named an account only, in twelve characters.
_OF_CATALOGS = (
    "databases",
    "catalog_tables",
    "table_versions",
    "partitions",
    "column_statistics",
    "partition_indexes",
    "partition_index_entries",
    "table_words",
    "user_functions",
)


def upgrade() -> None:
    """Create the tables, and let ids of nested catalogs fit where those of accounts are."""
    op.create_table(
        "catalogs",
        sa.Column("catalog_id", Key, nullable=False),
        sa.Column("parent_id", sa.String(255), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("updated_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("catalog_id", name="pk_catalogs"),
    )
    op.create_index("ix_catalogs_parent_id", "catalogs", ["parent_id", "catalog_id"])
    op.create_table(
        "identity_center_configurations",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_identity_center_configurations"),
    )
    if op.get_bind().dialect.name == "sqlite":
        return  # it ignores the length of text; making a table anew would copy millions of partitions
    for table in _OF_CATALOGS:
        op.alter_column(table, "account_id", type_=sa.String(255), existing_type=sa.String(12))
