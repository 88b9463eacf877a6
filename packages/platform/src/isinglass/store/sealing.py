"""Seals secrets before they are stored, so that a stolen database does not give them away."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from isinglass.store.opened_keys import OpenedKeys

KEY_BYTES = 32

_VERSION = b"\x01"
_NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed secret cannot be opened: it was changed, moved to another row, or sealed with another key."""

    def __init__(self, context: str) -> None:
        super().__init__(
            f"The secret of {context} cannot be opened: it was sealed with another server key. "
            "Restore the key file that belongs to this database."
        )
        self.context = context


class Sealer:
    """Seals with AES-256-GCM; the context, whose secret it is, is authenticated: rows cannot be swapped."""

    def __init__(self, server_key: bytes) -> None:
        """Derive the sealing key from the server's key of 32 random bytes."""
        if len(server_key) != KEY_BYTES:
            raise ValueError(f"The server key has {len(server_key)} bytes instead of {KEY_BYTES}.")
        self._cipher = AESGCM(derive_key(server_key, "sealing"))
        #: Data keys that were opened with what is sealed here.
        self.opened = OpenedKeys()

    def seal(self, secret: bytes, context: str) -> bytes:
        """Seal a secret."""
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, secret, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Open a sealed secret, or raise SealBroken."""
        nonce, text = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            if sealed[:1] != _VERSION:
                raise SealBroken(context)
            return self._cipher.decrypt(nonce, text, context.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken(context) from error


def derive_key(server_key: bytes, purpose: str) -> bytes:
    """Derive a key for one purpose, so that no two uses share one."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=f"isinglass {purpose}".encode()).derive(
        server_key
    )
