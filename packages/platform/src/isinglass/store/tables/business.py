"""The business catalogue: glossaries, terms, form and asset types, assets, and what searches find them by."""

from typing import Any

import sqlalchemy as sa

from isinglass.store.tables.catalog import Key
from isinglass.store.tables.metadata import Serial, Timestamp, metadata

glossaries = sa.Table(
    "glossaries",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("id", Key, primary_key=True),
    sa.Column("name", Key, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.UniqueConstraint("account_id", "name"),
)

glossary_terms = sa.Table(
    "glossary_terms",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("id", Key, primary_key=True),
    sa.Column("glossary_id", Key, nullable=False),
    sa.Column("name", Key, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.UniqueConstraint("account_id", "glossary_id", "name"),
    sa.ForeignKeyConstraint(["account_id", "glossary_id"], ["glossaries.account_id", "glossaries.id"]),
)

form_types = sa.Table(
    "form_types",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("name", Key, primary_key=True),
    # Smithy IDL, as it was given.
    sa.Column("schema", sa.Text, nullable=False),
)

asset_types = sa.Table(
    "asset_types",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("name", Key, primary_key=True),
)

asset_type_forms = sa.Table(
    # No foreign key to form types: those that are built in have no rows.
    "asset_type_forms",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("asset_type", Key, primary_key=True),
    sa.Column("form_name", Key, primary_key=True),
    sa.Column("form_type", Key, nullable=False),
    sa.Index("ix_asset_type_forms_account_id_form_type", "account_id", "form_type"),
    sa.ForeignKeyConstraint(
        ["account_id", "asset_type"], ["asset_types.account_id", "asset_types.name"], ondelete="CASCADE"
    ),
)

assets = sa.Table(
    # Every table of the catalog is an asset: its row is made when something is said of it, or when its words
    # are indexed, and names it by its id, so that it follows the table wherever that goes.
    "assets",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("account_id", sa.String(12), nullable=False),
    sa.Column("identifier", Key),
    sa.Column("table_id", Serial),
    sa.Column("type_id", Key, nullable=False),
    sa.Column("name", Key, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Column("updated_at", Timestamp, nullable=False),
    # 1 until searches know what the asset says now.
    sa.Column("words_pending", sa.Integer, nullable=False),
    sa.UniqueConstraint("account_id", "identifier"),
    sa.UniqueConstraint("account_id", "table_id"),
    sa.Index(
        "ix_assets_words_pending",
        "account_id",
        "id",
        sqlite_where=sa.text("words_pending = 1"),
        postgresql_where=sa.text("words_pending = 1"),
    ),
    # What searches list assets in the order of.
    sa.Index("ix_assets_account_id_name", "account_id", "name", "id"),
    sa.Index("ix_assets_account_id_type_id", "account_id", "type_id", "id"),
    sa.Index("ix_assets_account_id_created_at", "account_id", "created_at", "id"),
    sa.Index("ix_assets_account_id_updated_at", "account_id", "updated_at", "id"),
    sqlite_autoincrement=True,
)


def _of_asset() -> list[sa.Column[Any]]:
    """Name the asset, or one item of one of its iterable forms; both are empty for the asset itself."""
    return [
        sa.Column("account_id", sa.String(12), primary_key=True),
        sa.Column("asset_id", Serial, primary_key=True, autoincrement=False),
        sa.Column("form", Key, primary_key=True),
        sa.Column("item", Key, primary_key=True),
    ]


asset_terms = sa.Table(
    "asset_terms",
    metadata,
    *_of_asset(),
    sa.Column("term_id", Key, primary_key=True),
    sa.Index("ix_asset_terms_account_id_term_id", "account_id", "term_id"),
    sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], ondelete="CASCADE"),
    sa.ForeignKeyConstraint(
        ["account_id", "term_id"], ["glossary_terms.account_id", "glossary_terms.id"], ondelete="CASCADE"
    ),
)

asset_attachments = sa.Table(
    "asset_attachments",
    metadata,
    *_of_asset(),
    sa.Column("name", Key, primary_key=True),
    sa.Column("form_type", Key, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Index("ix_asset_attachments_account_id_form_type", "account_id", "form_type"),
    sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], ondelete="CASCADE"),
)

asset_words = sa.Table(
    # Only what is said of an asset; the words of a table itself are in table_words.
    "asset_words",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("word", Key, primary_key=True),
    sa.Column("asset_id", Serial, primary_key=True, autoincrement=False),
    sa.Index("ix_asset_words_asset_id", "asset_id"),
    sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)

asset_values = sa.Table(
    # What filters look at: the value at `holder.name`; numbers are compared as such.
    "asset_values",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("holder", Key, primary_key=True),
    sa.Column("name", Key, primary_key=True),
    sa.Column("text", Key, primary_key=True),
    sa.Column("asset_id", Serial, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Double),
    sa.Index("ix_asset_values_account_id_number", "account_id", "holder", "name", "number", "asset_id"),
    sa.Index("ix_asset_values_asset_id", "asset_id"),
    sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)

client_tokens = sa.Table(
    # What a request with a client token was answered, so that the same request sent again does nothing more.
    "client_tokens",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("operation", sa.Text, primary_key=True),
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("request", sa.String(64), nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Index("ix_client_tokens_created_at", "created_at"),
)
