"""Encryption keys, their material and their aliases."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.catalog import Key
from isinglass.store.tables.metadata import Timestamp

revision = "0021_keys"
down_revision = "0020_partition_forms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "encryption_keys",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("manager", sa.String(8), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("current", sa.Integer, nullable=False),
        sa.Column("rotation_days", sa.Integer, nullable=False),
        sa.Column("rotates_at", Timestamp),
        sa.Column("deletion_at", Timestamp),
        sa.Column("waiting_days", sa.Integer),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_encryption_keys"),
    )
    op.create_index("ix_encryption_keys_id", "encryption_keys", ["id"], unique=True)
    op.create_index("ix_encryption_keys_deletion_at", "encryption_keys", ["deletion_at"])
    op.create_index("ix_encryption_keys_rotates_at", "encryption_keys", ["rotates_at"])
    op.create_table(
        "encryption_key_material",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("key_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "key_id", "number", name="pk_encryption_key_material"),
    )
    op.create_table(
        "encryption_key_aliases",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("key_id", sa.String(36), nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("updated_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "name", name="pk_encryption_key_aliases"),
    )
    op.create_index(
        "ix_encryption_key_aliases_account_id_key_id", "encryption_key_aliases", ["account_id", "key_id"]
    )
