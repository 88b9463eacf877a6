"""Requests about encryption keys, for the test that no operation reaches another account's things."""

from typing import Any

_KEY = {"KeyId": "arn:aws:kms:us-east-1:{owner}:alias/ledger"}
_BLOB = {"CiphertextBlob": "no ciphertext at all"}
_DATA_KEY = {**_KEY, "KeySpec": "AES_256"}
_ALIAS = {"AliasName": "alias/ledger"}
_TARGET = {"TargetKeyId": "arn:aws:kms:us-east-1:{owner}:key/{master}"}

KEY_CASES: dict[str, dict[str, Any]] = {
    "kms:CancelKeyDeletion": _KEY,
    "kms:CreateAlias": {"AliasName": "alias/other", **_TARGET},
    "kms:CreateKey": {},
    "kms:Decrypt": {**_KEY, **_BLOB},
    "kms:DeleteAlias": _ALIAS,
    "kms:DescribeKey": _KEY,
    "kms:DisableKey": _KEY,
    "kms:DisableKeyRotation": _KEY,
    "kms:EnableKey": _KEY,
    "kms:EnableKeyRotation": {**_KEY, "RotationPeriodInDays": 90},
    "kms:Encrypt": {**_KEY, "Plaintext": "x"},
    "kms:GenerateDataKey": _DATA_KEY,
    "kms:GenerateDataKeyWithoutPlaintext": _DATA_KEY,
    "kms:GenerateRandom": {"NumberOfBytes": 8},
    "kms:GetKeyPolicy": _KEY,
    "kms:GetKeyRotationStatus": _KEY,
    "kms:ListAliases": {},
    "kms:ListKeyPolicies": _KEY,
    "kms:ListKeyRotations": _KEY,
    "kms:ListKeys": {},
    "kms:ListResourceTags": _KEY,
    "kms:PutKeyPolicy": {**_KEY, "Policy": "{}"},
    "kms:ReEncrypt": {
        "SourceKeyId": _KEY["KeyId"],
        "DestinationKeyId": _KEY["KeyId"],
        **_BLOB,
    },
    "kms:RotateKeyOnDemand": _KEY,
    "kms:ScheduleKeyDeletion": _KEY,
    "kms:TagResource": {**_KEY, "Tags": [{"TagKey": "a", "TagValue": "b"}]},
    "kms:UntagResource": {**_KEY, "TagKeys": ["kept"]},
    "kms:UpdateAlias": {**_ALIAS, **_TARGET},
    "kms:UpdateKeyDescription": {**_KEY, "Description": "x"},
}


def make_key(kms: Any, secret: str) -> str:
    """Let an account have a key that tells the secret; returns its id."""
    tags = [{"TagKey": "kept", "TagValue": secret}]
    key_id: str = kms.create_key(Description=secret, Tags=tags)["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/ledger", TargetKeyId=key_id)
    return key_id


def read_keys(kms: Any, key_id: str) -> dict[str, Any]:
    """Read all that an account's keys are."""
    answers = {
        "keys": kms.list_keys(),
        "aliases": kms.list_aliases(),
        "key": kms.describe_key(KeyId=key_id),
        "policy": kms.get_key_policy(KeyId=key_id),
        "rotation": kms.get_key_rotation_status(KeyId=key_id),
        "rotations": kms.list_key_rotations(KeyId=key_id),
        "tags": kms.list_resource_tags(KeyId=key_id),
    }
    for answer in answers.values():
        del answer["ResponseMetadata"]
    return answers
