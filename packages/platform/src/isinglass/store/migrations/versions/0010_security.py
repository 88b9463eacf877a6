"""Security configurations, the catalog's encryption settings, and usage profiles."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Timestamp

revision = "0010_security"
down_revision = "0009_table_search"
branch_labels = None
depends_on = None

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "security_configurations",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "name", name="pk_security_configurations"),
    )
    op.create_table(
        "catalog_encryption",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_catalog_encryption"),
    )
    op.create_table(
        "usage_profiles",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("modified_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "name", name="pk_usage_profiles"),
    )
