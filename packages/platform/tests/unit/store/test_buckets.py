"""Buckets have one owner each."""

import pytest

from isinglass.store.accounts import Account
from isinglass.store.buckets import Bucket

ANN, BOB = "111111111111", "222222222222"


@pytest.fixture
def owners(store):
    with store.begin() as tx:
        tx.accounts.insert(Account(ANN, "ann", 1.0))
        tx.accounts.insert(Account(BOB, "bob", 1.0))
    return store


def test_name_claimed_once_then_free_after_its_owner_releases_it(owners):
    with owners.begin() as tx:
        assert [tx.buckets.claim("lake", ANN, 5.0), tx.buckets.claim("lake", BOB, 6.0)] == [ANN, ANN]
        tx.buckets.release("lake", BOB)
        assert tx.buckets.owner("lake") == ANN
        tx.buckets.release("lake", ANN)
        assert tx.buckets.owner("lake") is None
        assert tx.buckets.claim("lake", BOB, 7.0) == BOB


def test_buckets_listed_by_name_for_their_owner_only(owners):
    with owners.begin() as tx:
        for name, owner in (("b", ANN), ("a", ANN), ("c", BOB)):
            tx.buckets.claim(name, owner, 5.0)
        assert tx.buckets.list(ANN) == [Bucket("a", ANN, 5.0), Bucket("b", ANN, 5.0)]
