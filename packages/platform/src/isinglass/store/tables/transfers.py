"""Imports and exports of catalogs: the exports that the server keeps up to date."""

import sqlalchemy as sa

from isinglass.store.tables.metadata import Document, Timestamp, metadata

catalog_exports = sa.Table(
    "catalog_exports",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    # ENABLED or DISABLED: what is wanted; the status tells how far that is.
    sa.Column("setting", sa.String(16), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("region", sa.String(32), nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Column("updated_at", Timestamp, nullable=False),
    # When the newest export began, and the newest event there was then.
    sa.Column("exported_at", Timestamp),
    sa.Column("exported_event", sa.BigInteger),
    # EncryptionConfiguration of the operation; none where the file need not be encrypted.
    sa.Column("encryption", Document),
)
