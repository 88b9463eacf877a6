"""How objects and logs are encrypted."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Document

revision = "0023_encrypted_storage"
down_revision = "0022_catalog_encryption"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let buckets have an encryption that is not asked for, and runs keep what they started with."""
    op.add_column("buckets", sa.Column("encryption", Document))
    op.add_column("job_runs", sa.Column("encryption", Document))
