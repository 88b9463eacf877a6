"""The policy of each account's catalog."""

import sqlalchemy as sa

from isinglass.store.tables.metadata import Timestamp, metadata

resource_policies = sa.Table(
    "resource_policies",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("hybrid", sa.Boolean, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Column("modified_at", Timestamp, nullable=False),
)
