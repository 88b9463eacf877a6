"""What the catalog keeps of the past: who made each version, and what was deleted."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Serial, Timestamp

revision = "0016_history"
down_revision = "0015_catalogs"
branch_labels = None
depends_on = None

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
CatalogId = sa.String(255)


def upgrade() -> None:
    """Create the tables; versions that are there were made by nobody knows what."""
    for table in ("catalog_tables", "table_versions"):
        op.add_column(table, sa.Column("change", sa.Text))
    op.create_table(
        "deleted_tables",
        sa.Column("id", Serial, nullable=False, autoincrement=False),
        sa.Column("account_id", CatalogId, nullable=False),
        sa.Column("database_name", Key, nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("updated_at", Timestamp, nullable=False),
        sa.Column("updated_by", sa.Text, nullable=False),
        sa.Column("change", sa.Text),
        sa.Column("restricted", sa.Integer, nullable=False),
        sa.Column("location", Key),
        sa.Column("deleted_at", Timestamp, nullable=False),
        sa.Column("deleted_by", sa.Text, nullable=False),
        sa.Column("deletion", sa.Text, nullable=False),
        sa.Column("database_id", Serial),
        sa.Column("purged", sa.Integer, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name="pk_deleted_tables"),
    )
    op.create_table(
        "deleted_databases",
        sa.Column("id", Serial, nullable=False),
        sa.Column("account_id", CatalogId, nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("contents", sa.Text, nullable=False),
        sa.Column("deleted_at", Timestamp, nullable=False),
        sa.Column("deleted_by", sa.Text, nullable=False),
        sa.Column("deletion", sa.Text, nullable=False),
        sa.Column("purged", sa.Integer, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name="pk_deleted_databases"),
        sqlite_autoincrement=True,
    )
    for name, columns in (
        ("deleted_tables", ["account_id", "database_name", "name", "id"]),
        ("deleted_databases", ["account_id", "name", "id"]),
    ):
        op.create_index(f"ix_{name}_{'_'.join(columns[:2])}", name, columns)
        op.create_index(f"ix_{name}_purged_deleted_at", name, ["purged", "deleted_at"])
    op.create_index("ix_deleted_tables_database_id", "deleted_tables", ["database_id"])
    _create_histories()


def _create_histories() -> None:
    op.create_table(
        "table_history",
        sa.Column("id", Serial, nullable=False),
        sa.Column("account_id", CatalogId, nullable=False),
        sa.Column("table_id", Serial, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("made_at", Timestamp, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("change", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_table_history"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_table_history_account_id_table_id", "table_history", ["account_id", "table_id", "version", "id"]
    )
    op.create_table(
        "database_history",
        sa.Column("id", Serial, nullable=False),
        sa.Column("account_id", CatalogId, nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("made_at", Timestamp, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("change", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_database_history"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_database_history_account_id_name", "database_history", ["account_id", "name", "id"])
