"""Data keys that the catalog is encrypted with."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Document

revision = "0022_catalog_encryption"
down_revision = "0021_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and let exports of catalogs be encrypted."""
    op.create_table(
        "catalog_data_keys",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("key_arn", sa.Text, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_catalog_data_keys"),
        sa.UniqueConstraint("account_id", "key_arn", name="uq_catalog_data_keys_account_id_key_arn"),
    )
    op.add_column("catalog_exports", sa.Column("encryption", Document))
