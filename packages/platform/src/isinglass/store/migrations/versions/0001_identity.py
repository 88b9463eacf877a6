"""Accounts, access keys and bucket owners."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Document, Timestamp

revision = "0001_identity"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_accounts"),
    )
    op.create_table(
        "access_keys",
        sa.Column("access_key_id", sa.String(128), nullable=False),
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary, nullable=False),
        sa.Column("principal_arn", sa.String(2048), nullable=False),
        sa.Column("session_token_hash", sa.LargeBinary),
        sa.Column("expires_at", Timestamp),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("context", Document),
        sa.PrimaryKeyConstraint("access_key_id", name="pk_access_keys"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name="fk_access_keys_account_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_access_keys_expires_at", "access_keys", ["expires_at"])
    op.create_index("ix_access_keys_account_id", "access_keys", ["account_id"])
    op.create_table(
        "buckets",
        sa.Column("name", sa.String(63), nullable=False),
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_buckets"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name="fk_buckets_account_id"),
    )
    op.create_index("ix_buckets_account_id", "buckets", ["account_id"])
