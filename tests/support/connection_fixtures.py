"""Fixtures for connections: a PostgreSQL that asks for a password, reached at a TCP port."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from api_fixtures import Api, FolderServices
from postgresql_server import PostgresqlServer

SECRET = "hush-hush"


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
