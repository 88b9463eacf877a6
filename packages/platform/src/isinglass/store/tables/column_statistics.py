"""Statistics of columns, of tables and of single partitions."""

import sqlalchemy as sa

from isinglass.store.tables.catalog import CatalogId, Key
from isinglass.store.tables.metadata import Serial, metadata

column_statistics = sa.Table(
    "column_statistics",
    metadata,
    sa.Column("account_id", CatalogId, key="catalog_id", primary_key=True),
    sa.Column("table_id", Serial, primary_key=True, autoincrement=False),
    # The partition's key (domain.partition_values); empty for the statistics of the table as a whole.
    sa.Column("values_key", Key, primary_key=True),
    # Folded: the case of column names does not count.
    sa.Column("column_key", Key, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)
