"""Seals the secrets of connections in a catalog file with a passphrase."""

import base64
import binascii
from collections.abc import Mapping

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

_SALT = b"isinglass-catalog/1 "
#: Scrypt at 64 MiB: a guess costs a tenth of a second.
_COST, _BLOCK, _LANES, _KEY_BYTES = 2**16, 8, 1, 64


class WrongPassphrase(Exception):
    """Secrets cannot be opened: another passphrase sealed them, or the file was changed."""

    def __init__(self, connection: str) -> None:
        super().__init__(f"the secrets of connection {connection} were sealed with another passphrase")
        self.connection = connection


class PassphraseSeal:
    """Seals so that the same secret of the same connection gives the same text, as exports must.

    Hence the salt is the catalog's id and the mode is AES-SIV, which needs no random number: all a reader of
    two exports learns is whether a connection's secrets changed.
    """

    def __init__(self, passphrase: str, catalog_id: str) -> None:
        derive = Scrypt(_SALT + catalog_id.encode(), _KEY_BYTES, _COST, _BLOCK, _LANES)
        self._cipher = AESSIV(derive.derive(passphrase.encode()))

    def seal(self, connection: str, secrets: Mapping[str, str]) -> str:
        """Seal a connection's secrets; the text goes with that connection only."""
        text = orjson.dumps(secrets, option=orjson.OPT_SORT_KEYS)
        return base64.b64encode(self._cipher.encrypt(text, [connection.encode()])).decode()

    def open(self, connection: str, sealed: str) -> dict[str, str]:
        """Open a connection's secrets, or raise WrongPassphrase."""
        try:
            text = self._cipher.decrypt(base64.b64decode(sealed, validate=True), [connection.encode()])
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise WrongPassphrase(connection) from error
        return {str(key): str(value) for key, value in orjson.loads(text).items()}
