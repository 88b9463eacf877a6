"""Transactions that only read."""

import pytest
import sqlalchemy as sa

from isinglass.store.accounts import Account
from isinglass.store.store import Store

ACCOUNT = "111122223333"


@pytest.fixture
def owned(store: Store) -> Store:
    with store.begin() as tx:
        tx.accounts.insert(Account(ACCOUNT, "one", 1.0))
        tx.buckets.claim("first", ACCOUNT, 1.0)
    return store


def test_reading_transaction_sees_one_moment_whatever_is_written_meanwhile(owned: Store) -> None:
    with owned.read() as reading:
        before = [bucket.name for bucket in reading.buckets.list(ACCOUNT)]
        with owned.begin() as writing:
            writing.buckets.claim("second", ACCOUNT, 2.0)
        assert (before, [bucket.name for bucket in reading.buckets.list(ACCOUNT)]) == (["first"], ["first"])
    with owned.read() as later:
        assert [bucket.name for bucket in later.buckets.list(ACCOUNT)] == ["first", "second"]


def test_reading_transaction_cannot_write(owned: Store) -> None:
    with pytest.raises(sa.exc.DBAPIError, match=r"read.?only"), owned.read() as tx:
        tx.buckets.claim("second", ACCOUNT, 2.0)
