"""Lost races between transactions are told from real failures, on both databases."""

import sqlite3

import pytest
import sqlalchemy as sa

from isinglass.store.store import Store
from isinglass.store.transience import is_transient


def test_transaction_that_lost_a_race_is_transient(store: Store, database: str) -> None:
    impatience = {"sqlite": "PRAGMA busy_timeout=1", "postgresql": "SET lock_timeout=1"}[database]
    with store.begin() as winner:
        winner.connection.exec_driver_sql("INSERT INTO accounts VALUES ('123456789012', 'a', 0)")
        with store.engine.connect() as loser:
            loser.connection.dbapi_connection.cursor().execute(impatience)
            with pytest.raises((sa.exc.DBAPIError, sqlite3.OperationalError)) as lost:
                loser.exec_driver_sql("INSERT INTO accounts VALUES ('123456789012', 'b', 0)")
    assert is_transient(lost.value)


def test_statement_that_is_wrong_is_not_transient(store: Store) -> None:
    with pytest.raises(sa.exc.DBAPIError) as failed, store.read() as tx:
        tx.connection.exec_driver_sql("SELECT * FROM no_such_table")
    assert not is_transient(failed.value)
    assert not is_transient(ValueError("database is locked"))
