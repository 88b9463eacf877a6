"""Durable work and the outbox: what must happen after a state change commits with it."""

import sqlalchemy as sa

from isinglass.store.tables.metadata import Document, Serial, Timestamp, metadata

work = sa.Table(
    "work",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("account_id", sa.String(12), nullable=False),
    sa.Column("payload", Document, nullable=False),
    # ready, running or dead; finished work is deleted with its outcome in the same transaction.
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("run_at", Timestamp, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False, server_default="0"),
    # The fencing token: every write of the holder names the attempt it was given.
    sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
    sa.Column("claimed_by", sa.String(128)),
    sa.Column("lease_until", Timestamp),
    sa.Column("dedupe_key", sa.String(255), unique=True),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Index("ix_work_state_run_at", "state", "run_at"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("account_id", sa.String(12), nullable=False),
    # EventBridge's detail-type, for example "Glue Crawler State Change".
    sa.Column("kind", sa.String(128), nullable=False),
    sa.Column("payload", Document, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Column("delivered_at", Timestamp),
    sa.Index("ix_outbox_delivered_at", "delivered_at", "id"),
    sqlite_autoincrement=True,
)
