"""Jobs and their runs."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Document, Timestamp

revision = "0005_jobs"
down_revision = "0004_crawlers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "jobs",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("definition", Document, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("modified_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "name", name="pk_jobs"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name="fk_jobs_account_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "job_runs",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("run_id", sa.String(255), nullable=False),
        sa.Column("job_name", sa.String(255), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("previous_run_id", sa.String(255)),
        sa.Column("started_at", Timestamp, nullable=False),
        sa.Column("modified_at", Timestamp, nullable=False),
        sa.Column("completed_at", Timestamp),
        sa.Column("running_since", Timestamp),
        sa.Column("execution_seconds", sa.Double(), nullable=False, server_default="0"),
        sa.Column("executions", sa.Integer, nullable=False, server_default="0"),
        sa.Column("error_message", sa.Text),
        sa.Column("state_detail", sa.Text),
        sa.Column("arguments", Document, nullable=False),
        sa.Column("definition", Document, nullable=False),
        sa.Column("principal_arn", sa.String(2048), nullable=False),
        sa.Column("progress", Document),
        sa.PrimaryKeyConstraint("account_id", "run_id", name="pk_job_runs"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name="fk_job_runs_account_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_job_runs_job_name", "job_runs", ["account_id", "job_name", "started_at", "run_id"])
    op.create_index("ix_job_runs_state", "job_runs", ["account_id", "job_name", "state"])
