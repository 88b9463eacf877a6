"""The words of tables, for SearchTables."""

import sqlalchemy as sa

from isinglass.store.tables.catalog import CatalogId, Key
from isinglass.store.tables.metadata import Serial, metadata

table_words = sa.Table(
    # Searched by word first: text that names no field looks for the word in all of them.
    "table_words",
    metadata,
    sa.Column("account_id", CatalogId, key="catalog_id", primary_key=True),
    sa.Column("word", Key, primary_key=True),
    sa.Column("field", Key, primary_key=True),
    sa.Column("table_id", Serial, primary_key=True, autoincrement=False),
    # How a table's own words are found when it changed or goes, and whether it has a certain one.
    sa.Index("ix_table_words_account_id_table_id", "catalog_id", "table_id", "word"),
    sqlite_with_rowid=False,
)
