"""Tells failures that pass when the whole operation is tried again from those that will come back."""

import sqlite3

import sqlalchemy.exc

from isinglass.store.dialects.group_commit import GroupLost
from isinglass.store.vault import SettingsChanged

#: PostgreSQL: serialization failure, deadlock, lock timeout.
_TRANSIENT_STATES = frozenset({"40001", "40P01", "55P03"})
_SQLITE_BUSY = ("database is locked", "database table is locked", "database schema has changed")


def is_transient(error: BaseException) -> bool:
    """Decide whether a transaction lost against another one and may be tried again as a whole."""
    if isinstance(error, (GroupLost, SettingsChanged)):
        return True
    # SQLite's BEGIN is sent to the driver directly, so its errors arrive unwrapped.
    cause = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
    if isinstance(cause, sqlite3.OperationalError):
        return str(cause).startswith(_SQLITE_BUSY)
    return getattr(cause, "sqlstate", None) in _TRANSIENT_STATES
