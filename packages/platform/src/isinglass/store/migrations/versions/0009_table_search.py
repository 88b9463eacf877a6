"""The words of tables, and the orders that searches list them in."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Serial

revision = "0009_table_search"
down_revision = "0008_partition_indexes"
branch_labels = None
depends_on = None

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table; all tables that are there have their words pending."""
    op.create_table(
        "table_words",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("word", Key, nullable=False),
        sa.Column("field", Key, nullable=False),
        sa.Column("table_id", Serial, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("account_id", "word", "field", "table_id", name="pk_table_words"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_table_words_account_id_table_id", "table_words", ["account_id", "table_id"])
    op.add_column(
        "catalog_tables", sa.Column("words_pending", sa.Integer, nullable=False, server_default="1")
    )
    op.create_index(
        "ix_catalog_tables_words_pending",
        "catalog_tables",
        ["account_id", "id"],
        sqlite_where=sa.text("words_pending = 1"),
        postgresql_where=sa.text("words_pending = 1"),
    )
    for column in ("name", "created_at", "updated_at"):
        op.create_index(
            f"ix_catalog_tables_account_id_{column}", "catalog_tables", ["account_id", column, "id"]
        )
