"""PostgreSQL set-up."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import sqlalchemy as sa

#: Execution options of a connection that only reads.
READ = {"postgresql_readonly": True}


def create_engine(url: str) -> sa.Engine:
    """Open a PostgreSQL database with the psycopg driver; the session speaks UTC."""
    return sa.create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=8,
        max_overflow=24,
        pool_pre_ping=True,
        query_cache_size=2000,
        connect_args={"options": "-c timezone=UTC -c lock_timeout=15s"},
    )


def writes(engine: sa.Engine) -> Callable[[], AbstractContextManager[sa.Connection]]:
    """Make what opens a write transaction; the server groups commits itself."""
    return engine.begin
