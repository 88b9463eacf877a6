"""The policy of each account's catalog: who of this and of other accounts may use it."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Timestamp

revision = "0013_resource_policies"
down_revision = "0012_identities"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "resource_policies",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("hybrid", sa.Boolean, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("modified_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_resource_policies"),
    )
