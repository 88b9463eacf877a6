"""Finds the key that a request names, if the caller may use it so, and says why one cannot be used."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from isinglass.domain.keys.references import InvalidReference, KeyReference, read_reference
from isinglass.model.edge_errors import AccessDeniedException
from isinglass.model.kms.errors import (
    DisabledException,
    InvalidArnException,
    InvalidCiphertextException,
    KeyUnavailableException,
    KMSInvalidStateException,
    NotFoundException,
)
from isinglass.operations.context import Context
from isinglass.store.key_use import KeyUnavailable
from isinglass.store.keys import Key
from isinglass.store.store import Transaction

_NO_CONTEXT: Mapping[str, str] = MappingProxyType({})


def require_key(
    tx: Transaction,
    ctx: Context,
    operation: str,
    key_id: str,
    *,
    context: Mapping[str, str] = _NO_CONTEXT,
    foreign: bool = False,
    lock: bool = False,
) -> Key:
    """Find a key for an operation that the caller may do to it; `foreign` lets it be another account's."""
    reference = read(ctx, key_id)
    key = tx.keys.resolve(reference, lock=lock)
    if key is None or key.is_gone(ctx.now) or (key.account_id != ctx.account_id and not foreign):
        raise missing(ctx, reference)
    try:
        ctx.use_key(f"kms:{operation}", key, context, alias=reference.alias)
    except AccessDeniedException:
        if not reference.alias or key.account_id == ctx.account_id:
            raise
        # The denial would tell that another account's alias is there, and to which key it leads.
        raise missing(ctx, reference) from None
    return key


def read(ctx: Context, key_id: str) -> KeyReference:
    """Read how a request names a key."""
    try:
        return read_reference(key_id, ctx.account_id)
    except InvalidReference as error:
        raise (InvalidArnException if error.is_arn else NotFoundException)(str(error)) from error


def missing(ctx: Context, reference: KeyReference) -> NotFoundException:
    """Say that there is no such key; who may not ask, or asks for another account's, is denied instead."""
    arn = reference.arn(ctx.region)
    ctx.reach(reference.account_id, [arn])
    if reference.alias:
        return NotFoundException(f"Alias {arn} is not found.")
    return NotFoundException(f"Key '{arn}' does not exist")


def require_usable(key: Key) -> None:
    """Refuse a key that is switched off or about to be deleted."""
    if key.state == "Disabled":
        raise DisabledException(f"{key.arn} is disabled.")
    require_kept(key)


def require_kept(key: Key) -> None:
    """Refuse a key that is about to be deleted."""
    if key.state == "PendingDeletion":
        raise KMSInvalidStateException(f"{key.arn} is pending deletion.")


@contextmanager
def using(key: Key) -> Iterator[None]:
    """Say in the words of the service why a key cannot be used."""
    try:
        yield
    except KeyUnavailable as error:
        if error.reason == "invalid ciphertext":
            raise InvalidCiphertextException("") from error
        require_usable(key)
        raise KeyUnavailableException(str(error)) from error


def shown(key: Key, material_id: str | None) -> Any:
    """Show a key as DescribeKey does."""
    metadata = {
        "AWSAccountId": key.account_id,
        "KeyId": key.id,
        "Arn": key.arn,
        "CreationDate": key.created_at,
        "Enabled": key.state == "Enabled",
        "Description": key.description,
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": key.state,
        "DeletionDate": key.deletion_at,
        "Origin": "AWS_KMS",
        "KeyManager": key.manager,
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "MultiRegion": False,
        "CurrentKeyMaterialId": material_id,
    }
    return {name: value for name, value in metadata.items() if value is not None}


def paged(ctx: Context, member: str, items: list[Any], after: tuple[Any, ...] | None) -> Any:
    """Write a page of a listing."""
    return {member: items, "Truncated": after is not None, "NextMarker": ctx.token(after)}
