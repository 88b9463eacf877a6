"""Fixtures for connections: a PostgreSQL that asks for a password, reached at a TCP port."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from api_fixtures import Api, FolderServices
from postgresql_server import PostgresqlServer

SECRET = "hush-hush"

_SHOP = """
    CREATE SCHEMA shop;
    COMMENT ON SCHEMA shop IS 'what is sold';
    CREATE SCHEMA "a ""b"".c";
    CREATE SCHEMA hidden;
    CREATE TYPE shop.size AS ENUM ('small', 'large');
    CREATE DOMAIN shop.cents AS int8;
    CREATE TYPE shop.place AS (city text, zip int);
    CREATE TABLE shop.orders (
        id int4 PRIMARY KEY, customer text NOT NULL, amount numeric(10, 2), paid bool DEFAULT false,
        size shop.size, price shop.cents, ratio float8, ordered date, at timestamptz, raw bytea,
        tags text[], days date[], place shop.place, extra jsonb, ref uuid
    );
    COMMENT ON COLUMN shop.orders.amount IS 'in euros';
    INSERT INTO shop.orders VALUES
        (1, 'Ann', 10.50, true, 'small', 5, 1.5, '2026-01-31', '2026-01-31 12:00+02', '\\x00ff', '{a,b}',
         '{2026-01-01}', '(Oslo,1234)', '{"k": [1]}', '00000000-0000-0000-0000-000000000001'),
        (2, 'O''Hara; DROP TABLE shop.orders', -1, false, 'large', 6, 'NaN', 'infinity', NULL, NULL, NULL,
         NULL, NULL, NULL, NULL);
    INSERT INTO shop.orders (id, customer, amount) SELECT i, 'c' || i, i FROM generate_series(3, 12) i;
    CREATE VIEW shop.big AS SELECT id, customer FROM shop.orders WHERE amount > 5;
    CREATE TABLE shop.secret (a int);
    CREATE TABLE shop.pairs (b int, a int, "Mixed Case" text, PRIMARY KEY (b, a) INCLUDE ("Mixed Case"));
    INSERT INTO shop.pairs SELECT i / 3, i % 3, i::text FROM generate_series(0, 8) i;
    CREATE TABLE shop.long (k text PRIMARY KEY);
    INSERT INTO shop.long SELECT repeat('k', 1000) || i FROM generate_series(1, 5) i;
    CREATE TABLE "a ""b"".c"."x.y" (z int);
    GRANT USAGE ON SCHEMA shop, "a ""b"".c" TO tester;
    GRANT SELECT ON shop.orders, shop.big, shop.pairs, shop.long, "a ""b"".c"."x.y" TO tester;
"""


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def _forwarded(path: str) -> Iterator[int]:
    """Give a TCP port that leads to a Unix socket, on which alone the server of the tests listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listening.accept()
                    inner = socket.socket(socket.AF_UNIX)
                    inner.connect(path)
                    for pair in ((client, inner), (inner, client)):
                        threading.Thread(target=_pump, args=pair, daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


@dataclass
class Reachable:
    """A PostgreSQL that asks for a password, at a TCP port."""

    api: Api
    glue: Any
    port: int

    def properties(self, query: str = "", **changes: str) -> dict[str, str]:
        url = f"jdbc:postgresql://localhost:{self.port}/postgres{query}"
        return {"JDBC_CONNECTION_URL": url, "USERNAME": "tester", "PASSWORD": SECRET, **changes}


@pytest.fixture(scope="session")
def password_port(postgresql: PostgresqlServer) -> Iterator[int]:
    """The port of the tests' PostgreSQL, where the user `tester` has a password."""
    rules = Path(postgresql.socket_dir) / "data" / "pg_hba.conf"
    rules.write_text("local all tester scram-sha-256\n" + rules.read_text())
    postgresql.execute(f"CREATE ROLE tester LOGIN PASSWORD '{SECRET}'")
    postgresql.execute("SELECT pg_reload_conf()")
    with _forwarded(f"{postgresql.socket_dir}/.s.PGSQL.{postgresql.port}") as port:
        yield port


@pytest.fixture
def reachable(api: Api, glue: Any, password_port: int, monkeypatch: pytest.MonkeyPatch) -> Reachable:
    # The forwarder is of this very process, in which the server of the tests runs as well.
    own = FolderServices.own_ports
    monkeypatch.setattr(FolderServices, "own_ports", lambda services: own(services) - {password_port})
    return Reachable(api, glue, password_port)


@pytest.fixture(scope="session")
def shop(postgresql: PostgresqlServer, password_port: int) -> str:
    """Fill a database for the user `tester`."""
    assert password_port
    postgresql.execute("CREATE DATABASE shop")
    with psycopg.connect(postgresql.url("shop"), autocommit=True) as connection:
        connection.execute(_SHOP.encode())
    return "shop"
