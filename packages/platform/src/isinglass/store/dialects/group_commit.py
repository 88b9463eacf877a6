"""SQLite's write transactions: one at a time, and those of one thread together where it asks for that."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from isinglass.store.dialects.group_sync import GroupSync


class GroupLost(Exception):
    """The transaction that writers shared was undone beneath them; each can be tried again by itself."""


class GroupCommit:
    """Gives this process's writers their turns: a lock hands over where SQLite lets them sleep and retry.

    Nobody's `write` returns before what it wrote is durable, except within `together`, where that holds when
    the whole block ends: its writers share one transaction, each in a savepoint of its own.
    """

    def __init__(self, engine: sa.Engine, log: GroupSync) -> None:
        self._engine = engine
        self._log = log
        self._turn = threading.Lock()
        self._here = threading.local()

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Take a turn; what the block wrote is durable when this returns, and undone when it raises."""
        group = self._group()
        if group is not None:
            with group.member() as connection:
                yield connection
            return
        with self._turn, self._engine.begin() as connection:
            yield connection
        self._log.wait()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Let this thread's writers share one commit; when this raises, nothing that they wrote is there.

        Unless it raises NotDurable: then all of it is there, and may not outlast a power cut.
        """
        group = self._here.group = _Group(self._engine, self._turn)
        try:
            yield
            group.commit()
        finally:
            del self._here.group
            group.close()
            for call in group.at_its_end:
                call()
        try:
            if group.began:
                self._log.wait()
        finally:
            for call in group.afterwards:
                call()

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call when what this thread has written is committed: now, or when its group is."""
        group = self._group()
        if group is None:
            call()
        else:
            group.afterwards.append(call)

    def once_decided(self, call: Callable[[], None]) -> None:
        """Call when what this thread has written is committed or undone: now, or when its group is."""
        group = self._group()
        if group is None:
            call()
        else:
            group.at_its_end.append(call)

    def close(self) -> None:
        """Let go of what syncs take; whoever writes after this takes it again."""
        self._log.close()

    def _group(self) -> "_Group | None":
        return getattr(self._here, "group", None)


class _Group:
    """One transaction that begins with its first member."""

    def __init__(self, engine: sa.Engine, turn: threading.Lock) -> None:
        self.began = False
        self.afterwards: list[Callable[[], None]] = []
        self.at_its_end: list[Callable[[], None]] = []
        self._engine = engine
        self._turn = turn
        self._connection: sa.Connection | None = None

    @contextmanager
    def member(self) -> Iterator[sa.Connection]:
        connection = self._connection or self._begin()
        # Sent to the driver directly: SQLAlchemy's savepoints cost as much as a member's statements.
        driver = _open_transaction(connection)
        driver.execute("SAVEPOINT member")
        try:
            yield connection
        except BaseException:
            driver = _open_transaction(connection)
            driver.execute("ROLLBACK TO member")
            driver.execute("RELEASE member")
            raise
        _open_transaction(connection).execute("RELEASE member")

    def commit(self) -> None:
        if self._connection is not None:
            _open_transaction(self._connection)
            self._connection.commit()

    def close(self) -> None:
        if self._connection is None:
            return
        try:
            self._connection.close()  # rolls back what was not committed
        finally:
            self._turn.release()

    def _begin(self) -> sa.Connection:
        self._turn.acquire()
        try:
            connection = self._engine.connect()
            try:
                connection.begin()
            except BaseException:
                connection.close()
                raise
        except BaseException:
            self._turn.release()
            raise
        self._connection = connection
        self.began = True
        return connection


def _open_transaction(connection: sa.Connection) -> Any:
    """Return the driver's connection; GroupLost when a full disk or an interrupt has ended the transaction.

    Unnoticed, SAVEPOINT would begin another one and RELEASE commit it, without the others' writes.
    """
    driver: Any = connection.connection.dbapi_connection
    if driver is None or not driver.in_transaction:
        raise GroupLost
    return driver
