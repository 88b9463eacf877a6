"""Permissions on databases, tables, columns and rows."""

import json

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Serial, Timestamp

revision = "0014_permissions"
down_revision = "0013_resource_policies"
branch_labels = None
depends_on = None

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
CatalogId = sa.String(255)

#: Tables whose locations are noted in one statement.
_BATCH = 1000


def upgrade() -> None:
    """Create the tables; what the catalog has is open to whom IAM lets through, as it was."""
    op.create_table(
        "permissions",
        sa.Column("account_id", CatalogId, nullable=False),
        sa.Column("table_id", Serial, autoincrement=False, nullable=False),
        sa.Column("database_name", Key, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("item", Key, nullable=False),
        sa.Column("principal", Key, nullable=False),
        sa.Column("columns", sa.Text, nullable=False),
        sa.Column("permissions", sa.Text, nullable=False),
        sa.Column("grantable", sa.Text, nullable=False),
        sa.Column("updated_at", Timestamp, nullable=False),
        sa.Column("updated_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint(
            "account_id", "table_id", "database_name", "kind", "item", "principal", name="pk_permissions"
        ),
    )
    op.create_index("ix_permissions_account_id_principal", "permissions", ["account_id", "principal"])
    op.create_table(
        "cells_filters",
        sa.Column("account_id", CatalogId, nullable=False),
        sa.Column("table_id", Serial, autoincrement=False, nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("version", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "table_id", "name", name="pk_cells_filters"),
    )
    op.create_table(
        "registered_locations",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("path", Key, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("modified_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "path", name="pk_registered_locations"),
    )
    op.create_table(
        "data_lake_settings",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_data_lake_settings"),
    )
    op.add_column("databases", sa.Column("restricted", sa.Integer, nullable=False, server_default="0"))
    op.add_column("catalog_tables", sa.Column("restricted", sa.Integer, nullable=False, server_default="0"))
    op.add_column("catalog_tables", sa.Column("registered", sa.Integer, nullable=False, server_default="0"))
    op.add_column("catalog_tables", sa.Column("location", Key))
    op.create_index("ix_catalog_tables_account_id_location", "catalog_tables", ["account_id", "location"])
    _note_locations(op.get_bind())


def _note_locations(connection: sa.Connection) -> None:
    after = 0
    select = sa.text("SELECT id, document FROM catalog_tables WHERE id > :after ORDER BY id LIMIT :most")
    note = sa.text("UPDATE catalog_tables SET location = :location WHERE id = :id")
    while rows := connection.execute(select, {"after": after, "most": _BATCH}).all():
        after = rows[-1].id
        places = [{"id": row.id, "location": _place(json.loads(row.document))} for row in rows]
        connection.execute(note, places)


def _place(document: dict[str, object]) -> str | None:
    """Give a table's place on S3 as it was read when this revision was written."""
    descriptor = document.get("StorageDescriptor")
    url = descriptor.get("Location") if isinstance(descriptor, dict) else None
    scheme, separator, path = str(url or "").partition("://")
    if not separator or scheme.lower() not in {"s3", "s3a", "s3n"} or not path.strip("/"):
        return None
    return path.rstrip("/") + "/"
