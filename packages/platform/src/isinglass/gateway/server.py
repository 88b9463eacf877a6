"""Serves the API on a given socket: builds the gateway from its parts, starts and stops it."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvicorn

from isinglass.gateway.access_log import AccessLog
from isinglass.gateway.application import Application, AsgiApp
from isinglass.gateway.authorization import Authorizer
from isinglass.gateway.chain import Chain
from isinglass.gateway.cores import ANYWHERE, Cores, current, stay_on
from isinglass.gateway.identity.key_uses import KeyUses
from isinglass.gateway.identity.keys import KeyRing
from isinglass.gateway.identity.verifier import Verifier
from isinglass.gateway.lanes import Lanes
from isinglass.gateway.protocol.paging import TokenSealer
from isinglass.gateway.service import served_catalogue
from isinglass.gateway.standings import Standings
from isinglass.observe.audit_log import AuditLog
from isinglass.operations.context import Services
from isinglass.store.paging import PageRequest
from isinglass.store.sealing import Sealer, derive_key
from isinglass.store.store import Store


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """How the gateway runs; `access_log` of None means standard error."""

    access_log: Path | None = None
    #: How long the audit log is kept.
    audit_days: int = 90
    body_limit: int = 16 * 2**20
    #: How many bytes of bodies may be in memory; then only small ones are read.
    held_limit: int = 256 * 2**20
    #: How many seconds the rest of a body may take that does not come at once.
    body_seconds: float = 300.0
    #: Few: more contend for the interpreter: with 8 instead of 3, the slowest hundredth took twice the time.
    threads: int = 4
    #: Refuse answers that their shape does not know; for tests.
    strict: bool = False


class Server:
    """The API on one listening socket, served by a thread of its own."""

    def __init__(
        self,
        store: Store,
        services: Services,
        server_key: bytes,
        settings: GatewaySettings,
        *,
        elsewhere: AsgiApp | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Wire the gateway; `server_key` is 32 random bytes that belong to the database."""
        self._access_log = AccessLog(settings.access_log)
        self._audit_log = AuditLog(
            services.log_directory, "api", days=settings.audit_days, accounts=partial(_account_ids, store)
        )
        self._key_uses = KeyUses(store)
        catalogue = served_catalogue(strict=settings.strict)
        chain = Chain(
            catalogue,
            Verifier(KeyRing(store, Sealer(server_key), time.monotonic), self._key_uses),
            Authorizer(store, Standings(store, time.monotonic)),
            TokenSealer(derive_key(server_key, "paging tokens")),
            store,
            services,
            self._access_log,
            self._audit_log,
            body_limit=settings.body_limit,
            clock=clock,
        )
        self._lanes = Lanes(chain, threads=settings.threads, embedded=store.embedded)
        self.application: AsgiApp = Application(
            self._lanes,
            body_limit=settings.body_limit,
            held_limit=settings.held_limit,
            body_seconds=settings.body_seconds,
            paths=catalogue.paths,
            elsewhere=elsewhere,
        )
        self._uvicorn = _http_server(self.application)
        self._embedded = store.embedded
        self._thread: threading.Thread | None = None

    def start(self, listening: socket.socket) -> None:
        """Serve a bound socket in the background; returns when requests are answered."""
        self._access_log.start()
        self._audit_log.start()
        self._key_uses.start()
        # A database elsewhere is waited for, by many threads at a time: these do not take turns.
        core = current() if self._embedded else ANYWHERE
        self._lanes.start(beside=core)
        self._thread = threading.Thread(
            target=self._serve, args=(listening, core), name="gateway", daemon=True
        )
        self._thread.start()
        while not self._uvicorn.started:
            if not self._thread.is_alive():
                raise RuntimeError("The gateway ended while it was starting; its log says why.")
            time.sleep(0.002)

    def _serve(self, listening: socket.socket, core: Cores) -> None:
        stay_on(core)
        self._uvicorn.run(sockets=[listening])

    def stop(self) -> None:
        """Finish the requests under way, then stop."""
        self._uvicorn.should_exit = True
        if self._thread is not None:
            self._thread.join()
        self._lanes.stop()
        self._access_log.stop()
        self._audit_log.stop()
        self._key_uses.stop()


def _http_server(application: AsgiApp) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            application,
            http="httptools",
            loop="auto",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            date_header=True,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=10,
        )
    )


def _account_ids(store: Store) -> Iterator[str]:
    page = PageRequest(size=1000)
    while True:
        with store.read() as tx:
            found, after = tx.accounts.list(page)
        yield from (account.account_id for account in found)
        if after is None:
            return
        page = PageRequest(size=1000, after=after)


def listen(host: str, port: int) -> socket.socket:
    """Bind a listening socket; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(1024)
    return listening
