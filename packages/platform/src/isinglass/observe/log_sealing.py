"""Log lines that lie sealed on the disk: each for itself, so that a log still reads from anywhere, both ways.

The first line of a sealed log tells the key of the Key Management Service and, wrapped by it, the key of its
lines. When a line was written, and to which stream, stays in the clear: to look for a time needs no key.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_MARK = "key"
_LONGEST_HEAD = 16 * 1024


@dataclass(frozen=True, slots=True)
class LogHead:
    """The first line of a sealed log: a key's ARN, and what it wrapped."""

    key_arn: str
    wrapped: bytes

    def line(self) -> str:
        """Write it; lines of a log begin with a number, so that none is taken for it."""
        return f"{_MARK} {self.key_arn} {base64.b64encode(self.wrapped).decode()}\n"


@dataclass(frozen=True, slots=True)
class LogKey:
    """What a log is written with: its head, and the key of its lines in the clear."""

    head: LogHead
    plaintext: bytes = field(repr=False)


class LineCipher:
    """Seals and opens the lines of one log; when a line was written is bound to it."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, stamp: str, text: bytes) -> str:
        """Seal a line's text."""
        nonce = os.urandom(_NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, text, stamp.encode())).decode()

    def open(self, stamp: str, sealed: str) -> bytes | None:
        """Open a line's text; None when it was changed, or not written to its end."""
        try:
            packed = base64.b64decode(sealed, validate=True)
            return self._cipher.decrypt(packed[:_NONCE_BYTES], packed[_NONCE_BYTES:], stamp.encode())
        except (binascii.Error, InvalidTag, ValueError):
            return None


def read_head(path: Path) -> LogHead | None:
    """Read what a log is sealed with; None for one that is not sealed, or not there."""
    try:
        with path.open("rb") as file:
            first = file.readline(_LONGEST_HEAD)
    except FileNotFoundError:
        return None
    parts = first.decode(errors="replace").split(" ")
    if len(parts) != 3 or parts[0] != _MARK or not first.endswith(b"\n"):
        return None
    return LogHead(parts[1], base64.b64decode(parts[2]))


def bound_to(account_id: str, path: Path) -> Mapping[str, str]:
    """Say which log a key is wrapped for: in another it does not open."""
    return {"isinglass:log": f"{account_id}/{path.parent.name}/{path.stem}"}
