"""Crawlers, their crawls, and what a crawl remembers of the folders it looked at."""

import sqlalchemy as sa

from isinglass.store.tables.catalog import Key
from isinglass.store.tables.metadata import Timestamp, metadata

crawlers = sa.Table(
    "crawlers",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("name", Key, primary_key=True),
    # JSON text: what GetCrawler answers of the definition, in the order it was given.
    sa.Column("definition", sa.Text, nullable=False),
    # READY, RUNNING or STOPPING.
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Column("updated_at", Timestamp, nullable=False),
    # The crawl under way, and the one that ended last.
    sa.Column("current_crawl_id", sa.String(36)),
    sa.Column("last_crawl_id", sa.String(36)),
)

crawls = sa.Table(
    "crawls",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("crawl_id", sa.String(36), primary_key=True),
    sa.Column("crawler_name", Key, nullable=False),
    # RUNNING, COMPLETED, FAILED or STOPPED: the words of ListCrawls.
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("started_at", Timestamp, nullable=False),
    sa.Column("ended_at", Timestamp),
    sa.Column("dpu_hours", sa.Double, nullable=False),
    sa.Column("error_message", sa.Text, nullable=False),
    # JSON text: the counts of tables and partitions, and how far the crawl has come.
    sa.Column("progress", sa.Text, nullable=False),
    sa.Index("ix_crawls_crawler_name", "account_id", "crawler_name", "started_at", "crawl_id"),
)

crawl_shapes = sa.Table(
    # Each distinct shape once: thousands of folders share a handful of them.
    "crawl_shapes",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("crawler_name", Key, primary_key=True),
    sa.Column("shape_id", sa.String(32), primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)

crawl_folders = sa.Table(
    "crawl_folders",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("crawler_name", Key, primary_key=True),
    # The include path, and the bunch of files below it: folder and extension.
    sa.Column("target", Key, primary_key=True),
    sa.Column("bunch", Key, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)
