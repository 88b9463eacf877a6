"""Whoever uses a key through a service is held to the key's policy and to all that its conditions ask."""

import json
from typing import Any

import pytest

from isinglass.domain.access.documents import parse_policy
from isinglass.domain.access.standing import Standing
from isinglass.domain.key_permission import KeyAsked, KeyAsker, may_use_key
from isinglass.domain.keys.policies import default_policy, service_policy

ANN, BOB = "111111111111", "222222222222"
USER = f"arn:aws:iam::{ANN}:user/ann"
KEY = f"arn:aws:kms:eu-west-1:{ANN}:key/1"
FACTS = {"aws:resourcetag/class": ("secret",), "kms:resourcealiases": ("alias/lake",)}


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _decided(identity: str | None, key_policy: str, *, owner: str = ANN, **asked: Any) -> bool:
    policies = () if identity is None else (parse_policy(identity),)
    asker = KeyAsker(Standing("user", USER, policies), USER, ANN, asked.get("service", "s3"), "eu-west-1")
    key = KeyAsked(KEY.replace(ANN, owner), owner, key_policy, lambda: FACTS)
    return may_use_key(asker, key, "kms:Decrypt", asked.get("context", {}), {}).allowed


def _allow(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "kms:*", "Resource": "*", **more}


def _deny(**condition: Any) -> str:
    return _policy(_allow(), {**_allow(), "Effect": "Deny", "Condition": condition})


@pytest.mark.parametrize(
    ("identity", "allowed"),
    [
        (None, False),
        (_policy(_allow()), True),
        (_deny(StringEquals={"aws:ResourceTag/class": "secret"}), False),
        (_deny(StringEquals={"aws:ResourceTag/class": "open"}), True),
        (_deny(**{"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/l*"}}), False),
        (_deny(StringEquals={"kms:ViaService": "s3.eu-west-1.amazonaws.com"}), False),
        (_deny(StringEquals={"kms:EncryptionContext:table": "orders"}), False),
        (_deny(StringEquals={"kms:EncryptionContext:table": "returns"}), True),
    ],
)
def test_default_policy_leaves_it_to_identity_policies_and_their_conditions(
    identity: str | None, allowed: bool
):
    assert _decided(identity, default_policy(ANN), context={"table": "orders"}) == allowed


def test_key_policy_that_names_nobody_allows_nobody():
    assert not _decided(_policy(_allow()), _policy(_allow(Principal={"AWS": BOB})))


def test_own_key_of_a_service_is_used_through_it_by_its_account_only():
    policy = service_policy("s3", ANN)
    assert _decided(None, policy)
    assert not _decided(_policy(_allow()), policy, service="glue")
    assert not _decided(_policy(_allow()), service_policy("s3", BOB), owner=BOB)
