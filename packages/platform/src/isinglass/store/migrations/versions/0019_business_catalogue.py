"""Glossaries, terms, form and asset types, assets, and what searches find them by."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Serial, Timestamp

revision = "0019_business_catalogue"
down_revision = "0018_statistics_tasks"
branch_labels = None
depends_on = None

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables; every table of the catalog is to become an asset."""
    op.create_table(
        "asset_types",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "name", name="pk_asset_types"),
    )
    op.create_table(
        "assets",
        sa.Column("id", Serial, nullable=False),
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("identifier", Key, nullable=True),
        sa.Column("table_id", Serial, nullable=True),
        sa.Column("type_id", Key, nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("updated_at", Timestamp, nullable=False),
        sa.Column("words_pending", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assets"),
        sa.UniqueConstraint("account_id", "identifier", name="uq_assets_account_id_identifier"),
        sa.UniqueConstraint("account_id", "table_id", name="uq_assets_account_id_table_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_assets_account_id_created_at", "assets", ["account_id", "created_at", "id"])
    op.create_index("ix_assets_account_id_name", "assets", ["account_id", "name", "id"])
    op.create_index("ix_assets_account_id_type_id", "assets", ["account_id", "type_id", "id"])
    op.create_index("ix_assets_account_id_updated_at", "assets", ["account_id", "updated_at", "id"])
    op.create_index(
        "ix_assets_words_pending",
        "assets",
        ["account_id", "id"],
        sqlite_where=sa.text("words_pending = 1"),
        postgresql_where=sa.text("words_pending = 1"),
    )
    op.create_table(
        "client_tokens",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("operation", sa.Text, nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "operation", "token", name="pk_client_tokens"),
    )
    op.create_index("ix_client_tokens_created_at", "client_tokens", ["created_at"])
    op.create_table(
        "form_types",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("schema", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "name", name="pk_form_types"),
    )
    op.create_table(
        "glossaries",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("id", Key, nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_glossaries"),
        sa.UniqueConstraint("account_id", "name", name="uq_glossaries_account_id_name"),
    )
    op.create_table(
        "asset_attachments",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("asset_id", Serial, autoincrement=False, nullable=False),
        sa.Column("form", Key, nullable=False),
        sa.Column("item", Key, nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("form_type", Key, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["assets.id"], name="fk_asset_attachments_asset_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "asset_id", "form", "item", "name", name="pk_asset_attachments"
        ),
    )
    op.create_index(
        "ix_asset_attachments_account_id_form_type", "asset_attachments", ["account_id", "form_type"]
    )
    op.create_table(
        "asset_type_forms",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("asset_type", Key, nullable=False),
        sa.Column("form_name", Key, nullable=False),
        sa.Column("form_type", Key, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "asset_type"],
            ["asset_types.account_id", "asset_types.name"],
            name="fk_asset_type_forms_account_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "asset_type", "form_name", name="pk_asset_type_forms"),
    )
    op.create_index(
        "ix_asset_type_forms_account_id_form_type", "asset_type_forms", ["account_id", "form_type"]
    )
    op.create_table(
        "asset_values",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("holder", Key, nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("text", Key, nullable=False),
        sa.Column("asset_id", Serial, autoincrement=False, nullable=False),
        sa.Column("number", sa.Double, nullable=True),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["assets.id"], name="fk_asset_values_asset_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "holder", "name", "text", "asset_id", name="pk_asset_values"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_asset_values_account_id_number",
        "asset_values",
        ["account_id", "holder", "name", "number", "asset_id"],
    )
    op.create_index("ix_asset_values_asset_id", "asset_values", ["asset_id"])
    op.create_table(
        "asset_words",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("word", Key, nullable=False),
        sa.Column("asset_id", Serial, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["assets.id"], name="fk_asset_words_asset_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "word", "asset_id", name="pk_asset_words"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_asset_words_asset_id", "asset_words", ["asset_id"])
    op.create_table(
        "glossary_terms",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("id", Key, nullable=False),
        sa.Column("glossary_id", Key, nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "glossary_id"],
            ["glossaries.account_id", "glossaries.id"],
            name="fk_glossary_terms_account_id",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_glossary_terms"),
        sa.UniqueConstraint(
            "account_id", "glossary_id", "name", name="uq_glossary_terms_account_id_glossary_id_name"
        ),
    )
    op.create_table(
        "asset_terms",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("asset_id", Serial, autoincrement=False, nullable=False),
        sa.Column("form", Key, nullable=False),
        sa.Column("item", Key, nullable=False),
        sa.Column("term_id", Key, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "term_id"],
            ["glossary_terms.account_id", "glossary_terms.id"],
            name="fk_asset_terms_account_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["assets.id"], name="fk_asset_terms_asset_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "asset_id", "form", "item", "term_id", name="pk_asset_terms"),
    )
    op.create_index("ix_asset_terms_account_id_term_id", "asset_terms", ["account_id", "term_id"])
    op.execute("UPDATE catalog_tables SET words_pending = 1")
