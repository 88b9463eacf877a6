"""SQLite set-up: what makes one file safe under many threads and a kill -9."""

import sqlite3
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.store.dialects.documents import dumps
from isinglass.store.dialects.group_commit import GroupCommit
from isinglass.store.dialects.group_sync import GroupSync

#: Why each: WAL lets readers run beside the one writer; NORMAL leaves the sync that keeps a commit through a
#: power cut to GroupCommit, where one serves many commits; the busy timeout turns contention with
#: other processes into waiting; foreign keys are off by default in SQLite; 64 MiB of cache and mapped reads
#: spare system calls on large catalogs; a log of 16 MiB, four times the usual, lets pages that many
#: partitions fall on be copied back once.
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA busy_timeout=15000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-65536",
    "PRAGMA mmap_size=268435456",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA wal_autocheckpoint=4000",
)


def create_engine(url: str) -> sa.Engine:
    """Open a SQLite database file; a transaction takes the write lock when it begins."""
    return _engine(url, "BEGIN IMMEDIATE", *PRAGMAS)


def reading(engine: sa.Engine) -> sa.Engine:
    """Make the engine of transactions that only read: they begin without the write lock."""
    return _engine(str(engine.url), "BEGIN", *PRAGMAS, "PRAGMA query_only=ON")


def _engine(url: str, begin: str, *pragmas: str) -> sa.Engine:
    engine = sa.create_engine(
        url,
        poolclass=sa.pool.QueuePool,
        pool_reset_on_return=None,  # every connection comes back from a transaction that has ended
        pool_size=8,
        max_overflow=24,
        connect_args={"check_same_thread": False, "cached_statements": 512},
        query_cache_size=2000,
        hide_parameters=True,  # errors go into logs, and what is stored does not
        json_serializer=dumps,
        json_deserializer=orjson.loads,
    )

    @sa.event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions behind our back
        for pragma in pragmas:
            connection.execute(pragma)

    def do_begin(dbapi_connection: sa.PoolProxiedConnection) -> None:
        driver: Any = dbapi_connection.dbapi_connection
        driver.execute(begin)

    # The driver begins too late. SQLAlchemy's event for this would cost every statement of the engine.
    engine.dialect.do_begin = do_begin  # type: ignore[method-assign] # no other hook is as cheap
    return engine


def writes(engine: sa.Engine) -> GroupCommit:
    """Make what opens write transactions: this process's writers take turns and share syncs."""
    return GroupCommit(engine, GroupSync(Path(f"{engine.url.database}-wal")))
