"""Lets SQLite's writers commit in groups: the log is written and synced once for all who came together."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa

from isinglass.store.dialects.group_sync import GroupSync

#: Bounds how long the first of a group waits for the last.
_LARGEST_GROUP = 32


class GroupLost(Exception):
    """Another member's failure undid the group's commit; the operation can be tried again as a whole."""


@dataclass(slots=True)
class _Group:
    """One transaction that several writers share, each in a savepoint of its own."""

    connection: sa.Connection
    members: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    failure: BaseException | None = None


class GroupCommit:
    """Gives this process's writers their turns on one transaction.

    A writer that others wait behind leaves the transaction open for them; the last one commits. Nobody
    returns before the commit is durable, so that to each it looks like a transaction of its own. Without
    company a writer commits at once. A lock hands turns over where SQLite lets contenders sleep and retry.
    """

    def __init__(self, engine: sa.Engine, log: GroupSync) -> None:
        self._engine = engine
        self._log = log
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._group: _Group | None = None

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Take a turn; what the block wrote is durable when this returns, and undone when it raises."""
        self._take_turn()
        try:
            group = self._group = self._group or self._begin()
            try:
                with group.connection.begin_nested():
                    yield group.connection
            except BaseException as error:
                if not _alive(group.connection):
                    group.failure = error
                raise
            finally:
                group.members += 1
                if group.failure or not self._waiting or group.members >= _LARGEST_GROUP:
                    self._end(group)
        finally:
            self._turn.release()
        group.ended.wait()
        if group.failure is not None:
            raise GroupLost from group.failure
        self._log.wait()

    def _take_turn(self) -> None:
        with self._counting:
            self._waiting += 1
        try:
            self._turn.acquire()
        finally:
            with self._counting:
                self._waiting -= 1

    def _begin(self) -> _Group:
        connection = self._engine.connect()
        try:
            connection.begin()
        except BaseException:
            connection.close()
            raise
        return _Group(connection)

    def _end(self, group: _Group) -> None:
        self._group = None
        try:
            if group.failure is None:
                if not _alive(group.connection):
                    raise GroupLost
                group.connection.commit()
        except BaseException as error:
            group.failure = error
        finally:
            try:
                group.connection.close()  # rolls back what could not be committed
            finally:
                group.ended.set()


def _alive(connection: sa.Connection) -> bool:
    """Tell whether the transaction is still open: a full disk or an interrupt makes SQLite roll it back."""
    driver = connection.connection.dbapi_connection
    return driver is not None and bool(getattr(driver, "in_transaction", False))
