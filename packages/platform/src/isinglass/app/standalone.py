"""The whole server in one process: started in order, stopped in the reverse of it."""

import contextlib
import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from isinglass.app.data_dir import DataDir
from isinglass.app.settings import Settings
from isinglass.gateway.garbage import collect_seldom

if TYPE_CHECKING:
    from isinglass.app.wiring import Parts
    from isinglass.store.store import Store


@dataclass(eq=False)
class PortTaken(Exception):
    """Another program listens where the server should."""

    host: str
    port: int
    flag: str

    def __str__(self) -> str:
        return f"port {self.port} of {self.host} is in use by another program"


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers."""

    endpoint: str
    s3_endpoint: str
    account_id: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    region: str
    data_dir: Path
    workers: int
    ready_seconds: float

    def ready_line(self) -> str:
        """Write the line that programs wait for."""
        return (
            f"ISINGLASS READY endpoint={self.endpoint} s3={self.s3_endpoint} account={self.account_id} "
            f"region={self.region} pid={os.getpid()}"
        )


@contextmanager
def running(settings: Settings) -> Iterator[Running]:
    """Start a server; it stops when the block ends.

    Order matters: ports first, as they are what most often is taken; then the object store, which starts
    while the rest is imported and the schema brought up to date; the worker last, as its runs call the API.
    """
    began = time.monotonic()
    with ExitStack() as stack:
        if settings.ephemeral:
            settings = _ephemeral(settings, stack)
        data = DataDir(settings.data_dir)
        stack.callback(data.release)
        listening = _listen(stack, settings.host, settings.port, "--port")
        s3_listening = _listen(stack, settings.host, settings.s3_port, "--s3-port")
        endpoint, s3_endpoint = _url(listening), _url(s3_listening)
        data.end_orphans()
        server_key = data.server_key()

        from isinglass.app import wiring
        from isinglass.store.store import Store

        store = Store(settings.database_url)
        stack.callback(store.close)
        objects = wiring.build_object_store(settings, data, server_key, s3_listening)
        objects.start()
        stack.callback(objects.stop)
        _prepare(store, settings)
        parts = wiring.build(settings, data, server_key, store, endpoint, s3_endpoint, objects)
        parts.gateway.start(listening)
        stack.callback(parts.gateway.stop)
        stack.callback(parts.launcher.close)
        server = Running(
            endpoint=endpoint,
            s3_endpoint=s3_endpoint,
            account_id=settings.root.account_id,
            access_key_id=parts.root_key.access_key_id,
            secret_access_key=parts.root_key.secret_access_key,
            region=settings.region,
            data_dir=settings.data_dir,
            workers=settings.workers,
            ready_seconds=time.monotonic() - began,
        )
        data.remember_server(
            {"pid": os.getpid(), "endpoint": endpoint, "s3": s3_endpoint, "account": settings.root.account_id}
        )
        threading.Thread(target=data.remove_left, args=("scratch",), name="remove-left", daemon=True).start()
        _start_work(parts, stack)
        collect_seldom()
        yield server


def _prepare(store: "Store", settings: Settings) -> None:
    """Make a database ready for this version, or refuse one that others share and must upgrade first."""
    from isinglass.flow import queue
    from isinglass.store import schema

    if settings.embedded_database:
        schema.upgrade(store)
        # Nobody else works on this database: whatever is claimed was claimed by a dead server.
        queue.orphans(store, worker_prefix="standalone-", now=time.time())
    else:
        schema.check(store)


def _start_work(parts: "Parts", stack: ExitStack) -> None:
    """Start what runs jobs and looks at the clock."""
    # The warm parent takes a second to import its libraries; nobody waits for it but the first run.
    threading.Thread(target=parts.launcher.start, name="zygote-start", daemon=True).start()
    parts.worker.start()
    stack.callback(parts.worker.stop)
    parts.scheduler.start()
    stack.callback(parts.scheduler.stop)


def _ephemeral(settings: Settings, stack: ExitStack) -> Settings:
    folder = Path(tempfile.mkdtemp(prefix="isinglass-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    return replace(settings, data_dir=folder, database_url=f"sqlite:///{folder / 'isinglass.db'}")


def _listen(stack: ExitStack, host: str, port: int, flag: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    stack.callback(_close, listening)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise PortTaken(host, port, flag) from error
    listening.listen(1024)
    return listening


def _close(listening: socket.socket) -> None:
    with contextlib.suppress(OSError):
        listening.close()


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    # Clients on this machine reach a server that listens everywhere by the loopback.
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - compared, not bound
    return f"http://{host}:{port}"
