"""SQLite set-up: what makes one file safe under many threads and a kill -9."""

import sqlite3
from typing import Any

import sqlalchemy as sa

#: Execution options of a connection, by what the transaction is for.
WRITE = {"sqlite_begin": "BEGIN IMMEDIATE"}
READ = {"sqlite_begin": "BEGIN"}

#: Why each: WAL lets readers run beside the one writer; FULL keeps a committed transaction through a power
#: cut, not only through a crash; the busy timeout turns lock contention into waiting; foreign keys are off by
#: default in SQLite; 64 MiB of cache and mapped reads spare system calls on large catalogs.
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
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
        connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN IMMEDIATE"))

    return engine
