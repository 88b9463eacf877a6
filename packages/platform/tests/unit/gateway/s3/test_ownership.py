"""Who owns a bucket is remembered for a moment, and never past a change."""

import pytest
from statement_hooks import statements_told

from isinglass.gateway.s3.errors import S3Error
from isinglass.gateway.s3.ownership import Ownership
from isinglass.store.accounts import Account
from isinglass.store.buckets import Bucket, Buckets
from isinglass.store.store import Store

#: What is tried here depends on no database.
DATABASES = ["sqlite"]

ANN, BOB = "111111111111", "222222222222"


@pytest.fixture
def ownership(store: Store) -> Ownership:
    with store.begin() as tx:
        for account_id in (ANN, BOB):
            tx.accounts.insert(Account(account_id, "a", 1.0))
    return Ownership(store, lambda: 1.0, None)


def test_owner_looked_up_while_a_name_is_given_up_is_not_remembered_after_it(
    store: Store, ownership: Ownership
) -> None:
    ownership.claim("b", ANN)

    def asked_meanwhile(statement: str) -> None:
        if statement.startswith("DELETE"):
            assert ownership.owner("b") == ANN

    with statements_told(store, asked_meanwhile):
        ownership.release("b", ANN)
    ownership.claim("b", BOB)
    assert ownership.owner("b") == BOB
    with pytest.raises(S3Error, match="Access Denied"):
        ownership.check("b", ANN)


def test_setting_that_changes_while_it_is_read_is_not_remembered(
    ownership: Ownership, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = {"algorithm": "AES256", "key": ""}, {"algorithm": "aws:kms", "key": "k"}
    ownership.claim("b", ANN)
    ownership.encrypt("b", old)
    find = Buckets.find

    def find_and_change(buckets: Buckets, name: str) -> Bucket | None:
        found = find(buckets, name)
        ownership.encrypt("b", new)
        return found

    with monkeypatch.context() as between:
        between.setattr(Buckets, "find", find_and_change)
        assert ownership.encryption("b") == old
    assert ownership.encryption("b") == new
