"""Seals what earlier versions left in the clear in connections, such as passwords within URLs."""

from isinglass.domain.connection_secrets import take_apart
from isinglass.store.connection_passwords import ConnectionPasswords
from isinglass.store.connections import Connection
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store, Transaction

#: Connections in one transaction: a server that dies goes on where it was when it starts again.
_AT_ONCE = 200


def seal_left_open(store: Store, sealer: Sealer) -> int:
    """Seal the secrets of all connections that were stored by older rules; returns how many those were."""
    count = 0
    while True:
        with store.begin() as tx:
            left = tx.connections.sealed_by_older_rules(_AT_ONCE)
            for connection in left:
                _seal(tx, sealer, connection)
        count += len(left)
        if len(left) < _AT_ONCE:
            return count


def _seal(tx: Transaction, sealer: Sealer, connection: Connection) -> None:
    document, found = take_apart(connection.document)
    more = ConnectionPasswords(tx, sealer).seal(connection.account_id, connection.name, found, None)
    tx.connections.seal_again(connection, document, {**connection.secrets, **more})
