"""What the catalog keeps of the past."""

revision = "0016_history"
down_revision = "0015_catalogs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
