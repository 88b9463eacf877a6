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

catalog_data_keys = sa.Table(
    # What documents of the account's catalogs are sealed with; each is wrapped by a key of the Key Management
    # Service, and never deleted. Ids are random: one that was rolled back must not come again for another.
    "catalog_data_keys",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("key_arn", sa.Text, nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("account_id", "key_arn"),
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
