"""The data catalog: databases, tables with their versions, partitions, and tags of any resource.

Documents are JSON text, not JSONB: they are answered as they were given, never searched inside, may hold
characters that JSONB refuses, and parse fastest as text.
"""

import sqlalchemy as sa

from isinglass.store.tables.metadata import Serial, Timestamp, metadata

#: Text that compares by code point on both databases, so that listings and key ranges agree everywhere.
Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

#: The first key of what a catalog holds: an account's own catalog goes by the account's id, one nested in
#: it by `account:name/name`. The columns are called account_id, from when each account had one catalog.
CatalogId = sa.String(255)

databases = sa.Table(
    "databases",
    metadata,
    sa.Column("account_id", CatalogId, key="catalog_id", primary_key=True),
    sa.Column("name", Key, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    # 1 when IAM alone does not decide who may use it, but the permissions table does.
    sa.Column("restricted", sa.Integer, nullable=False, server_default="0"),
)

catalog_tables = sa.Table(
    # The current version of each table lives here; only the earlier ones are in table_versions.
    "catalog_tables",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("account_id", CatalogId, key="catalog_id", nullable=False),
    sa.Column("database_name", Key, nullable=False),
    sa.Column("name", Key, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    # When and by whom the current version was made.
    sa.Column("updated_at", Timestamp, nullable=False),
    sa.Column("updated_by", sa.Text, nullable=False),
    # What else is known of that change (domain.catalog_changes); empty for what is older than that.
    sa.Column("change", sa.Text),
    # 1 until the words of the current version are in table_words, which is done for many tables at once;
    # 2 when they cannot be read, because the document was damaged.
    sa.Column("words_pending", sa.Integer, nullable=False, server_default="1"),
    # 1 when IAM alone does not decide who may use it, but the permissions table does.
    sa.Column("restricted", sa.Integer, nullable=False, server_default="0"),
    # The place of its files on S3 (`bucket/path/`), and whether it lies in a registered location.
    sa.Column("location", Key),
    sa.Column("registered", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("catalog_id", "database_name", "name"),
    sa.Index(
        "ix_catalog_tables_words_pending",
        "catalog_id",
        "id",
        sqlite_where=sa.text("words_pending = 1"),
        postgresql_where=sa.text("words_pending = 1"),
    ),
    # What searches list tables in the order of.
    sa.Index("ix_catalog_tables_account_id_name", "catalog_id", "name", "id"),
    sa.Index("ix_catalog_tables_account_id_created_at", "catalog_id", "created_at", "id"),
    sa.Index("ix_catalog_tables_account_id_updated_at", "catalog_id", "updated_at", "id"),
    sa.Index("ix_catalog_tables_account_id_location", "catalog_id", "location"),
    sa.ForeignKeyConstraint(
        ["catalog_id", "database_name"],
        ["databases.catalog_id", "databases.name"],
        onupdate="CASCADE",
    ),
    # Ids are never used twice: a recreated table must not find what belonged to its namesake.
    sqlite_autoincrement=True,
)

table_versions = sa.Table(
    "table_versions",
    metadata,
    sa.Column("account_id", CatalogId, key="catalog_id", primary_key=True),
    sa.Column("table_id", Serial, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("change", sa.Text),
)

partitions = sa.Table(
    # No foreign key to the table: its check would be paid per row. Writers hold the table's row instead.
    "partitions",
    metadata,
    sa.Column("account_id", CatalogId, key="catalog_id", primary_key=True),
    sa.Column("table_id", Serial, primary_key=True, autoincrement=False),
    # The values in an order-keeping encoding (domain.partition_values): equality on the leading keys and
    # a range on the next one is a range of this column.
    sa.Column("values_key", Key, primary_key=True),
    sa.Column("partition_values", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    # Which of partition_forms holds the rest of the document; none where the document is whole.
    sa.Column("form", sa.String(32)),
    sqlite_with_rowid=False,
)

partition_forms = sa.Table(
    # What partitions of a table have in common, by a digest of it.
    "partition_forms",
    metadata,
    sa.Column("account_id", CatalogId, key="catalog_id", primary_key=True),
    sa.Column("table_id", Serial, primary_key=True, autoincrement=False),
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("form", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

tags = sa.Table(
    "tags",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    # The ARN's last part, for example "job/nightly".
    sa.Column("resource", Key, primary_key=True),
    sa.Column("key", Key, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
