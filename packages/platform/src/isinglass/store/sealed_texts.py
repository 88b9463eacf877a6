"""Texts sealed with a data key, and words blinded with it.

A sealed text is `~id.base64`: the data key's id, then a salt and what AES-256-GCM made of the text. Each text
has a key of its own, derived from the data key and its salt, so that no number of texts wears out a data key.
"""

import base64
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

#: What sealed texts begin with, and no text in the clear.
MARK = "~"
_END = "."
_SALT_BYTES = 24
#: Each key seals one text: there is nothing to tell apart from.
_NONCE = bytes(12)
_BLIND_BYTES = 12


@dataclass(eq=False)
class TextBroken(Exception):
    """A sealed text cannot be opened: it was changed, or belongs somewhere else."""

    identity: Sequence[Any]

    def __str__(self) -> str:
        return (
            f"what is stored of {' '.join(map(str, self.identity))} was changed or moved outside the server"
        )


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key in the clear that seals the texts of one account's catalog, and the key that wraps it."""

    id: str
    key_arn: str
    clear: bytes = field(repr=False)

    def seal(self, text: str, identity: Sequence[Any]) -> str:
        """Seal a text that only opens as what it is: rows cannot be swapped."""
        salt = os.urandom(_SALT_BYTES)
        sealed = self._cipher(salt).encrypt(_NONCE, text.encode(), orjson.dumps(identity))
        return f"{mark_of(self.id)}{base64.b64encode(salt + sealed).decode()}"

    def open(self, sealed: str, identity: Sequence[Any]) -> str:
        """Open a sealed text, or raise TextBroken."""
        try:
            raw = base64.b64decode(sealed.partition(_END)[2], validate=True)
            salt, rest = raw[:_SALT_BYTES], raw[_SALT_BYTES:]
            return self._cipher(salt).decrypt(_NONCE, rest, orjson.dumps(identity)).decode()
        except (InvalidTag, ValueError) as error:
            raise TextBroken(identity) from error

    def blind(self, word: str) -> str:
        """Write a word so that it can be compared and not read."""
        blinded = hmac.digest(self.clear, b"word " + word.encode(), "sha256")[:_BLIND_BYTES]
        return MARK + base64.b64encode(blinded).decode()

    def _cipher(self, salt: bytes) -> AESGCM:
        return AESGCM(hmac.digest(self.clear, b"text " + salt, "sha256"))


def is_sealed(text: str) -> bool:
    """Tell a sealed text from one in the clear, which is JSON."""
    return text[:1] == MARK


def mark_of(data_key_id: str) -> str:
    """Give what all texts begin with that a data key sealed."""
    return f"{MARK}{data_key_id}{_END}"


def data_key_of(sealed: str) -> str:
    """Read the id of the data key that sealed a text."""
    return sealed[1:].partition(_END)[0]
