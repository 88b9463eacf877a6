"""Crawlers, their crawls, and what they remember."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Timestamp

revision = "0004_crawlers"
down_revision = "0003_catalog"
branch_labels = None
depends_on = None

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "crawlers",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("updated_at", Timestamp, nullable=False),
        sa.Column("current_crawl_id", sa.String(36)),
        sa.Column("last_crawl_id", sa.String(36)),
        sa.PrimaryKeyConstraint("account_id", "name", name="pk_crawlers"),
    )
    op.create_table(
        "crawls",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("crawl_id", sa.String(36), nullable=False),
        sa.Column("crawler_name", Key, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("started_at", Timestamp, nullable=False),
        sa.Column("ended_at", Timestamp),
        sa.Column("dpu_hours", sa.Double, nullable=False),
        sa.Column("error_message", sa.Text, nullable=False),
        sa.Column("progress", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "crawl_id", name="pk_crawls"),
    )
    op.create_index(
        "ix_crawls_crawler_name", "crawls", ["account_id", "crawler_name", "started_at", "crawl_id"]
    )
    op.create_table(
        "crawl_shapes",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("crawler_name", Key, nullable=False),
        sa.Column("shape_id", sa.String(32), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "crawler_name", "shape_id", name="pk_crawl_shapes"),
    )
    op.create_table(
        "crawl_folders",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("crawler_name", Key, nullable=False),
        sa.Column("target", Key, nullable=False),
        sa.Column("bunch", Key, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "crawler_name", "target", "bunch", name="pk_crawl_folders"),
    )
