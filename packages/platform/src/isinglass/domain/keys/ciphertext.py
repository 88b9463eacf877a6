"""What a ciphertext looks like: which key and material made it, and what must be known to open it.

    version 1 | key id 16 | number of the material 4 | salt 16 | nonce 12 | encrypted text and its tag

Everything before the text is authenticated with it, and so is the encryption context. Each ciphertext is
encrypted with a key of its own, derived from the material and the salt: however many a key makes, no two
share a key and a nonce.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

#: What a key encrypts at most by itself; more is for data keys.
MOST_PLAINTEXT = 4096

#: What is told of a ciphertext's key that is not there, or not for the caller: the same of both.
UNREACHABLE = (
    "The ciphertext refers to a customer master key that does not exist, does not exist in this region, "
    "or you are not allowed to access."
)

VERSION = 1
SALT_BYTES = 16
NONCE_BYTES = 12
TAG_BYTES = 16

_HEAD = struct.Struct(f">B16sI{SALT_BYTES}s{NONCE_BYTES}s")


class InvalidCiphertext(Exception):
    """The bytes are no ciphertext of this server, were changed, or are opened with another context."""


@dataclass(frozen=True, slots=True)
class Head:
    """The part of a ciphertext that is not encrypted."""

    key_id: str
    number: int
    salt: bytes
    nonce: bytes

    def pack(self) -> bytes:
        """Write the head."""
        return _HEAD.pack(VERSION, UUID(self.key_id).bytes, self.number, self.salt, self.nonce)


def split(blob: bytes) -> tuple[Head, bytes, bytes]:
    """Take a ciphertext apart: its head, the head's bytes, and the text; raises InvalidCiphertext."""
    if len(blob) < _HEAD.size + TAG_BYTES:
        raise InvalidCiphertext
    version, key_id, number, salt, nonce = _HEAD.unpack_from(blob)
    if version != VERSION:
        raise InvalidCiphertext
    head = Head(str(UUID(bytes=key_id)), number, salt, nonce)
    return head, blob[: _HEAD.size], blob[_HEAD.size :]


def bound_to(head: bytes, context: Mapping[str, str]) -> bytes:
    """Write what is authenticated with the text: one form for each head and context, whatever the order."""
    parts = [head]
    for key, value in sorted(context.items()):
        for text in (key.encode("utf-8", "surrogatepass"), value.encode("utf-8", "surrogatepass")):
            parts += [len(text).to_bytes(4, "big"), text]
    return b"".join(parts)
