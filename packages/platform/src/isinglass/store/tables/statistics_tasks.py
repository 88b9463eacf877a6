"""Tasks that compute column statistics: their runs, and how each table wants them."""

import sqlalchemy as sa

from isinglass.store.tables.catalog import Key
from isinglass.store.tables.metadata import Timestamp, metadata

statistics_runs = sa.Table(
    "statistics_runs",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("run_id", sa.String(36), primary_key=True),
    # Folded names, and the id of the table that had them when the run started.
    sa.Column("database_name", Key, nullable=False),
    sa.Column("table_name", Key, nullable=False),
    sa.Column("table_id", sa.BigInteger, nullable=False),
    # STARTING, RUNNING, STOPPING, SUCCEEDED, FAILED or STOPPED; Glue has no word for the third.
    sa.Column("state", sa.String(16), nullable=False),
    # JSON text: columns, role, sample size …, frozen when the run started.
    sa.Column("definition", sa.Text, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Column("updated_at", Timestamp, nullable=False),
    sa.Column("started_at", Timestamp),
    sa.Column("ended_at", Timestamp),
    sa.Column("dpu_seconds", sa.Double, nullable=False),
    sa.Column("error_message", sa.Text, nullable=False),
    sa.Index("ix_statistics_runs_table", "account_id", "database_name", "table_name", "created_at", "run_id"),
    sa.Index("ix_statistics_runs_created_at", "account_id", "created_at", "run_id"),
)

statistics_settings = sa.Table(
    "statistics_settings",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("database_name", Key, primary_key=True),
    sa.Column("table_name", Key, primary_key=True),
    # Settings belong to this table: another of the same name, made later, has none.
    sa.Column("table_id", sa.BigInteger, nullable=False),
    # JSON text: columns, role, sample size …
    sa.Column("definition", sa.Text, nullable=False),
    # JSON text: what became of the schedule's last due time.
    sa.Column("last_attempt", sa.Text),
)
