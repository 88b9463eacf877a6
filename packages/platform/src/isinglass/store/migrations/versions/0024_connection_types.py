"""Connection types that accounts registered."""

revision = "0024_connection_types"
down_revision = "0023_encrypted_storage"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
