"""Security configurations, the catalog's encryption settings, and usage profiles."""

import sqlalchemy as sa

from isinglass.store.tables.catalog import Key
from isinglass.store.tables.metadata import Timestamp, metadata

security_configurations = sa.Table(
    "security_configurations",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("name", Key, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
)

catalog_encryption = sa.Table(
    "catalog_encryption",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)

usage_profiles = sa.Table(
    "usage_profiles",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("name", Key, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Column("modified_at", Timestamp, nullable=False),
)
