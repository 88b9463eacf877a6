"""Writers that come together commit together, and each still lives or dies by itself."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from isinglass.store.accounts import Account
from isinglass.store.dialects.group_commit import GroupLost
from isinglass.store.paging import PageRequest
from isinglass.store.store import Store
from isinglass.store.transience import is_transient

DATABASES = ["sqlite"]


def account_ids(store: Store) -> list[str]:
    with store.read() as tx:
        return [account.account_id for account in tx.accounts.list(PageRequest(1000))[0]]


def test_crowd_of_writers_of_which_some_fail_keeps_exactly_what_succeeded(store: Store) -> None:
    def write(number: int) -> bool:
        try:
            with store.begin() as tx:
                tx.accounts.insert(Account(f"{number:012}", "a", 0))
                if number % 3 == 0:
                    raise ValueError(number)
        except ValueError:
            return False
        # What begin() has returned from is committed: another connection sees it.
        with store.read() as tx:
            assert tx.accounts.find(f"{number:012}") is not None
        return True

    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(write, range(200)))
    assert kept == [number % 3 != 0 for number in range(200)]
    assert account_ids(store) == [f"{number:012}" for number in range(200) if number % 3]


def test_transaction_undone_beneath_its_group_fails_every_member(store: Store) -> None:
    first_is_in, second_waits = threading.Event(), threading.Event()

    def first() -> None:
        with store.begin() as tx:
            tx.accounts.insert(Account("000000000001", "a", 0))
            first_is_in.set()
            second_waits.wait(10)

    def second() -> None:
        first_is_in.wait(10)
        with store.begin() as tx:
            # What SQLite does by itself when the disk is full.
            tx.connection.connection.dbapi_connection.execute("ROLLBACK")
            raise sqlite3.OperationalError("database or disk is full")

    with ThreadPoolExecutor(2) as pool:
        outcomes = [pool.submit(first), pool.submit(second)]
        while not store._writes.__self__._waiting:  # the second has queued behind the first
            first_is_in.wait(0.001)
        second_waits.set()
        lost, full = (outcome.exception(timeout=10) for outcome in outcomes)
    assert isinstance(lost, GroupLost)
    assert is_transient(lost)
    assert full is not None
    assert account_ids(store) == []
    with store.begin() as tx:
        tx.accounts.insert(Account("000000000002", "b", 0))
    assert account_ids(store) == ["000000000002"]


def test_transaction_undone_within_a_lone_writer_is_an_error(store: Store) -> None:
    with pytest.raises(sa.exc.OperationalError, match="no such savepoint"), store.begin() as tx:
        tx.connection.connection.dbapi_connection.execute("ROLLBACK")
    assert account_ids(store) == []
