"""Connections that an earlier version stored are sealed when the server starts."""

import json
import os
from typing import Any

import sqlalchemy as sa

from isinglass.store import connection_sealing
from isinglass.store.connection_passwords import ConnectionPasswords
from isinglass.store.connection_sealing import seal_left_open
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store

ACCOUNT = "123456789012"
URL = "jdbc:postgresql://u:s3cret@h/db"


def _insert(store: Store, sealer: Sealer, name: str, properties: dict[str, str]) -> None:
    """Store a connection as the version before did: its password sealed, its URL in the clear."""
    document = {"Name": name, "ConnectionType": "JDBC", "ConnectionProperties": properties}
    with store.begin() as tx:
        password = {"ConnectionProperties.PASSWORD": "kept"}
        row = {
            "account_id": ACCOUNT,
            "name": name,
            "document": json.dumps(document),
            "secrets": json.dumps(ConnectionPasswords(tx, sealer).seal(ACCOUNT, name, password, None)),
            "created_at": 1.0,
            "updated_at": 2.0,
            "updated_by": "me",
        }
        columns = ", ".join(row)
        values = ", ".join(f":{column}" for column in row)
        tx.connection.execute(sa.text(f"INSERT INTO connections ({columns}) VALUES ({values})"), row)


def _rows(store: Store) -> list[Any]:
    with store.read() as tx:
        return list(tx.connection.execute(sa.text("SELECT * FROM connections ORDER BY name")))


def test_urls_left_open_are_sealed_once_and_read_back_alike(store: Store, monkeypatch: Any) -> None:
    monkeypatch.setattr(connection_sealing, "_AT_ONCE", 2)
    sealer = Sealer(os.urandom(32))
    for number in range(5):
        _insert(store, sealer, f"c{number}", {"JDBC_CONNECTION_URL": URL})
    _insert(store, sealer, "plain", {"HOST": "h"})
    assert seal_left_open(store, sealer) == 6
    rows = _rows(store)
    assert "s3cret" not in str(rows)
    assert {row.updated_at for row in rows} == {2.0}
    with store.read() as tx:
        found = tx.connections.find(ACCOUNT, "c3")
        assert found is not None
        assert ConnectionPasswords(tx, sealer).open(found) == {
            "ConnectionProperties.PASSWORD": "kept",
            "ConnectionProperties.JDBC_CONNECTION_URL": URL,
        }
        assert found.document["ConnectionProperties"] == {"JDBC_CONNECTION_URL": "jdbc:postgresql://u@h/db"}
    assert (seal_left_open(store, sealer), _rows(store)) == (0, rows)


def test_connection_changed_meanwhile_is_left_to_its_change(store: Store) -> None:
    sealer = Sealer(os.urandom(32))
    _insert(store, sealer, "c", {"JDBC_CONNECTION_URL": URL})
    with store.begin() as tx:
        [old] = tx.connections.sealed_by_older_rules(10)
        document = {"Name": "c", "ConnectionType": "NETWORK", "ConnectionProperties": {}}
        tx.connections.replace(ACCOUNT, "c", document, {}, by="you", now=3.0)
        tx.connections.seal_again(old, old.document, old.secrets)
    [row] = _rows(store)
    assert (json.loads(row.document), row.secrets) == (document, "{}")
