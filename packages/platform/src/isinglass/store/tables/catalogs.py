"""Catalogs nested in those of accounts; an account's own catalog needs no row."""

import sqlalchemy as sa

from isinglass.store.tables.catalog import CatalogId, Key
from isinglass.store.tables.metadata import Timestamp, metadata

catalogs = sa.Table(
    "catalogs",
    metadata,
    sa.Column("catalog_id", Key, primary_key=True),
    sa.Column("parent_id", CatalogId, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Column("updated_at", Timestamp, nullable=False),
    sa.Index("ix_catalogs_parent_id", "parent_id", "catalog_id"),
)

identity_center = sa.Table(
    "identity_center_configurations",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)
