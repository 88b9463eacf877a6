"""Who may do what with which part of a catalog, and what that takes: filters, places, settings."""

import sqlalchemy as sa

from isinglass.store.tables.catalog import CatalogId, Key
from isinglass.store.tables.metadata import Serial, Timestamp, metadata

permissions = sa.Table(
    # One principal's permissions on one resource. Tables go by their id: neither a rename nor a namesake
    # made later changes whom they are open to. What is not about one table has the id 0.
    "permissions",
    metadata,
    sa.Column("account_id", CatalogId, key="catalog_id", primary_key=True),
    sa.Column("table_id", Serial, primary_key=True, autoincrement=False),
    sa.Column("database_name", Key, primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    # A cells filter's name, a location's path; for columns "*" when they are all but some.
    sa.Column("item", Key, primary_key=True),
    sa.Column("principal", Key, primary_key=True),
    # JSON: the columns by name, or those left out.
    sa.Column("columns", sa.Text, nullable=False),
    # JSON lists. For IAM_ALLOWED_PRINCIPALS an empty one says that the table or database is restricted.
    sa.Column("permissions", sa.Text, nullable=False),
    sa.Column("grantable", sa.Text, nullable=False),
    sa.Column("updated_at", Timestamp, nullable=False),
    sa.Column("updated_by", sa.Text, nullable=False),
    sa.Index("ix_permissions_account_id_principal", "catalog_id", "principal"),
)

cells_filters = sa.Table(
    "cells_filters",
    metadata,
    sa.Column("account_id", CatalogId, key="catalog_id", primary_key=True),
    sa.Column("table_id", Serial, primary_key=True, autoincrement=False),
    sa.Column("name", Key, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("version", sa.String(36), nullable=False),
)

registered_locations = sa.Table(
    # Places on S3 that are reached through permissions only; the path ends with a slash.
    "registered_locations",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("path", Key, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("modified_at", Timestamp, nullable=False),
)

data_lake_settings = sa.Table(
    "data_lake_settings",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)
