"""PostgreSQL set-up."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.store.dialects.documents import dumps


def create_engine(url: str) -> sa.Engine:
    """Open a PostgreSQL database with the psycopg driver; the session speaks UTC."""
    return _engine(sa.make_url(url.replace("postgresql://", "postgresql+psycopg://", 1)))


def reading(engine: sa.Engine) -> sa.Engine:
    """Make the engine of transactions that only read: all statements of one see the same moment.

    Its connections are its own and set up once: told so for each transaction, they would cost a third more.
    """
    of_readers = _engine(engine.url, isolation_level="REPEATABLE READ")

    @sa.event.listens_for(of_readers, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.read_only = True

    return of_readers


def _engine(url: sa.URL, **more: Any) -> sa.Engine:
    return sa.create_engine(
        url,
        **more,
        pool_size=8,
        max_overflow=24,
        pool_pre_ping=True,
        query_cache_size=2000,
        hide_parameters=True,  # errors go into logs, and what is stored does not
        connect_args={"options": "-c timezone=UTC -c lock_timeout=15s"},
        json_serializer=dumps,
        json_deserializer=orjson.loads,
    )


class Writes:
    """Opens write transactions; the server groups commits itself."""

    def __init__(self, engine: sa.Engine) -> None:
        self.write = engine.begin
        self.together = nullcontext[None]

    @staticmethod
    def after_commit(call: Callable[[], None]) -> None:
        """Call at once: whoever asks has committed."""
        call()

    @staticmethod
    def once_decided(call: Callable[[], None]) -> None:
        """Call at once: whoever asks has committed or undone what it wrote."""
        call()

    @staticmethod
    def close() -> None:
        """Nothing is kept besides the engine's connections."""


def writes(engine: sa.Engine) -> Writes:
    """Make what opens write transactions."""
    return Writes(engine)
