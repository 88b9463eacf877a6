"""Encrypting, decrypting and data keys, as the encryption libraries of AWS ask for them."""

from typing import Any

import pytest
from api_fixtures import ROOT_ACCOUNT, Api
from identity_clients import error_of

DATABASES = ["sqlite"]
CONTEXT = {"purpose": "test", "table": "orders"}
DISABLED, PENDING = "DisabledException", "KMSInvalidStateException"
OTHER = "210987654321"


def test_text_encrypted_is_decrypted_with_its_context(kms: Any, key: dict[str, Any]):
    made = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"a" * 4096, EncryptionContext=CONTEXT)
    assert (made["KeyId"], made["EncryptionAlgorithm"]) == (key["Arn"], "SYMMETRIC_DEFAULT")
    assert len(made["CiphertextBlob"]) <= 6144
    opened = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext=CONTEXT)
    assert opened["Plaintext"] == b"a" * 4096
    assert opened["KeyId"] == key["Arn"]
    assert opened["KeyMaterialId"] == key["CurrentKeyMaterialId"]
    with_key = kms.decrypt(
        CiphertextBlob=made["CiphertextBlob"], EncryptionContext=CONTEXT, KeyId=key["KeyId"]
    )
    assert with_key["Plaintext"] == b"a" * 4096


def test_text_of_more_than_4096_bytes_is_refused(kms: Any, key: dict[str, Any]):
    assert error_of(kms.encrypt, KeyId=key["KeyId"], Plaintext=b"a" * 4097)[0] == "ValidationException"


@pytest.mark.parametrize("context", [{}, {"purpose": "test"}, {**CONTEXT, "more": ""}, {"Purpose": "test"}])
def test_other_context_does_not_decrypt(kms: Any, key: dict[str, Any], context: dict[str, str]):
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x", EncryptionContext=CONTEXT)["CiphertextBlob"]
    refused = error_of(kms.decrypt, CiphertextBlob=blob, EncryptionContext=context)
    assert refused[0] == "InvalidCiphertextException"


@pytest.mark.parametrize("blob", [b"x", b"\x01" * 10, b"\x02" + b"\0" * 100])
def test_bytes_that_are_no_ciphertext_do_not_decrypt(kms: Any, key: dict[str, Any], blob: bytes):
    assert error_of(kms.decrypt, CiphertextBlob=blob)[0] == "InvalidCiphertextException"


def test_ciphertext_of_another_key_is_refused(kms: Any, key: dict[str, Any]):
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    assert error_of(kms.decrypt, CiphertextBlob=blob, KeyId=other)[0] == "IncorrectKeyException"
    assert error_of(kms.decrypt, CiphertextBlob=b"\x01" * 80)[0] == "AccessDeniedException"


@pytest.mark.parametrize(("call", "code"), [("disable_key", DISABLED), ("schedule_key_deletion", PENDING)])
def test_key_that_is_off_encrypts_and_decrypts_nothing(kms: Any, key: dict[str, Any], call: str, code: str):
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    getattr(kms, call)(KeyId=key["KeyId"])
    named = {"KeyId": key["KeyId"]}
    assert error_of(kms.encrypt, **named, Plaintext=b"x")[0] == code
    assert error_of(kms.decrypt, CiphertextBlob=blob)[0] == code
    assert error_of(kms.generate_data_key, **named, KeySpec="AES_256")[0] == code
    assert error_of(kms.generate_data_key_without_plaintext, **named, KeySpec="AES_256")[0] == code
    assert error_of(kms.re_encrypt, CiphertextBlob=blob, DestinationKeyId=other)[0] == code
    assert error_of(kms.rotate_key_on_demand, **named)[0] == code
    assert error_of(kms.enable_key_rotation, **named)[0] == code


@pytest.mark.parametrize(
    ("asked", "size"), [({"KeySpec": "AES_256"}, 32), ({"KeySpec": "AES_128"}, 16), ({"NumberOfBytes": 64}, 64)]
)  # fmt: skip
def test_data_key_opens_to_what_it_was(kms: Any, key: dict[str, Any], asked: dict[str, Any], size: int):
    made = kms.generate_data_key(KeyId=key["KeyId"], EncryptionContext=CONTEXT, **asked)
    assert len(made["Plaintext"]) == size
    opened = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext=CONTEXT)
    assert opened["Plaintext"] == made["Plaintext"]
    hidden = kms.generate_data_key_without_plaintext(KeyId=key["KeyId"], **asked)
    assert "Plaintext" not in hidden
    assert len(kms.decrypt(CiphertextBlob=hidden["CiphertextBlob"])["Plaintext"]) == size


@pytest.mark.parametrize("asked", [{}, {"KeySpec": "AES_256", "NumberOfBytes": 32}])
def test_data_key_without_one_size_is_refused(kms: Any, key: dict[str, Any], asked: dict[str, Any]):
    refused = error_of(kms.generate_data_key, KeyId=key["KeyId"], **asked)
    assert refused == ("ValidationException", "Please specify either number of bytes or key spec.")


def test_text_encrypted_anew_opens_with_the_other_key_only(kms: Any, key: dict[str, Any]):
    other = kms.create_key()["KeyMetadata"]
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x", EncryptionContext=CONTEXT)["CiphertextBlob"]
    anew = kms.re_encrypt(
        CiphertextBlob=blob,
        SourceEncryptionContext=CONTEXT,
        DestinationKeyId=other["KeyId"],
        DestinationEncryptionContext={"now": "else"},
    )
    assert (anew["SourceKeyId"], anew["KeyId"]) == (key["Arn"], other["Arn"])
    assert anew["SourceKeyMaterialId"] == key["CurrentKeyMaterialId"]
    assert anew["DestinationKeyMaterialId"] == other["CurrentKeyMaterialId"]
    kms.disable_key(KeyId=key["KeyId"])
    opened = kms.decrypt(CiphertextBlob=anew["CiphertextBlob"], EncryptionContext={"now": "else"})
    assert opened["Plaintext"] == b"x"


def test_random_bytes_are_as_many_as_asked(kms: Any):
    made = {kms.generate_random(NumberOfBytes=32)["Plaintext"] for _ in range(3)}
    assert [len(each) for each in made] == [32, 32, 32]
    assert error_of(kms.generate_random)[0] == "ValidationException"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"GrantTokens": ["t"]}, "InvalidGrantTokenException"),
        ({"EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}, "InvalidKeyUsageException"),
        ({"EncryptionContext": {"a": "b" * 8192}}, "ValidationException"),
        ({"DryRun": True}, "DryRunOperationException"),
    ],
)
def test_what_is_not_carried_out_is_refused(kms: Any, key: dict[str, Any], more: dict[str, Any], code: str):
    assert error_of(kms.encrypt, KeyId=key["KeyId"], Plaintext=b"x", **more)[0] == code


def test_recipient_in_an_enclave_is_refused(kms: Any, key: dict[str, Any]):
    recipient = {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": b"x"}
    refused = error_of(kms.generate_data_key, KeyId=key["KeyId"], KeySpec="AES_256", Recipient=recipient)
    assert refused[0] == "OperationNotSupportedException"


def test_dry_run_finds_what_would_fail(kms: Any, key: dict[str, Any]):
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    assert error_of(kms.decrypt, CiphertextBlob=blob, DryRun=True)[0] == "DryRunOperationException"
    kms.disable_key(KeyId=key["KeyId"])
    assert error_of(kms.decrypt, CiphertextBlob=blob, DryRun=True)[0] == "DisabledException"


def test_ciphertext_of_another_account_tells_nothing(api: Api, kms: Any, key: dict[str, Any]):
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    api.credentials_of(OTHER)
    code, message = error_of(api.client("kms", OTHER).decrypt, CiphertextBlob=blob)
    assert code == "AccessDeniedException"
    assert message == error_of(kms.decrypt, CiphertextBlob=b"\x01" * 80)[1]
    assert ROOT_ACCOUNT not in message
