"""User-defined functions."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Timestamp

revision = "0006_functions"
down_revision = "0005_jobs"
branch_labels = None
depends_on = None

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "user_functions",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("database_name", Key, nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "database_name", "name", name="pk_user_functions"),
        sa.ForeignKeyConstraint(
            ["account_id", "database_name"],
            ["databases.account_id", "databases.name"],
            name="fk_user_functions_account_id",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
    )
