"""Tasks that compute column statistics, and schedules."""

revision = "0018_statistics_tasks"
down_revision = "0017_transfers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
