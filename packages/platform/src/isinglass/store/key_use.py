"""Encrypts and decrypts with an account's keys; who may is decided before.

A key's material is opened with the server's key for the moment that it is used, and never leaves this module.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from isinglass.domain.keys import ciphertext, policies
from isinglass.domain.keys.references import (
    SERVICE_ALIASES,
    InvalidReference,
    KeyReference,
    read_reference,
)
from isinglass.store.keys import Key, Material, Reason
from isinglass.store.sealing import SealBroken, Sealer

if TYPE_CHECKING:
    from isinglass.store.store import Store, Transaction

_BYTES = 32
_REGION = "us-east-1"
_PURPOSE = b"isinglass key use"
_ROTATION_DAYS = 365

Why = Literal["not found", "disabled", "pending deletion", "invalid ciphertext", "sealed by another server"]

_SENTENCES: dict[Why, str] = {
    "not found": "does not exist",
    "disabled": "is disabled",
    "pending deletion": "is pending deletion",
    "invalid ciphertext": "did not encrypt this, or not with this encryption context",
    "sealed by another server": "was sealed by another server key: restore the key file of this database",
}


@dataclass(eq=False)
class KeyUnavailable(Exception):
    """A key cannot be used now, or not for this; `key_arn` is the key as far as it is known."""

    key_arn: str
    reason: Why

    def __str__(self) -> str:
        return f"The key {self.key_arn} {_SENTENCES[self.reason]}."


class KeyUse:
    """Uses keys within one transaction; a service's own key is made when it is first used to encrypt."""

    def __init__(
        self,
        tx: "Transaction",
        sealer: Sealer,
        region: str = _REGION,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`region` and `clock` are for keys that are made here."""
        self._tx = tx
        self._sealer = sealer
        self._region = region
        self._clock = clock

    def resolve(self, account_id: str, key: str) -> Key:
        """Find a key by its id, its ARN, an alias or an alias's ARN; raises KeyUnavailable."""
        try:
            reference = read_reference(key, account_id)
        except InvalidReference as error:
            raise KeyUnavailable(key, "not found") from error
        found = self._tx.keys.resolve(reference)
        if found is None and reference.alias in SERVICE_ALIASES and reference.account_id == account_id:
            found = self._make_service_key(reference)
        if found is None or found.is_gone(self._clock()):
            raise KeyUnavailable(reference.arn(self._region), "not found")
        return found

    def encrypt(self, account_id: str, key: str, plaintext: bytes, context: Mapping[str, str]) -> bytes:
        """Encrypt a short text; only the same context opens it again."""
        return self.encrypt_with(self.resolve(account_id, key), plaintext, context)

    def data_key(self, account_id: str, key: str, context: Mapping[str, str]) -> tuple[bytes, bytes]:
        """Make a key of 32 bytes to encrypt data with: in the clear, and encrypted."""
        plaintext = os.urandom(_BYTES)
        return plaintext, self.encrypt(account_id, key, plaintext, context)

    def encrypt_with(self, key: Key, plaintext: bytes, context: Mapping[str, str]) -> bytes:
        """Encrypt with a key that was found."""
        return self.encrypt_telling(key, plaintext, context)[0]

    def encrypt_telling(self, key: Key, plaintext: bytes, context: Mapping[str, str]) -> tuple[bytes, str]:
        """Encrypt with a key that was found; tells the id of its material too."""
        require_enabled(key)
        head = ciphertext.Head(
            key.id, key.current, os.urandom(ciphertext.SALT_BYTES), os.urandom(ciphertext.NONCE_BYTES)
        )
        packed = head.pack()
        material = self._material(key, key.current)
        text = self._cipher(key, material, head).encrypt(
            head.nonce, plaintext, ciphertext.bound_to(packed, context)
        )
        return packed + text, material.id

    def decrypt(self, blob: bytes, context: Mapping[str, str]) -> bytes:
        """Decrypt what a key encrypted with this context; remembers data keys for a moment."""
        opened = self._sealer.opened
        bound = ciphertext.bound_to(b"", context)
        found = opened.find(blob, bound)
        if found is not None:
            return found
        plaintext = self.decrypt_with(self.key_of(blob), blob, context)
        opened.keep(blob, bound, plaintext)
        return plaintext

    def key_of(self, blob: bytes) -> Key:
        """Find the key that encrypted something; raises KeyUnavailable."""
        try:
            head, _, _ = ciphertext.split(blob)
        except ciphertext.InvalidCiphertext as error:
            raise KeyUnavailable("of a ciphertext", "invalid ciphertext") from error
        key = self._tx.keys.by_id(head.key_id)
        if key is None or key.is_gone(self._clock()):
            raise KeyUnavailable(head.key_id, "not found")
        return key

    def decrypt_with(self, key: Key, blob: bytes, context: Mapping[str, str]) -> bytes:
        """Decrypt with the key that `key_of` tells."""
        return self.decrypt_telling(key, blob, context)[0]

    def decrypt_telling(self, key: Key, blob: bytes, context: Mapping[str, str]) -> tuple[bytes, str]:
        """Decrypt with the key that `key_of` tells; tells the id of its material too."""
        require_enabled(key)
        try:
            head, packed, text = ciphertext.split(blob)
            if head.key_id != key.id:
                raise KeyUnavailable(key.arn, "invalid ciphertext")
            material = self._material(key, head.number)
            cipher = self._cipher(key, material, head)
            return cipher.decrypt(head.nonce, text, ciphertext.bound_to(packed, context)), material.id
        except (ciphertext.InvalidCiphertext, InvalidTag) as error:
            raise KeyUnavailable(key.arn, "invalid ciphertext") from error

    def _material(self, key: Key, number: int) -> Material:
        material = self._tx.keys.material(key, number)
        if material is None:
            raise KeyUnavailable(key.arn, "invalid ciphertext")
        return material

    def _cipher(self, key: Key, material: Material, head: ciphertext.Head) -> AESGCM:
        """Derive the key of one ciphertext."""
        try:
            opened = self._sealer.open(material.sealed, _sealed_for(key, material.number))
        except SealBroken as error:
            raise KeyUnavailable(key.arn, "sealed by another server") from error
        return AESGCM(HKDF(hashes.SHA256(), _BYTES, salt=head.salt, info=_PURPOSE).derive(opened))

    def _make_service_key(self, reference: KeyReference) -> Key:
        now, alias = self._clock(), reference.alias
        service = SERVICE_ALIASES[alias]
        key = Key(
            account_id=reference.account_id,
            id=str(uuid4()),
            region=self._region,
            state="Enabled",
            manager="AWS",
            description=f"Default key that protects my {service} data when no other key is defined",
            policy=policies.service_policy(service, reference.account_id),
            created_at=now,
            rotation_days=_ROTATION_DAYS,
            rotates_at=now + _ROTATION_DAYS * 86_400.0,
        )
        # Of two that make it at once the second finds the alias taken, and takes what is there.
        if self._tx.keys.add_alias(key.account_id, alias, key.id, now):
            self._tx.keys.insert(key, new_material(self._sealer, key, 1, "CREATED", now))
            return key
        made = self._tx.keys.resolve(reference)
        if made is None:
            raise KeyUnavailable(reference.arn(self._region), "not found")
        return made


def open_data_key(store: "Store", sealer: Sealer, blob: bytes, context: Mapping[str, str]) -> bytes:
    """Decrypt where there is no transaction; one is opened only for what nobody opened a moment ago."""
    found = sealer.opened.find(blob, ciphertext.bound_to(b"", context))
    if found is not None:
        return found
    with store.read() as tx:
        return KeyUse(tx, sealer).decrypt(blob, context)


def absent_key(reference: KeyReference, region: str) -> Key:
    """Stand for another account's key that is not there: a stranger is denied it as one that is there."""
    return Key(
        account_id=reference.account_id,
        id=reference.id,
        region=reference.region or region,
        state="Enabled",
        manager="CUSTOMER",
        description="",
        policy=policies.default_policy(reference.account_id),
        created_at=0.0,
    )


def new_material(sealer: Sealer, key: Key, number: int, reason: Reason, now: float) -> Material:
    """Make what a key encrypts with from now on."""
    sealed = sealer.seal(os.urandom(_BYTES), _sealed_for(key, number))
    return Material(number, os.urandom(32).hex(), sealed, reason, now)


def require_enabled(key: Key) -> None:
    """Raise KeyUnavailable for a key that may not be used now."""
    if key.state == "Disabled":
        raise KeyUnavailable(key.arn, "disabled")
    if key.state == "PendingDeletion":
        raise KeyUnavailable(key.arn, "pending deletion")


def _sealed_for(key: Key, number: int) -> str:
    """Say what material is sealed for: moved to another key or number it does not open."""
    return f"encryption key {key.account_id}/{key.id}/{number}"
