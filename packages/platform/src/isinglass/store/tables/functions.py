"""User-defined functions of the catalog's databases."""

import sqlalchemy as sa

from isinglass.store.tables.catalog import CatalogId, Key
from isinglass.store.tables.metadata import Timestamp, metadata

user_functions = sa.Table(
    "user_functions",
    metadata,
    sa.Column("account_id", CatalogId, key="catalog_id", primary_key=True),
    sa.Column("database_name", Key, primary_key=True),
    sa.Column("name", Key, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    # Functions follow their database when it is renamed, and go when it is deleted.
    sa.ForeignKeyConstraint(
        ["catalog_id", "database_name"],
        ["databases.catalog_id", "databases.name"],
        onupdate="CASCADE",
        ondelete="CASCADE",
    ),
)
