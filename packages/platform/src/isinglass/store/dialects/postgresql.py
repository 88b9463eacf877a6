"""PostgreSQL set-up."""

from contextlib import nullcontext

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


class Writes:
    """Opens write transactions; the server groups commits itself."""

    def __init__(self, engine: sa.Engine) -> None:
        self.write = engine.begin
        self.together = nullcontext[None]


def writes(engine: sa.Engine) -> Writes:
    """Make what opens write transactions."""
    return Writes(engine)
