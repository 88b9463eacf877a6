"""Tells tests of each statement that a store has its database run, also of those it gives to the driver itself."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg
import sqlalchemy as sa

from isinglass.store.store import Store

#: What begins and ends transactions, and asks whether a pooled connection still lives.
_FRAMES = re.compile(r"BEGIN|COMMIT|ROLLBACK$|PRAGMA|SELECT 1$|;$")


@contextmanager
def statements_told(store: Store, call: Callable[[str], object]) -> Iterator[None]:
    """Call before each statement of the store's transactions."""

    def told(statement: Any) -> None:
        if not _FRAMES.match(str(statement)):
            call(str(statement))

    if not store.embedded:
        execute = psycopg.Cursor.execute

        def executed(cursor: Any, statement: Any, *rest: Any, **options: Any) -> Any:
            told(statement)
            return execute(cursor, statement, *rest, **options)

        with patch.object(psycopg.Cursor, "execute", executed):
            yield
        return

    def watch(connection: Any, *_: object) -> None:
        connection.set_trace_callback(told)

    def leave(connection: Any, *_: object) -> None:
        connection.set_trace_callback(None)

    engines = (store.engine, store._reading)
    for engine in engines:
        sa.event.listen(engine, "checkout", watch)
        sa.event.listen(engine, "checkin", leave)
    try:
        yield
    finally:
        for engine in engines:
            sa.event.remove(engine, "checkout", watch)
            sa.event.remove(engine, "checkin", leave)
