"""Connection types that accounts registered, and how far the secrets of connections are sealed."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Timestamp

revision = "0024_connection_types"
down_revision = "0023_encrypted_storage"
branch_labels = None
depends_on = None

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table, and mark the connections whose secrets an earlier version sealed by its rules.

    No key is at hand here: the server seals what they leave in the clear when it starts.
    """
    op.create_table(
        "connection_types",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "name", name="pk_connection_types"),
    )
    op.add_column("connections", sa.Column("sealing_rules", sa.Integer, nullable=False, server_default="0"))
