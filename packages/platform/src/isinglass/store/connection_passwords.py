"""Secrets of connections, each encrypted with a key of the account where its settings name one.

Whatever is stored is sealed for its place by the server's key; inside that, the text of a secret with a key
is what that key made of it, so that nobody reads it whom the key does not serve.
"""

import base64
from collections.abc import Iterable, Mapping

from isinglass.store.connections import Connection, sealed_for
from isinglass.store.key_use import KeyUse
from isinglass.store.keys import Key
from isinglass.store.sealing import Sealer
from isinglass.store.store import Transaction

#: What marks a secret that a key has encrypted.
_KEYED = "kms:"


class ConnectionPasswords:
    """Seals and opens the secrets of connections within one transaction."""

    def __init__(self, tx: Transaction, sealer: Sealer) -> None:
        self._sealer = sealer
        self._use = KeyUse(tx, sealer)

    def seal(self, account_id: str, name: str, secrets: Mapping[str, str], key: Key | None) -> dict[str, str]:
        """Seal secrets, by their paths, as they are stored."""
        return {path: self._seal(account_id, name, path, secret, key) for path, secret in secrets.items()}

    def _seal(self, account_id: str, name: str, path: str, secret: str, key: Key | None) -> str:
        text = secret.encode() if key is None else self._use.encrypt_with(key, secret.encode(), {})
        sealed = self._sealer.seal(text, sealed_for(account_id, name, path))
        return ("" if key is None else _KEYED) + base64.b64encode(sealed).decode()

    def open(self, connection: Connection) -> dict[str, str]:
        """Open all secrets of a connection; raises KeyUnavailable where one's key cannot be used."""
        return {
            path: (self._use.decrypt(text, {}) if keyed else text).decode()
            for path, text, keyed in self._unsealed(connection)
        }

    def encrypted(self, connection: Connection, key: Key) -> dict[str, str]:
        """Give the secrets of a connection as a key encrypted them, in base64; now, where none has yet."""
        return {
            path: base64.b64encode(text if keyed else self._use.encrypt_with(key, text, {})).decode()
            for path, text, keyed in self._unsealed(connection)
        }

    def keys(self, connection: Connection) -> list[Key]:
        """List the keys that secrets of a connection are encrypted with."""
        if not any(stored.startswith(_KEYED) for stored in connection.secrets.values()):
            return []
        found = {self._use.key_of(text) for _, text, keyed in self._unsealed(connection) if keyed}
        return sorted(found, key=lambda key: key.id)

    def with_key(self, connection: Connection, key: Key) -> dict[str, str] | None:
        """Seal those secrets anew that no key has encrypted; None when there are none."""
        found = list(self._unsealed(connection))
        if all(keyed for _, _, keyed in found):
            return None
        open_ones = {path: text.decode() for path, text, keyed in found if not keyed}
        anew = self.seal(connection.account_id, connection.name, open_ones, key)
        return {**connection.secrets, **anew}

    def _unsealed(self, connection: Connection) -> Iterable[tuple[str, bytes, bool]]:
        for path, stored in connection.secrets.items():
            keyed = stored.startswith(_KEYED)
            sealed = base64.b64decode(stored.removeprefix(_KEYED))
            context = sealed_for(connection.account_id, connection.name, path)
            yield path, self._sealer.open(sealed, context), keyed
