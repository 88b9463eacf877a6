"""Encryption keys, their material and their aliases."""

revision = "0021_keys"
down_revision = "0020_partition_forms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
