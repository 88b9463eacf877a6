"""Follows listings page by page on a server process of its own: time, processor time and memory.

`python paging.py DATABASE PORT` is that process. Its processor time tells what a page costs on a machine that
does other things besides; the time on the wall is what a client waits for.
"""

import argparse
import http.client
import math
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from api import ACCOUNT, CREDENTIALS, LogsOnly, free_port, request, running

from isinglass.domain.signature import Credentials
from isinglass.gateway.garbage import collect_seldom
from isinglass.gateway.server import GatewaySettings, Server, listen
from isinglass.store import schema
from isinglass.store.access_keys import AccessKey
from isinglass.store.accounts import Account
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store, Transaction

SERVER_KEY = bytes(32)
#: What a page may take.
AIM_MS = 50.0
#: Listings of so many pages are walked once.
MANY_PAGES = 200


def prepare(store: Store) -> None:
    """Make the schema, the account and its key."""
    schema.upgrade(store)
    with store.begin() as tx:
        tx.accounts.insert(Account(ACCOUNT, "benchmark", time.time()))
        add_key(tx, CREDENTIALS, f"arn:aws:iam::{ACCOUNT}:root")


def add_key(tx: Transaction, credentials: Credentials, arn: str, identity_id: str | None = None) -> None:
    """Store an access key, of the account or of one of its users."""
    sealed = Sealer(SERVER_KEY).seal(credentials.secret_access_key.encode(), credentials.access_key_id)
    key = AccessKey(credentials.access_key_id, ACCOUNT, sealed, arn, time.time(), identity_id=identity_id)
    tx.access_keys.insert(key)


@dataclass(slots=True)
class Client:
    """A server's only client: signs requests and sends them over one connection."""

    port: int
    pid: int
    credentials: Credentials = CREDENTIALS
    _connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    def call(self, operation: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation and insist on success."""
        return dict(orjson.loads(self.exchange(operation, document)))

    def exchange(self, operation: str, document: Mapping[str, Any]) -> bytes:
        """Call an operation; returns the answer as it was sent."""
        head, _, body = request(self.port, operation, dict(document), self.credentials).partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")[1:]
        headers = dict(line.split(": ", 1) for line in lines)
        self._connection.request("POST", "/", body, headers)
        response = self._connection.getresponse()
        answer = response.read()
        if response.status != 200:
            raise SystemExit(f"{operation} failed: {answer[:500].decode(errors='replace')}")
        return answer

    @property
    def cpu_seconds(self) -> float:
        """The processor time that the server has used."""
        return time.clock_gettime((~self.pid << 3) | 2)  # as clock_getcpuclockid(3) names it

    @property
    def peak_mib(self) -> float:
        """The most memory that the server has had, in MiB, with what it has mapped of the database."""
        return self._memory("VmHWM")

    @property
    def own_mib(self) -> float:
        """The memory that is the server's own now, in MiB: without files that it has mapped."""
        return self._memory("RssAnon")

    def _memory(self, name: str) -> float:
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return math.nan  # where there is no /proc
        [line] = [line for line in status.splitlines() if line.startswith(name)]
        return int(line.split()[1]) / 1024


@dataclass(slots=True)
class Pages:
    """What the pages of a listing took, in milliseconds, what came, and the server's own memory, in MiB."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    found: int = 0
    own_mib: float = 0.0

    def better(self, other: "Pages") -> "Pages":
        """Take each page's lesser times of two walks over the same pages: what else the machine did goes."""
        if len(self.wall) != len(other.wall):
            return self  # something changed in between
        return Pages(
            [min(pair) for pair in zip(self.wall, other.wall, strict=True)],
            [min(pair) for pair in zip(self.cpu, other.cpu, strict=True)],
            self.found,
            max(self.own_mib, other.own_mib),
        )


def walk(client: Client, operation: str, document: Mapping[str, Any], member: str) -> Pages:
    """Follow a listing from its first page to its last."""
    pages = Pages()
    token: dict[str, str] = {}
    while True:
        cpu, began = client.cpu_seconds, time.perf_counter()
        sent = client.exchange(operation, {**document, **token})
        pages.wall.append((time.perf_counter() - began) * 1000)
        pages.cpu.append((client.cpu_seconds - cpu) * 1000)
        pages.own_mib = max(pages.own_mib, client.own_mib)
        answer = orjson.loads(sent)
        pages.found += len(answer[member])
        if "NextToken" not in answer:
            return pages
        token = {"NextToken": answer["NextToken"]}


HEADING = (
    f"{'milliseconds of a page':46} {'pages':>6} {'found':>8} {'first':>6} {'middle':>6} {'last':>6}"
    f" {'median':>6} {'p99':>6} {'most':>6} | {'cpu p99':>7} {'most':>6} {'/aim':>5}"
    f" {'MiB':>5}"
)


def row(name: str, ask: Callable[[], Pages], rounds: int = 2) -> Pages:
    """Walk a listing some times and print what its pages took; the last figure is of the dearest page."""
    pages = ask()
    for _ in range(rounds - 1 if len(pages.wall) < MANY_PAGES else 0):
        pages = pages.better(ask())
    wall, cpu = sorted(pages.wall), sorted(pages.cpu)
    p99 = int(len(wall) * 0.99)
    print(
        f"{name:46} {len(wall):6,} {pages.found:8,} {pages.wall[0]:6.1f} {pages.wall[len(wall) // 2]:6.1f}"
        f" {pages.wall[-1]:6.1f} {statistics.median(wall):6.1f} {wall[p99]:6.1f} {wall[-1]:6.1f}"
        f" | {cpu[p99]:7.1f} {cpu[-1]:6.1f} {cpu[-1] / AIM_MS:5.2f}"
        f" {pages.own_mib:5.0f}",
        flush=True,
    )
    return pages


@contextmanager
def serving(database: Path) -> Iterator[Client]:
    """Run a server on a database until the block ends."""
    port = free_port()
    with running([sys.executable, __file__, str(database), str(port)], port) as server:
        yield Client(server.port, server.pid)


def serve(database: str, port: int) -> None:
    """Serve the API on a database with production settings, until terminated."""
    ending = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)  # in every thread, or the signal would not wait for us
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{database}")
        settings = GatewaySettings(Path(folder) / "access.log")
        server = Server(store, LogsOnly(folder), SERVER_KEY, settings)
        server.start(listen("127.0.0.1", port))
        collect_seldom()  # as `isinglass up` does once it has started
        signal.sigwait(ending)
        server.stop()
        store.close()


def main() -> None:
    """Serve a database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("port", type=int)
    chosen = parser.parse_args()
    serve(chosen.database, chosen.port)


if __name__ == "__main__":
    main()
