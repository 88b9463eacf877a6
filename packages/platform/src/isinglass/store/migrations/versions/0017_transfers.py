"""Imports and exports of catalogs."""

revision = "0017_transfers"
down_revision = "0016_history"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
