"""Who may use a key: its own policy says, and whom it leaves to identity policies."""

import json
import secrets
from typing import Any

import pytest
from access_fixtures import allow, deny, make_user
from api_fixtures import REGION, ROOT_ACCOUNT, Api, call
from identity_clients import error_of

from isinglass.domain.keys.policies import default_policy

DATABASES = ["sqlite"]
OTHER = "210987654321"
ROOT = f"arn:aws:iam::{ROOT_ACCOUNT}:root"


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _to(principal: Any, *actions: str, **more: Any) -> dict[str, Any]:
    return {**allow(*actions), "Principal": {"AWS": principal}, **more}


def _denied(user: str, action: str, resource: str, kind: str) -> tuple[str, str]:
    message = f"User: {user} is not authorized to perform: {action} on resource: {resource} "
    return "AccessDeniedException", f"{message}because no {kind} allows the {action} action"


def test_default_policy_leaves_it_to_identity_policies(api: Api, key: dict[str, Any]):
    ana = make_user(api)
    refused = error_of(ana.client("kms").encrypt, KeyId=key["KeyId"], Plaintext=b"x")
    assert refused == _denied(ana.arn, "kms:Encrypt", key["Arn"], "identity-based policy")
    ben = make_user(api, "ben", ROOT_ACCOUNT, allow("kms:Encrypt", on=key["Arn"])).client("kms")
    blob = ben.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    assert error_of(ben.decrypt, CiphertextBlob=blob)[0] == "AccessDeniedException"


def test_key_named_by_an_alias_is_decided_on_itself(api: Api, kms: Any, key: dict[str, Any]):
    kms.create_alias(AliasName="alias/lake", TargetKeyId=key["KeyId"])
    alias = f"arn:aws:kms:{REGION}:{ROOT_ACCOUNT}:alias/lake"
    ana = make_user(api, "ana", ROOT_ACCOUNT, allow("kms:Encrypt", on=alias))
    refused = error_of(ana.client("kms").encrypt, KeyId="alias/lake", Plaintext=b"x")
    assert refused == _denied(ana.arn, "kms:Encrypt", key["Arn"], "identity-based policy")
    ben = make_user(api, "ben", ROOT_ACCOUNT, allow("kms:Encrypt", on=key["Arn"]))
    assert ben.client("kms").encrypt(KeyId="alias/lake", Plaintext=b"x")["KeyId"] == key["Arn"]


def test_policy_without_the_account_excludes_identity_policies(api: Api, kms: Any):
    ana = make_user(api, "ana", ROOT_ACCOUNT, allow("kms:*"))
    ben = make_user(api, "ben")
    policy = _policy(_to(ben.arn, "kms:Encrypt", "kms:Decrypt"))
    made = kms.create_key(Policy=policy, BypassPolicyLockoutSafetyCheck=True)["KeyMetadata"]
    named = {"KeyId": made["KeyId"]}
    refused = error_of(ana.client("kms").encrypt, **named, Plaintext=b"x")
    assert refused == _denied(ana.arn, "kms:Encrypt", made["Arn"], "resource-based policy")
    # The account itself is no exception.
    assert error_of(kms.get_key_policy, **named) == _denied(
        ROOT, "kms:GetKeyPolicy", made["Arn"], "resource-based policy"
    )
    blob = ben.client("kms").encrypt(**named, Plaintext=b"x")["CiphertextBlob"]
    assert ben.client("kms").decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    assert error_of(ben.client("kms").describe_key, **named)[0] == "AccessDeniedException"


def test_explicit_deny_of_a_key_policy_wins(api: Api, kms: Any, key: dict[str, Any]):
    ana = make_user(api, "ana", ROOT_ACCOUNT, allow("kms:*"))
    client = ana.client("kms")
    client.encrypt(KeyId=key["KeyId"], Plaintext=b"x")
    denying = {**deny("kms:Encrypt"), "Principal": {"AWS": ana.arn}}
    kms.put_key_policy(KeyId=key["KeyId"], Policy=_policy(_to(ROOT, "kms:*"), denying))
    code, message = error_of(client.encrypt, KeyId=key["KeyId"], Plaintext=b"x")
    assert code == "AccessDeniedException"
    assert message.endswith("with an explicit deny in a resource-based policy")
    assert client.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyId"] == key["KeyId"]


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("no json", "The policy is not valid JSON"),
        (_policy(allow("kms:*")), "Principal: the statement must say to whom it applies"),
        (_policy({**_to(ROOT, "kms:*"), "Effect": "Maybe"}), "Effect: it must be Allow or Deny"),
        (
            _policy(_to(f"arn:aws:iam::{ROOT_ACCOUNT}:user/none", "kms:*")),
            "The new key policy will not allow you to update the key policy in the future.",
        ),
        (
            _policy(_to(ROOT, "kms:Encrypt")),
            "The new key policy will not allow you to update the key policy in the future.",
        ),
    ],
)
def test_policy_that_is_malformed_or_locks_out_is_refused(
    kms: Any, key: dict[str, Any], policy: str, message: str
):
    for refused in (
        error_of(kms.create_key, Policy=policy),
        error_of(kms.put_key_policy, KeyId=key["KeyId"], Policy=policy),
    ):
        assert refused[0] == "MalformedPolicyDocumentException"
        assert message in refused[1]
    assert kms.get_key_policy(KeyId=key["KeyId"])["Policy"] == default_policy(ROOT_ACCOUNT)
    assert len(kms.list_keys()["Keys"]) == 1


def test_policy_goes_by_one_name(kms: Any, key: dict[str, Any]):
    policy = default_policy(ROOT_ACCOUNT)
    kms.put_key_policy(KeyId=key["KeyId"], PolicyName="default", Policy=policy)
    assert kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"] == policy
    assert error_of(kms.get_key_policy, KeyId=key["KeyId"], PolicyName="other")[0] == "NotFoundException"


def test_other_account_needs_both_sides(api: Api, kms: Any, key: dict[str, Any]):
    api.credentials_of(OTHER)
    theirs, eve = api.client("kms", OTHER), make_user(api, "eve", OTHER)
    may = make_user(api, "may", OTHER, allow("kms:Encrypt", "kms:DescribeKey", on=key["Arn"]))
    named = {"KeyId": key["Arn"]}
    refused = error_of(theirs.encrypt, **named, Plaintext=b"x")
    assert refused == _denied(
        f"arn:aws:iam::{OTHER}:root", "kms:Encrypt", key["Arn"], "resource-based policy"
    )
    kms.put_key_policy(**named, Policy=_policy(_to(ROOT, "kms:*"), _to(OTHER, "kms:*")))
    blob = theirs.encrypt(**named, Plaintext=b"x")["CiphertextBlob"]
    assert theirs.decrypt(CiphertextBlob=blob)["KeyId"] == key["Arn"]
    refused = error_of(eve.client("kms").encrypt, **named, Plaintext=b"x")
    assert refused == _denied(eve.arn, "kms:Encrypt", key["Arn"], "identity-based policy")
    assert may.client("kms").encrypt(**named, Plaintext=b"x")["KeyId"] == key["Arn"]
    assert may.client("kms").describe_key(**named)["KeyMetadata"]["AWSAccountId"] == ROOT_ACCOUNT


@pytest.mark.parametrize(
    ("call", "more"),
    [
        ("disable_key", {}),
        ("schedule_key_deletion", {}),
        ("put_key_policy", {"Policy": "{}"}),
        ("get_key_policy", {}),
        ("tag_resource", {"Tags": []}),
        ("rotate_key_on_demand", {}),
        ("list_resource_tags", {}),
    ],
)
def test_other_account_manages_no_key_though_its_policy_lets_it(
    api: Api, kms: Any, key: dict[str, Any], call: str, more: dict[str, Any]
):
    kms.put_key_policy(KeyId=key["KeyId"], Policy=_policy(_to([ROOT, OTHER], "kms:*")))
    api.credentials_of(OTHER)
    refused = error_of(getattr(api.client("kms", OTHER), call), KeyId=key["Arn"], **more)
    assert refused[0] == "AccessDeniedException"
    assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] == key


def test_other_account_is_not_told_which_keys_there_are(api: Api, key: dict[str, Any]):
    api.credentials_of(OTHER)
    theirs = api.client("kms", OTHER)
    there = error_of(theirs.describe_key, KeyId=key["Arn"])
    missing = key["Arn"].replace(key["KeyId"], "00000000-0000-4000-8000-000000000000")
    absent = error_of(theirs.describe_key, KeyId=missing)
    assert absent == (there[0], there[1].replace(key["Arn"], missing))


def test_alias_of_another_account_is_not_told_to_be_there(api: Api, kms: Any, key: dict[str, Any]):
    kms.create_alias(AliasName="alias/lake", TargetKeyId=key["KeyId"])
    api.credentials_of(OTHER)
    theirs = api.client("kms", OTHER)
    aliases = [f"arn:aws:kms:{REGION}:{ROOT_ACCOUNT}:alias/{name}" for name in ("lake", "nowhere")]
    for alias in aliases:
        refused = error_of(theirs.encrypt, KeyId=alias, Plaintext=b"x")
        assert refused == _denied(f"arn:aws:iam::{OTHER}:root", "kms:Encrypt", alias, "resource-based policy")
    kms.put_key_policy(KeyId=key["KeyId"], Policy=_policy(_to([ROOT, OTHER], "kms:*")))
    assert theirs.encrypt(KeyId=aliases[0], Plaintext=b"x")["KeyId"] == key["Arn"]


def test_conditions_on_context_tags_and_alias_hold(api: Api, kms: Any, key: dict[str, Any]):
    named = {"KeyId": key["KeyId"]}
    kms.tag_resource(**named, Tags=[{"TagKey": "team", "TagValue": "data"}])
    kms.create_alias(AliasName="alias/lake", TargetKeyId=key["KeyId"])
    conditions = {
        "ana": ({"kms:EncryptionContext:table": "orders"}, {"EncryptionContext": {"table": "orders"}}, {}),
        "ben": ({"aws:ResourceTag/team": "data"}, {}, None),
        "cid": ({"kms:RequestAlias": "alias/lake"}, {"KeyId": "alias/lake"}, {}),
        "dan": ({"kms:ViaService": f"glue.{REGION}.amazonaws.com"}, None, {}),
    }
    for name, (condition, let, refused) in conditions.items():
        statement = allow("kms:Encrypt", Condition={"StringEquals": condition})
        client = make_user(api, name, ROOT_ACCOUNT, statement).client("kms")
        if let is not None:
            assert client.encrypt(**{**named, "Plaintext": b"x", **let})["KeyId"] == key["Arn"]
        if refused is not None:
            found = error_of(client.encrypt, **{**named, "Plaintext": b"x", **refused})
            assert found[0] == "AccessDeniedException"


def test_alias_needs_both_itself_and_its_key(api: Api, kms: Any, key: dict[str, Any]):
    alias = f"arn:aws:kms:{REGION}:{ROOT_ACCOUNT}:alias/lake"
    asked = {"AliasName": "alias/lake", "TargetKeyId": key["KeyId"]}
    for name, resource, missing in (("ana", key["Arn"], alias), ("ben", alias, key["Arn"])):
        user = make_user(api, name, ROOT_ACCOUNT, allow("kms:CreateAlias", on=resource))
        refused = error_of(user.client("kms").create_alias, **asked)
        assert refused == _denied(user.arn, "kms:CreateAlias", missing, "identity-based policy")
    may = make_user(api, "cid", ROOT_ACCOUNT, allow("kms:CreateAlias", on=[alias, key["Arn"]]))
    may.client("kms").create_alias(**asked)
    assert len(kms.list_aliases()["Aliases"]) == 1


def test_condition_on_the_aliases_of_a_key_holds(api: Api, kms: Any, key: dict[str, Any]):
    condition = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/lake"}}
    ana = make_user(api, "ana", ROOT_ACCOUNT, allow("kms:DescribeKey", Condition=condition)).client("kms")
    assert error_of(ana.describe_key, KeyId=key["KeyId"])[0] == "AccessDeniedException"
    kms.create_alias(AliasName="alias/lake", TargetKeyId=key["KeyId"])
    assert ana.describe_key(KeyId=key["KeyId"])["KeyMetadata"] == key


def test_use_by_another_account_is_in_the_logs_of_both(api: Api, kms: Any, key: dict[str, Any]):
    kms.put_key_policy(KeyId=key["KeyId"], Policy=_policy(_to([ROOT, OTHER], "kms:*")))
    api.credentials_of(OTHER)
    theirs = api.client("kms", OTHER)
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    kms.put_key_policy(KeyId=key["KeyId"], Policy=_policy(_to(ROOT, "kms:*"), _to(OTHER, "kms:Decrypt")))
    assert theirs.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    for account in (ROOT_ACCOUNT, OTHER):
        found = [event["Resources"] for event in _logged(api, account, "kms:Decrypt")]
        assert found == [[key["Arn"]]]


def test_log_of_a_stranger_does_not_tell_whose_key_encrypted(api: Api, kms: Any, key: dict[str, Any]):
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    api.credentials_of(OTHER)
    theirs = api.client("kms", OTHER)
    for refused in (blob, b"\x01" * 80):
        assert error_of(theirs.decrypt, CiphertextBlob=refused)[0] == "AccessDeniedException"
    told = [
        {name: event[name] for name in ("Outcome", "MissingOn", "ErrorMessage", "Resources")}
        for event in _logged(api, OTHER, "kms:Decrypt")
    ]
    assert len(told) == 2
    assert told[0] == told[1]
    assert _logged(api, ROOT_ACCOUNT, "kms:Decrypt") == []


def _logged(api: Api, account_id: str, operation: str) -> list[dict[str, Any]]:
    """Read an account's events of an operation, once a later one is written: reads are a moment late."""
    marker = f"alias/{secrets.token_hex(8)}"
    error_of(api.client("kms", account_id).get_key_policy, KeyId=marker)
    while not call(api, "ListAuditEvents", {"Resource": marker}, account_id)[1]["Events"]:
        pass
    status, answer = call(api, "ListAuditEvents", {"Operation": operation}, account_id)
    assert status == 200, answer
    events: list[dict[str, Any]] = answer["Events"]
    return events
