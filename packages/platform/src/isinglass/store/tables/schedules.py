"""Schedules: what is started by the clock, and when next."""

import sqlalchemy as sa

from isinglass.store.tables.catalog import Key
from isinglass.store.tables.metadata import Timestamp, metadata

schedules = sa.Table(
    "schedules",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    # What is started ("crawler", "column_statistics"), and which one.
    sa.Column("kind", sa.String(64), primary_key=True),
    sa.Column("name", Key, primary_key=True),
    sa.Column("expression", sa.Text, nullable=False),
    sa.Column("region", sa.String(32), nullable=False),
    # SCHEDULED or NOT_SCHEDULED.
    sa.Column("state", sa.String(16), nullable=False),
    # When it is due; null while it is stopped or has no due time left.
    sa.Column("next_at", Timestamp),
    sa.Column("last_at", Timestamp),
    sa.Index("ix_schedules_next_at", "next_at"),
)
