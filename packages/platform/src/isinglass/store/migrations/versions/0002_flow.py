"""Durable work and the outbox."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Document, Serial, Timestamp

revision = "0002_flow"
down_revision = "0001_identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "work",
        sa.Column("id", Serial, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("payload", Document, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("run_at", Timestamp, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False, server_default="0"),
        sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
        sa.Column("claimed_by", sa.String(128)),
        sa.Column("lease_until", Timestamp),
        sa.Column("dedupe_key", sa.String(255)),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_work"),
        sa.UniqueConstraint("dedupe_key", name="uq_work_dedupe_key"),
    )
    op.create_index("ix_work_state_run_at", "work", ["state", "run_at"])
    op.create_table(
        "outbox",
        sa.Column("id", Serial, nullable=False),
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("kind", sa.String(128), nullable=False),
        sa.Column("payload", Document, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("delivered_at", Timestamp),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_delivered_at", "outbox", ["delivered_at", "id"])
