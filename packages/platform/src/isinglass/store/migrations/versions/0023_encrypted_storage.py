"""How objects and logs are encrypted."""

revision = "0023_encrypted_storage"
down_revision = "0022_catalog_encryption"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
