"""What partitions of a table have in common."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Serial

revision = "0020_partition_forms"
down_revision = "0019_business_catalogue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; partitions that are there already keep their whole documents."""
    op.create_table(
        "partition_forms",
        sa.Column("account_id", sa.String(255), nullable=False),
        sa.Column("table_id", Serial, autoincrement=False, nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("form", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "table_id", "id", name="pk_partition_forms"),
        sqlite_with_rowid=False,
    )
    op.add_column("partitions", sa.Column("form", sa.String(32), nullable=True))
