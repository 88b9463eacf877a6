"""Tells failures that pass when the whole operation is tried again from those that will come back."""

import sqlalchemy.exc

#: PostgreSQL: serialization failure, deadlock, lock timeout.
_TRANSIENT_STATES = frozenset({"40001", "40P01", "55P03"})
_SQLITE_BUSY = ("database is locked", "database table is locked", "database schema has changed")


def is_transient(error: BaseException) -> bool:
    """Decide whether a transaction lost against another one and may be tried again as a whole."""
    if not isinstance(error, sqlalchemy.exc.DBAPIError):
        return False
    if getattr(error.orig, "sqlstate", None) in _TRANSIENT_STATES:
        return True
    return str(error.orig).startswith(_SQLITE_BUSY)
