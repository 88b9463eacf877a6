"""Nothing yet."""

revision = "0025_spare"
down_revision = "0024_connection_types"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
