"""Permissions as they are stored."""

import pytest

from isinglass.domain.permissions.grants import Grant
from isinglass.domain.permissions.principals import IAM_ALLOWED
from isinglass.domain.permissions.resources import Resource
from isinglass.store.store import Store

OWNER, OTHER = "111122223333", "444455556666"


@pytest.mark.parametrize(
    ("principal", "shared"),
    [
        (OWNER, False),
        (f"{OWNER}:IAMPrincipals", False),
        (f"arn:aws:iam::{OWNER}:role/etl-{OTHER}", False),
        (IAM_ALLOWED, False),
        (OTHER, True),
        (f"{OTHER}:IAMPrincipals", True),
        (f"arn:aws:iam::{OTHER}:role/for-{OWNER}", True),
    ],
)
def test_what_is_given_to_another_account_is_shared(store: Store, principal: str, shared: bool) -> None:
    granted = frozenset({"DESCRIBE"})
    with store.begin() as tx:
        assert not tx.permissions.shares(OWNER)
        resource = Resource("database", "sales")
        tx.permissions.put(OWNER, 0, Grant(principal, resource, granted, frozenset(), 1.0, "me"))
        assert tx.permissions.shares(OWNER) == shared
