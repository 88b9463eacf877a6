"""Data keys that the catalog is encrypted with."""

revision = "0022_catalog_encryption"
down_revision = "0021_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
