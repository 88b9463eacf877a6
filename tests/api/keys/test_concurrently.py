"""Callers who change the same key at once: nothing of theirs is lost, and one of two takes a name."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from api_fixtures import Api
from botocore.exceptions import ClientError


def test_rotations_at_once_are_all_carried_out(api: Api, kms: Any, key: dict[str, Any]):
    def rotate(_: int) -> bytes:
        client = api.client("kms")
        client.rotate_key_on_demand(KeyId=key["KeyId"])
        blob: bytes = client.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
        return blob

    with ThreadPoolExecutor(4) as pool:
        blobs = list(pool.map(rotate, range(12)))
    assert len(kms.list_key_rotations(KeyId=key["KeyId"])["Rotations"]) == 12
    assert [kms.decrypt(CiphertextBlob=blob)["Plaintext"] for blob in blobs] == [b"x"] * 12


def test_alias_that_two_make_at_once_is_made_once(api: Api, kms: Any, key: dict[str, Any]):
    other = kms.create_key()["KeyMetadata"]

    def name(number: int) -> str:
        target = (key, other)[number % 2]["KeyId"]
        try:
            api.client("kms").create_alias(AliasName="alias/lake", TargetKeyId=target)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return target

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(name, range(4)))
    [made] = [answer for answer in answers if answer != "AlreadyExistsException"]
    assert [each["TargetKeyId"] for each in kms.list_aliases()["Aliases"]] == [made]


def test_key_of_a_service_that_many_look_at_first_is_made_once(api: Api, kms: Any):
    def look(_: int) -> str:
        found: str = api.client("kms").describe_key(KeyId="alias/aws/glue")["KeyMetadata"]["KeyId"]
        return found

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(look, range(8)))
    assert [key["KeyId"] for key in kms.list_keys()["Keys"]] == list(found)
