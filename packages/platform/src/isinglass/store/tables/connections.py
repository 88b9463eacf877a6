"""Connections to databases and services, and the types of them that accounts registered."""

import sqlalchemy as sa

from isinglass.store.tables.catalog import Key
from isinglass.store.tables.metadata import Timestamp, metadata

connections = sa.Table(
    "connections",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("name", Key, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    # Sealed, each under its own name (store.sealing).
    sa.Column("secrets", sa.Text, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Column("updated_at", Timestamp, nullable=False),
    sa.Column("updated_by", sa.Text, nullable=False),
    # READY, or FAILED with the reason, and when somebody last tried it.
    sa.Column("status", sa.String(16), nullable=False, server_default="READY"),
    sa.Column("status_reason", sa.Text),
    sa.Column("validated_at", Timestamp),
    # By which rules its secrets were told from the rest (store.connections); 0: before there were two.
    sa.Column("sealing_rules", sa.Integer, nullable=False, server_default="0"),
)

connection_types = sa.Table(
    "connection_types",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("name", Key, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
)
