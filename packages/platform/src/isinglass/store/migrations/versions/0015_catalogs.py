"""Nested catalogs and what they refer to."""

revision = "0015_catalogs"
down_revision = "0014_permissions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
