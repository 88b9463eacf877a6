"""Tasks that compute column statistics, schedules, and what testing a connection found."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Timestamp

revision = "0018_statistics_tasks"
down_revision = "0017_transfers"
branch_labels = None
depends_on = None

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables and columns.

    Schedules that crawlers kept before stay stopped: nothing begins to run by itself after an upgrade.
    """
    op.create_table(
        "schedules",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("expression", sa.Text, nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("next_at", Timestamp),
        sa.Column("last_at", Timestamp),
        sa.PrimaryKeyConstraint("account_id", "kind", "name", name="pk_schedules"),
    )
    op.create_index("ix_schedules_next_at", "schedules", ["next_at"])
    op.create_table(
        "statistics_runs",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("run_id", sa.String(36), nullable=False),
        sa.Column("database_name", Key, nullable=False),
        sa.Column("table_name", Key, nullable=False),
        sa.Column("table_id", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("updated_at", Timestamp, nullable=False),
        sa.Column("started_at", Timestamp),
        sa.Column("ended_at", Timestamp),
        sa.Column("dpu_seconds", sa.Double, nullable=False),
        sa.Column("error_message", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "run_id", name="pk_statistics_runs"),
    )
    of_table = ["account_id", "database_name", "table_name", "created_at", "run_id"]
    op.create_index("ix_statistics_runs_table", "statistics_runs", of_table)
    op.create_index(
        "ix_statistics_runs_created_at", "statistics_runs", ["account_id", "created_at", "run_id"]
    )
    op.create_table(
        "statistics_settings",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("database_name", Key, nullable=False),
        sa.Column("table_name", Key, nullable=False),
        sa.Column("table_id", sa.BigInteger, nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("last_attempt", sa.Text),
        sa.PrimaryKeyConstraint("account_id", "database_name", "table_name", name="pk_statistics_settings"),
    )
    # READY, or FAILED with the reason, and when somebody last tried it.
    op.add_column("connections", sa.Column("status", sa.String(16), nullable=False, server_default="READY"))
    op.add_column("connections", sa.Column("status_reason", sa.Text))
    op.add_column("connections", sa.Column("validated_at", Timestamp))
