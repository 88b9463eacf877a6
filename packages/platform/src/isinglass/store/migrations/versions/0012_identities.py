"""Users, groups, roles, their policies and their sessions."""

revision = "0012_identities"
down_revision = "0011_connections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
