"""PostgreSQL set-up."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import sqlalchemy as sa

#: Execution options of a connection, by what the transaction is for.
WRITE: dict[str, bool] = {}
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


def write_discipline(_url: str) -> Callable[[], AbstractContextManager[None]]:
    """Make what surrounds each write transaction: nothing, the server orders and syncs them itself."""
    return nullcontext
