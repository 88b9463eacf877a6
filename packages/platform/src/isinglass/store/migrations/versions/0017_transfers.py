"""Imports and exports of catalogs."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Timestamp

revision = "0017_transfers"
down_revision = "0016_history"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "catalog_exports",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("setting", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("updated_at", Timestamp, nullable=False),
        sa.Column("exported_at", Timestamp),
        sa.Column("exported_event", sa.BigInteger),
        sa.PrimaryKeyConstraint("account_id", name="pk_catalog_exports"),
    )
