"""Writers that commit together each live or die by themselves, until the commit, which is all or nothing."""

import os
import resource
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from isinglass.store.accounts import Account
from isinglass.store.dialects.group_commit import GroupLost
from isinglass.store.dialects.group_sync import NotDurable
from isinglass.store.paging import PageRequest
from isinglass.store.store import Store
from isinglass.store.transience import is_transient

DATABASES = ["sqlite"]


def insert(store: Store, number: int, *, fails: bool = False) -> None:
    with store.begin() as tx:
        tx.accounts.insert(Account(f"{number:012}", "a", 0))
        if fails:
            raise ValueError(number)


def numbers(store: Store) -> list[int]:
    with store.read() as tx:
        return [int(account.account_id) for account in tx.accounts.list(PageRequest(1000))[0]]


def test_crowd_of_writers_of_which_some_fail_keeps_exactly_what_succeeded(store: Store) -> None:
    def write(number: int) -> bool:
        try:
            insert(store, number, fails=number % 3 == 0)
        except ValueError:
            return False
        # What begin() has returned from is committed: another connection sees it.
        assert number in numbers(store)
        return True

    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(write, range(100)))
    assert kept == [number % 3 != 0 for number in range(100)]
    assert numbers(store) == [number for number in range(100) if number % 3]


def test_failing_member_of_a_group_leaves_the_others_intact(store: Store) -> None:
    with store.together():
        insert(store, 1)
        with pytest.raises(ValueError, match="2"):
            insert(store, 2, fails=True)
        insert(store, 3)
        assert numbers(store) == []  # nobody sees what is not yet durable
    assert numbers(store) == [1, 3]


def test_group_whose_block_raises_is_undone_and_the_next_writer_has_its_turn(store: Store) -> None:
    def interrupted() -> None:
        with store.together():
            insert(store, 1)
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()
    insert(store, 2)
    assert numbers(store) == [2]


def test_group_without_writers_takes_no_turn(store: Store) -> None:
    with store.together(), ThreadPoolExecutor(1) as pool:
        pool.submit(insert, store, 1).result(10)
    assert numbers(store) == [1]


def test_group_keeps_writers_of_other_threads_waiting_until_it_has_committed(store: Store) -> None:
    with ThreadPoolExecutor(1) as pool:
        with store.together():
            insert(store, 1)
            other = pool.submit(insert, store, 2)
            insert(store, 3)
            assert not other.done()
        other.result(10)
    assert numbers(store) == [1, 2, 3]


@pytest.mark.parametrize("undone", ["between members", "within a member"])
def test_transaction_undone_beneath_its_group_is_lost_as_a_whole(store: Store, undone: str) -> None:
    def disk_full() -> None:
        with store.begin() as tx:
            # What SQLite does by itself when the disk is full.
            tx.connection.connection.dbapi_connection.execute("ROLLBACK")
            if undone == "within a member":
                raise sqlite3.OperationalError("database or disk is full")

    def group() -> None:
        with store.together():
            insert(store, 1)
            with pytest.raises(GroupLost):
                disk_full()
            with pytest.raises(GroupLost):
                insert(store, 2)  # it would otherwise be committed by its own savepoint

    with pytest.raises(GroupLost) as lost:
        group()
    assert is_transient(lost.value)
    assert numbers(store) == []
    insert(store, 3)
    assert numbers(store) == [3]


@contextmanager
def no_file_to_open() -> Iterator[None]:
    """Let this process open no further file: all numbers below the one that is given next are taken."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    last = os.open(os.devnull, os.O_RDONLY)
    resource.setrlimit(resource.RLIMIT_NOFILE, (last + 1, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        os.close(last)


def test_commit_needs_no_file_to_be_opened(store: Store) -> None:
    insert(store, 1)
    numbers(store)
    with no_file_to_open():
        insert(store, 2)
        with store.together():
            insert(store, 3)
    assert numbers(store) == [1, 2, 3]


def test_group_that_the_disk_does_not_confirm_is_there_and_says_so(store: Store) -> None:
    numbers(store)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1 FROM accounts")
    with no_file_to_open():
        committed: list[int] = []

        def write() -> None:
            insert(store, 1)
            store._writes.after_commit(lambda: committed.append(1))

        with pytest.raises(NotDurable) as raised, store.together():
            write()
        assert not is_transient(raised.value)
        assert committed == [1]
    insert(store, 2)
    assert numbers(store) == [1, 2]


def test_log_that_was_folded_away_is_taken_anew(store: Store) -> None:
    insert(store, 1)
    store.engine.dispose()  # the last connection folds the log into the database and removes it
    store._reading.dispose()
    insert(store, 2)
    with store.together():
        insert(store, 3)
    assert numbers(store) == [1, 2, 3]
