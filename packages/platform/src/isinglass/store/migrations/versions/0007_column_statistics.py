"""Column statistics of tables and partitions."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Serial

revision = "0007_column_statistics"
down_revision = "0006_functions"
branch_labels = None
depends_on = None

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "column_statistics",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("table_id", Serial, nullable=False, autoincrement=False),
        sa.Column("values_key", Key, nullable=False),
        sa.Column("column_key", Key, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint(
            "account_id", "table_id", "values_key", "column_key", name="pk_column_statistics"
        ),
    )
