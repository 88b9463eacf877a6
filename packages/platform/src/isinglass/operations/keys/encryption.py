"""Encrypting and decrypting with keys, and making keys to encrypt data with."""

import os
from collections.abc import Mapping
from typing import Any, Literal

from isinglass.model.kms.errors import (
    DryRunOperationException,
    IncorrectKeyException,
    InvalidCiphertextException,
    InvalidGrantTokenException,
    InvalidKeyUsageException,
    OperationNotSupportedException,
    UnsupportedOperationException,
    ValidationException,
)
from isinglass.model.kms.shapes import (
    DecryptRequest,
    DecryptResponse,
    EncryptRequest,
    EncryptResponse,
    GenerateDataKeyRequest,
    GenerateDataKeyResponse,
    GenerateDataKeyWithoutPlaintextRequest,
    GenerateDataKeyWithoutPlaintextResponse,
    GenerateRandomRequest,
    GenerateRandomResponse,
    ReEncryptRequest,
    ReEncryptResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.keys.lookups import require_key, require_usable, using
from isinglass.operations.registry import implements
from isinglass.store.key_use import KeyUnavailable, KeyUse
from isinglass.store.keys import Key
from isinglass.store.store import Transaction

_ALGORITHM: Literal["SYMMETRIC_DEFAULT"] = "SYMMETRIC_DEFAULT"
_ALGORITHMS = ("EncryptionAlgorithm", "SourceEncryptionAlgorithm", "DestinationEncryptionAlgorithm")
_CONTEXTS = ("EncryptionContext", "SourceEncryptionContext", "DestinationEncryptionContext")
_KEY_BYTES = {"AES_128": 16, "AES_256": 32}
_LONGEST_CONTEXT = 8192


@implements("kms:Encrypt")
def encrypt(ctx: Context, request: EncryptRequest) -> EncryptResponse:
    """Encrypt up to 4096 bytes."""
    _check(request)
    context = request.get("EncryptionContext", {})
    with ctx.store.read() as tx:
        key = require_key(tx, ctx, "Encrypt", request["KeyId"], context=context, foreign=True)
        blob, _ = _encrypt(tx, ctx, key, request["Plaintext"], context)
    _end_dry_run(request)
    return {"CiphertextBlob": blob, "KeyId": key.arn, "EncryptionAlgorithm": _ALGORITHM}


@implements("kms:Decrypt")
def decrypt(ctx: Context, request: DecryptRequest) -> DecryptResponse:
    """Decrypt what a key encrypted with the same context; the ciphertext tells which key."""
    _check(request)
    context = request.get("EncryptionContext", {})
    with ctx.store.read() as tx:
        key = _source(tx, ctx, "Decrypt", request, request.get("KeyId"), context)
        plaintext, material_id = _decrypt(tx, ctx, key, request["CiphertextBlob"], context)
    _end_dry_run(request)
    return {
        "KeyId": key.arn,
        "Plaintext": plaintext,
        "EncryptionAlgorithm": _ALGORITHM,
        "KeyMaterialId": material_id,
    }


@implements("kms:ReEncrypt")
def re_encrypt(ctx: Context, request: ReEncryptRequest) -> ReEncryptResponse:
    """Decrypt with one key and encrypt with another, without telling what was encrypted."""
    _check(request)
    before = request.get("SourceEncryptionContext", {})
    after = request.get("DestinationEncryptionContext", {})
    with ctx.store.read() as tx:
        source = _source(tx, ctx, "ReEncryptFrom", request, request.get("SourceKeyId"), before)
        target = require_key(tx, ctx, "ReEncryptTo", request["DestinationKeyId"], context=after, foreign=True)
        plaintext, old_id = _decrypt(tx, ctx, source, request["CiphertextBlob"], before)
        blob, new_id = _encrypt(tx, ctx, target, plaintext, after)
    _end_dry_run(request)
    return {
        "CiphertextBlob": blob,
        "SourceKeyId": source.arn,
        "KeyId": target.arn,
        "SourceEncryptionAlgorithm": _ALGORITHM,
        "DestinationEncryptionAlgorithm": _ALGORITHM,
        "SourceKeyMaterialId": old_id,
        "DestinationKeyMaterialId": new_id,
    }


@implements("kms:GenerateDataKey")
def generate_data_key(ctx: Context, request: GenerateDataKeyRequest) -> GenerateDataKeyResponse:
    """Make a key to encrypt data with: in the clear, and encrypted to be kept with the data."""
    plaintext, blob, key, material_id = _data_key(ctx, "GenerateDataKey", request)
    return {
        "Plaintext": plaintext,
        "CiphertextBlob": blob,
        "KeyId": key.arn,
        "KeyMaterialId": material_id,
    }


@implements("kms:GenerateDataKeyWithoutPlaintext")
def generate_data_key_without_plaintext(
    ctx: Context, request: GenerateDataKeyWithoutPlaintextRequest
) -> GenerateDataKeyWithoutPlaintextResponse:
    """Make a key to encrypt data with, for whoever may decrypt it later."""
    _, blob, key, material_id = _data_key(ctx, "GenerateDataKeyWithoutPlaintext", request)
    return {"CiphertextBlob": blob, "KeyId": key.arn, "KeyMaterialId": material_id}


@implements("kms:GenerateRandom")
def generate_random(_ctx: Context, request: GenerateRandomRequest) -> GenerateRandomResponse:
    """Give random bytes that are fit for keys."""
    _check(request)
    if "CustomKeyStoreId" in request:
        raise UnsupportedOperationException("There are no custom key stores here.")
    if "NumberOfBytes" not in request:
        raise ValidationException("NumberOfBytes must be given.")
    return {"Plaintext": os.urandom(request["NumberOfBytes"])}


def _data_key(ctx: Context, operation: str, request: Any) -> tuple[bytes, bytes, Key, str]:
    _check(request)
    if ("KeySpec" in request) == ("NumberOfBytes" in request):
        raise ValidationException("Please specify either number of bytes or key spec.")
    size = request.get("NumberOfBytes") or _KEY_BYTES[request["KeySpec"]]
    context = request.get("EncryptionContext", {})
    plaintext = os.urandom(size)
    with ctx.store.read() as tx:
        key = require_key(tx, ctx, operation, request["KeyId"], context=context, foreign=True)
        blob, material_id = _encrypt(tx, ctx, key, plaintext, context)
    _end_dry_run(request)
    return plaintext, blob, key, material_id


def _check(request: Any) -> None:
    """Refuse what would have to be honoured and is not."""
    if request.get("GrantTokens"):
        raise InvalidGrantTokenException("There are no grants here, and so no tokens of them.")
    for member in ("Recipient", "DryRunModifiers"):
        if request.get(member):
            raise OperationNotSupportedException(f"{member} is not supported by this server.")
    for member in _ALGORITHMS:
        algorithm = request.get(member, _ALGORITHM)
        if algorithm != _ALGORITHM:
            raise InvalidKeyUsageException(f"{member} {algorithm} is none that keys of this server have.")
    for member in _CONTEXTS:
        size = sum(len((key + value).encode()) for key, value in request.get(member, {}).items())
        if size > _LONGEST_CONTEXT:
            raise ValidationException(f"{member} has {size} bytes; it has at most {_LONGEST_CONTEXT}.")


def _end_dry_run(request: Any) -> None:
    if request.get("DryRun"):
        raise DryRunOperationException("The request would have succeeded, but the DryRun option is set.")


def _source(
    tx: Transaction,
    ctx: Context,
    operation: str,
    request: Any,
    named: str | None,
    context: Mapping[str, str],
) -> Key:
    """Find the key that encrypted a ciphertext, which must be the one named, and which the caller may use."""
    if "CiphertextBlob" not in request:
        raise ValidationException("CiphertextBlob must be given.")
    wanted = None
    if named is not None:
        # Before the ciphertext is looked at: who may not use the key is told nothing else.
        wanted = require_key(tx, ctx, operation, named, context=context, foreign=True)
    key = _encrypted_by(tx, ctx, request["CiphertextBlob"])
    if wanted is None:
        ctx.use_key(f"kms:{operation}", key, context, named=False)
    elif wanted != key:
        raise IncorrectKeyException(
            "The key ID in the request does not identify a CMK that can perform this operation."
        )
    assert key is not None  # one that is not there is never let be used
    return key


def _encrypted_by(tx: Transaction, ctx: Context, blob: bytes) -> Key | None:
    try:
        return KeyUse(tx, ctx.services.sealer, clock=lambda: ctx.now).key_of(blob)
    except KeyUnavailable as error:
        if error.reason == "invalid ciphertext":
            raise InvalidCiphertextException("") from error
        return None


def _encrypt(
    tx: Transaction, ctx: Context, key: Key, plaintext: bytes, context: Mapping[str, str]
) -> tuple[bytes, str]:
    require_usable(key)
    with using(key):
        return KeyUse(tx, ctx.services.sealer).encrypt_telling(key, plaintext, context)


def _decrypt(
    tx: Transaction, ctx: Context, key: Key, blob: bytes, context: Mapping[str, str]
) -> tuple[bytes, str]:
    require_usable(key)
    with using(key):
        return KeyUse(tx, ctx.services.sealer).decrypt_telling(key, blob, context)
