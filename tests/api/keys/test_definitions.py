"""Keys as Terraform and people make, describe, tag, name and delete them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from api_fixtures import REGION, ROOT_ACCOUNT
from identity_clients import error_of

from isinglass.domain.keys.policies import default_policy
from isinglass.flow import key_upkeep
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store

#: What is tried here depends on no database.
DATABASES = ["sqlite"]

ALIAS = f"arn:aws:kms:{REGION}:{ROOT_ACCOUNT}:alias/lake"
_ONLY = "keys of this server are symmetric, of one region, and made and kept by the server."
NOWHERE = "00000000-0000-4000-8000-000000000000"


def test_key_made_is_described_as_it_was_answered(kms: Any):
    made = kms.create_key(Description="of the lake", Tags=[{"TagKey": "team", "TagValue": "data"}])
    key = made["KeyMetadata"]
    assert {name: value for name, value in key.items() if name != "CreationDate"} == {
        "AWSAccountId": ROOT_ACCOUNT,
        "KeyId": key["KeyId"],
        "Arn": f"arn:aws:kms:{REGION}:{ROOT_ACCOUNT}:key/{key['KeyId']}",
        "Enabled": True,
        "Description": "of the lake",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "Enabled",
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "MultiRegion": False,
        "CurrentKeyMaterialId": key["CurrentKeyMaterialId"],
    }
    assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] == key
    assert kms.list_resource_tags(KeyId=key["Arn"])["Tags"] == [{"TagKey": "team", "TagValue": "data"}]
    assert kms.get_key_policy(KeyId=key["KeyId"])["Policy"] == default_policy(ROOT_ACCOUNT)
    assert kms.list_key_policies(KeyId=key["KeyId"])["PolicyNames"] == ["default"]
    assert kms.list_keys()["Keys"] == [{"KeyId": key["KeyId"], "KeyArn": key["Arn"]}]


@pytest.mark.parametrize(
    ("request_", "member"),
    [
        ({"KeyUsage": "SIGN_VERIFY", "KeySpec": "RSA_2048"}, "KeyUsage SIGN_VERIFY"),
        ({"KeySpec": "HMAC_256"}, "KeySpec HMAC_256"),
        ({"CustomerMasterKeySpec": "RSA_4096"}, "CustomerMasterKeySpec RSA_4096"),
        ({"Origin": "EXTERNAL"}, "Origin EXTERNAL"),
        ({"MultiRegion": True}, "MultiRegion True"),
        ({"CustomKeyStoreId": "cks-1"}, "CustomKeyStoreId cks-1"),
    ],
)
def test_key_of_another_kind_is_refused_by_name(kms: Any, request_: dict[str, Any], member: str):
    assert error_of(kms.create_key, **request_) == (
        "UnsupportedOperationException",
        f"{member} is not supported: {_ONLY}",
    )
    assert kms.list_keys()["Keys"] == []


def test_keys_are_listed_in_pages(kms: Any):
    made = sorted(kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(5))
    pages = list(kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 2}))
    assert [[key["KeyId"] for key in page["Keys"]] for page in pages] == [made[:2], made[2:4], made[4:]]
    assert [page["Truncated"] for page in pages] == [True, True, False]
    assert error_of(kms.list_keys, Marker="made up")[0] == "InvalidMarkerException"


def test_key_is_found_by_every_name_it_has(kms: Any, key: dict[str, Any]):
    kms.create_alias(AliasName="alias/lake", TargetKeyId=key["KeyId"])
    for name in (key["KeyId"], key["Arn"], "alias/lake", ALIAS):
        assert kms.describe_key(KeyId=name)["KeyMetadata"] == key


@pytest.mark.parametrize(
    ("name", "error"),
    [
        (NOWHERE, ("NotFoundException", f"Key 'arn:aws:kms:{REGION}:{ROOT_ACCOUNT}:key/{NOWHERE}' does not exist")),
        ("alias/lake", ("NotFoundException", f"Alias {ALIAS} is not found.")),
        ("nonsense", ("NotFoundException", "Invalid keyId 'nonsense'")),
        ("arn:aws:s3:::bucket", ("InvalidArnException", "Invalid arn arn:aws:s3:::bucket")),
        ("alias/aws/unheard-of", ("NotFoundException", f"Alias {ALIAS[:-4]}aws/unheard-of is not found.")),
    ],
)  # fmt: skip
def test_key_that_is_not_there_is_not_found(kms: Any, name: str, error: tuple[str, str]):
    assert error_of(kms.describe_key, KeyId=name) == error


def test_aliases_are_made_moved_listed_and_deleted(kms: Any, key: dict[str, Any]):
    other = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/lake", TargetKeyId=key["KeyId"])
    kms.create_alias(AliasName="alias/a/b_c-d", TargetKeyId=key["Arn"])
    assert error_of(kms.create_alias, AliasName="alias/lake", TargetKeyId=other["KeyId"]) == (
        "AlreadyExistsException",
        f"An alias with the name {ALIAS} already exists",
    )
    kms.update_alias(AliasName="alias/lake", TargetKeyId=other["KeyId"])
    listed = kms.list_aliases()["Aliases"]
    assert [(each["AliasName"], each["TargetKeyId"]) for each in listed] == [
        ("alias/a/b_c-d", key["KeyId"]),
        ("alias/lake", other["KeyId"]),
    ]
    assert listed[1]["AliasArn"] == ALIAS
    assert listed[1]["LastUpdatedDate"] > listed[1]["CreationDate"]
    assert kms.list_aliases(KeyId=other["KeyId"])["Aliases"] == listed[1:]
    kms.delete_alias(AliasName="alias/lake")
    assert kms.list_aliases()["Aliases"] == listed[:1]
    assert error_of(kms.delete_alias, AliasName="alias/lake") == (
        "NotFoundException",
        f"Alias {ALIAS} is not found.",
    )


@pytest.mark.parametrize("name", ["lake", "alias/", "alias/a b", "alias/aws/glue", "alias/aws/mine"])
def test_alias_that_is_no_name_or_reserved_is_refused(kms: Any, key: dict[str, Any], name: str):
    code, _ = error_of(kms.create_alias, AliasName=name, TargetKeyId=key["KeyId"])
    assert code in {"InvalidAliasNameException", "ValidationException"}
    assert kms.list_aliases()["Aliases"] == []


def test_alias_leads_to_no_alias(kms: Any, key: dict[str, Any]):
    kms.create_alias(AliasName="alias/lake", TargetKeyId=key["KeyId"])
    code, _ = error_of(kms.create_alias, AliasName="alias/pond", TargetKeyId="alias/lake")
    assert code == "ValidationException"


def test_description_and_tags_are_changed(kms: Any, key: dict[str, Any]):
    kms.update_key_description(KeyId=key["KeyId"], Description="of the river")
    kms.tag_resource(
        KeyId=key["KeyId"], Tags=[{"TagKey": name, "TagValue": name.upper()} for name in ("c", "a", "b")]
    )
    kms.tag_resource(KeyId=key["KeyId"], Tags=[{"TagKey": "a", "TagValue": ""}])
    kms.untag_resource(KeyId=key["KeyId"], TagKeys=["b", "none"])
    assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["Description"] == "of the river"
    pages = kms.get_paginator("list_resource_tags").paginate(
        KeyId=key["KeyId"], PaginationConfig={"PageSize": 1}
    )
    assert [page["Tags"] for page in pages] == [
        [{"TagKey": "a", "TagValue": ""}],
        [{"TagKey": "c", "TagValue": "C"}],
    ]
    assert error_of(kms.tag_resource, KeyId=key["KeyId"], Tags=[{"TagKey": "aws:x", "TagValue": ""}]) == (
        "TagException",
        "Tag key 'aws:x' begins with the reserved prefix aws:",
    )
    many = [{"TagKey": f"k{number}", "TagValue": ""} for number in range(49)]
    assert error_of(kms.tag_resource, KeyId=key["KeyId"], Tags=many)[0] == "LimitExceededException"


def test_key_switched_off_and_on_says_so(kms: Any, key: dict[str, Any]):
    kms.disable_key(KeyId=key["KeyId"])
    described = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
    assert (described["KeyState"], described["Enabled"]) == ("Disabled", False)
    kms.enable_key(KeyId=key["KeyId"])
    assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] == key


def test_key_to_be_deleted_waits_and_can_be_had_back(kms: Any, key: dict[str, Any]):
    scheduled = kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    del scheduled["ResponseMetadata"]
    deletion = scheduled.pop("DeletionDate")
    assert scheduled == {"KeyId": key["Arn"], "KeyState": "PendingDeletion", "PendingWindowInDays": 7}
    assert timedelta(days=6.9) < deletion - datetime.now(UTC) < timedelta(days=7)
    described = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
    assert (described["KeyState"], described["DeletionDate"]) == ("PendingDeletion", deletion)
    pending = ("KMSInvalidStateException", f"{key['Arn']} is pending deletion.")
    named = {"KeyId": key["KeyId"]}
    assert error_of(kms.schedule_key_deletion, **named) == pending
    assert error_of(kms.enable_key, **named) == pending
    assert error_of(kms.disable_key, **named) == pending
    assert error_of(kms.update_key_description, **named, Description="x") == pending
    assert error_of(kms.create_alias, AliasName="alias/x", TargetKeyId=key["KeyId"]) == pending
    assert error_of(kms.encrypt, **named, Plaintext=b"x") == pending
    assert kms.cancel_key_deletion(**named)["KeyId"] == key["Arn"]
    assert kms.describe_key(**named)["KeyMetadata"]["KeyState"] == "Disabled"
    assert error_of(kms.cancel_key_deletion, **named) == (
        "KMSInvalidStateException",
        f"{key['Arn']} is not pending deletion.",
    )


@pytest.mark.parametrize("days", [1, 6, 31])
def test_key_is_deleted_after_seven_to_thirty_days_only(kms: Any, key: dict[str, Any], days: int):
    code, _ = error_of(kms.schedule_key_deletion, KeyId=key["KeyId"], PendingWindowInDays=days)
    assert code == "ValidationException"
    assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] == key


def test_key_whose_time_is_up_is_gone_with_its_material_and_names(
    kms: Any, key: dict[str, Any], store: Store
):
    kms.create_alias(AliasName="alias/lake", TargetKeyId=key["KeyId"])
    kms.tag_resource(KeyId=key["KeyId"], Tags=[{"TagKey": "a", "TagValue": "b"}])
    other = kms.create_key()["KeyMetadata"]
    deletion = kms.schedule_key_deletion(KeyId=key["KeyId"])["DeletionDate"].timestamp()
    sealer = Sealer(bytes(32))
    assert key_upkeep.run_once(store, sealer, deletion - 1.0) == 0
    assert kms.list_aliases()["Aliases"] != []
    assert key_upkeep.run_once(store, sealer, deletion + 1.0) == 1
    assert error_of(kms.describe_key, KeyId=key["KeyId"])[0] == "NotFoundException"
    assert kms.list_keys()["Keys"] == [{"KeyId": other["KeyId"], "KeyArn": other["Arn"]}]
    assert kms.list_aliases()["Aliases"] == []
    with store.read() as tx:
        assert tx.tags.get(ROOT_ACCOUNT, f"kms/{key['KeyId']}") == {}


def test_key_of_a_service_is_made_when_first_looked_at(kms: Any):
    described = kms.describe_key(KeyId="alias/aws/glue")["KeyMetadata"]
    assert (described["KeyManager"], described["KeyState"]) == ("AWS", "Enabled")
    assert kms.describe_key(KeyId="alias/aws/glue")["KeyMetadata"] == described
    assert [each["AliasName"] for each in kms.list_aliases()["Aliases"]] == ["alias/aws/glue"]
    assert kms.get_key_rotation_status(KeyId=described["KeyId"])["RotationPeriodInDays"] == 365
    policy = json.loads(kms.get_key_policy(KeyId=described["KeyId"])["Policy"])
    assert policy["Id"] == "auto-glue-1"
    for refused in (
        lambda: error_of(kms.encrypt, KeyId="alias/aws/glue", Plaintext=b"x"),
        lambda: error_of(kms.disable_key, KeyId=described["KeyId"]),
        lambda: error_of(kms.schedule_key_deletion, KeyId=described["KeyId"]),
    ):
        assert refused()[0] == "AccessDeniedException"
