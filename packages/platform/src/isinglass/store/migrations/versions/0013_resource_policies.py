"""Policies of resources, and what decides who may call what."""

revision = "0013_resource_policies"
down_revision = "0012_identities"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
