"""Jobs and their runs."""

import sqlalchemy as sa

from isinglass.store.tables.metadata import Document, Timestamp, metadata

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("account_id", sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("name", sa.String(255), primary_key=True),
    # The definition as GetJob answers it, without the columns beside it.
    sa.Column("definition", Document, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Column("modified_at", Timestamp, nullable=False),
)

job_runs = sa.Table(
    "job_runs",
    metadata,
    sa.Column("account_id", sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("run_id", sa.String(255), primary_key=True),
    # No foreign key: the history of runs outlives their job, as on Glue.
    sa.Column("job_name", sa.String(255), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("previous_run_id", sa.String(255)),
    sa.Column("started_at", Timestamp, nullable=False),
    sa.Column("modified_at", Timestamp, nullable=False),
    sa.Column("completed_at", Timestamp),
    # When the script's process started; ExecutionTime counts from here, so waiting is never billed.
    sa.Column("running_since", Timestamp),
    sa.Column("execution_seconds", sa.Double(), nullable=False, server_default="0"),
    # How often a worker began to execute it: more than once after a crash.
    sa.Column("executions", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error_message", sa.Text),
    sa.Column("state_detail", sa.Text),
    sa.Column("arguments", Document, nullable=False),
    # The job's definition when the run was made, with the run's own overrides.
    sa.Column("definition", Document, nullable=False),
    # Whom the run acts for, so that a worker can issue it keys of its own.
    sa.Column("principal_arn", sa.String(2048), nullable=False),
    sa.Column("progress", Document),
    # The EncryptionConfiguration of the security configuration that the run was made with.
    sa.Column("encryption", Document),
    sa.Index("ix_job_runs_job_name", "account_id", "job_name", "started_at", "run_id"),
    sa.Index("ix_job_runs_state", "account_id", "job_name", "state"),
)
