"""Permissions on databases, tables, columns and rows."""

revision = "0014_permissions"
down_revision = "0013_resource_policies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
