"""The data catalog: databases, tables, versions, partitions, tags."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Serial, Timestamp

revision = "0003_catalog"
down_revision = "0002_flow"
branch_labels = None
depends_on = None

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "databases",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "name", name="pk_databases"),
    )
    op.create_table(
        "catalog_tables",
        sa.Column("id", Serial, nullable=False),
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("database_name", Key, nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("updated_at", Timestamp, nullable=False),
        sa.Column("updated_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_catalog_tables"),
        sa.UniqueConstraint(
            "account_id", "database_name", "name", name="uq_catalog_tables_account_id_database_name_name"
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "database_name"],
            ["databases.account_id", "databases.name"],
            name="fk_catalog_tables_account_id",
            onupdate="CASCADE",
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "table_versions",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("table_id", Serial, nullable=False, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "table_id", "version", name="pk_table_versions"),
    )
    op.create_table(
        "partitions",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("table_id", Serial, nullable=False, autoincrement=False),
        sa.Column("values_key", Key, nullable=False),
        sa.Column("partition_values", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "table_id", "values_key", name="pk_partitions"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tags",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("resource", Key, nullable=False),
        sa.Column("key", Key, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "resource", "key", name="pk_tags"),
    )
