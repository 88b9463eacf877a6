"""SQLite set-up: what makes one file safe under many threads and a kill -9."""

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from isinglass.store.dialects.group_commit import GroupCommit
from isinglass.store.dialects.group_sync import GroupSync

#: Execution options of a connection that only reads; all others take the write lock when they begin.
READ = {"sqlite_begin": "BEGIN"}

#: Why each: WAL lets readers run beside the one writer; NORMAL leaves the sync that keeps a commit through a
#: power cut to GroupCommit, where one serves many commits; the busy timeout turns contention with
#: other processes into waiting; foreign keys are off by default in SQLite; 64 MiB of cache and mapped reads
#: spare system calls on large catalogs.
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA busy_timeout=15000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-65536",
    "PRAGMA mmap_size=268435456",
    "PRAGMA temp_store=MEMORY",
)


def create_engine(url: str) -> sa.Engine:
    """Open a SQLite database file with transactions begun explicitly, as the driver begins them too late."""
    engine = sa.create_engine(
        url,
        poolclass=sa.pool.QueuePool,
        pool_reset_on_return=None,  # every connection comes back from a transaction that has ended
        pool_size=8,
        max_overflow=24,
        connect_args={"check_same_thread": False, "cached_statements": 512},
        query_cache_size=2000,
    )

    @sa.event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions behind our back
        for pragma in PRAGMAS:
            connection.execute(pragma)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        driver.execute(connection.get_execution_options().get("sqlite_begin", "BEGIN IMMEDIATE"))

    return engine


def writes(engine: sa.Engine) -> GroupCommit:
    """Make what opens write transactions: this process's writers take turns and share syncs."""
    return GroupCommit(engine, GroupSync(Path(f"{engine.url.database}-wal")))
