"""The object store's process: SeaweedFS as its child, and the front that clients talk to.

Started by `up` as `python -m isinglass.app.object_store`, with its configuration on standard input and the
listening socket inherited; it ends when standard input does, so that it never outlives the server.
"""

import asyncio
import contextlib
import gc
import json
import logging
import os
import signal
import socket
import sys
import time
from asyncio.subprocess import Process
from dataclasses import asdict, dataclass, field
from pathlib import Path

from isinglass.app import weed
from isinglass.domain.signature import Credentials

log = logging.getLogger("isinglass.object_store")

_MOST_BACKOFF = 10.0
_STOP_SECONDS = 8.0
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class ObjectStoreConfig:
    """What the process is told; travels as one line of JSON."""

    listen_fd: int
    database_url: str
    server_key: str = field(repr=False)
    #: The folder of the embedded store; empty when another store is used.
    folder: str
    children: str
    region: str
    #: Holds a folder of logs for each account.
    logs: str
    audit_days: int
    endpoint: str = ""
    access_key_id: str = ""
    secret_access_key: str = field(default="", repr=False)
    session_token: str | None = field(default=None, repr=False)
    #: Owns buckets of another store that were not made through the front.
    adopter: str | None = None

    def encode(self) -> bytes:
        """Write the line."""
        return json.dumps(asdict(self)).encode() + b"\n"


class EmbeddedStore:
    """Keeps SeaweedFS running."""

    def __init__(self, start: weed.Weed, children: Path, ready: asyncio.Event) -> None:
        self._start = start
        self._children = children
        self._ready = ready
        self._process: Process | None = None

    async def launch(self) -> None:
        """Start the program."""
        log_file = (self._start.folder / "weed.log").open("ab")
        with log_file:
            self._process = await asyncio.create_subprocess_exec(
                *self._start.arguments,
                cwd=self._start.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log_file,
                stderr=log_file,
                env={"PATH": os.defpath, "HOME": str(self._start.folder)},
                start_new_session=True,
                preexec_fn=weed.dies_with_parent(),
            )
        from isinglass.app.data_dir import started_at

        pid = self._process.pid
        (self._children / "weed").write_text(f"{pid} {started_at(pid)}")

    async def supervise(self) -> None:
        """Wait until it answers; start it again, later each time, whenever it ends."""
        backoff = 0.2
        while True:
            assert self._process is not None
            ready = asyncio.create_task(self._poll())
            began = time.monotonic()
            code = await self._process.wait()
            ready.cancel()
            self._ready.clear()
            backoff = 0.2 if time.monotonic() - began > 60 else min(_MOST_BACKOFF, backoff * 2)
            log.error("The object store ended with code %s; starting it again in %.1f s", code, backoff)
            await asyncio.sleep(backoff)
            await self.launch()

    async def _poll(self) -> None:
        host, _, port = self._start.url.removeprefix("http://").partition(":")
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection(host, int(port))
                writer.write(b"GET / HTTP/1.0\r\n\r\n")
                answer = await reader.read(64)
                writer.close()
                if answer.startswith(b"HTTP/1."):
                    self._ready.set()
                    return
            await asyncio.sleep(_POLL_SECONDS)

    async def stop(self) -> None:
        """End it orderly, then by force."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def serve(config: ObjectStoreConfig) -> None:
    """Run until standard input ends or SIGTERM comes."""
    ready = asyncio.Event()
    embedded, supervisor = None, None
    credentials = Credentials(config.access_key_id, config.secret_access_key, config.session_token)
    endpoint = config.endpoint
    if config.folder:
        start = weed.prepare(Path(config.folder))
        embedded = EmbeddedStore(start, Path(config.children), ready)
        await embedded.launch()
        supervisor = asyncio.create_task(embedded.supervise())
        endpoint, credentials = start.url, Credentials(start.access_key_id, start.secret_access_key)
    else:
        ready.set()
    # The program starts up while these are imported.
    from isinglass.gateway.identity.keys import KeyRing
    from isinglass.gateway.s3.authentication import Authenticator
    from isinglass.gateway.s3.front import Front
    from isinglass.gateway.s3.locations import Locations
    from isinglass.gateway.s3.ownership import Ownership
    from isinglass.gateway.s3.permissions import ObjectPermissions
    from isinglass.gateway.s3.server import ClientConnection
    from isinglass.gateway.s3.upstream import Pool, Target
    from isinglass.gateway.standings import Standings
    from isinglass.observe.audit_log import AuditLog
    from isinglass.store.sealing import Sealer
    from isinglass.store.store import Store

    store = Store(config.database_url)
    keys = KeyRing(store, Sealer(bytes.fromhex(config.server_key)), time.monotonic)
    audit_log = AuditLog(
        lambda account_id: str(Path(config.logs, account_id)), "s3", days=config.audit_days, accounts=list
    )
    audit_log.start()
    front = Front(
        Authenticator(keys, time.time),
        Ownership(store, time.time, config.adopter),
        ObjectPermissions(Standings(store, time.monotonic), Locations(store), time.time, config.region),
        audit_log,
        Pool(Target(endpoint, config.region, credentials)),
        ready,
    )
    connections: set[ClientConnection] = set()
    loop = asyncio.get_running_loop()
    listening = socket.socket(fileno=config.listen_fd)
    listening.setblocking(False)
    server = await loop.create_server(
        lambda: ClientConnection(front, connections), sock=listening, backlog=1024
    )
    gc.freeze()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    loop.add_reader(sys.stdin.fileno(), stopping.set)
    await stopping.wait()
    server.close()
    for connection in connections:
        connection.transport.abort()
    if supervisor is not None:
        supervisor.cancel()
    if embedded is not None:
        await embedded.stop()
    audit_log.stop()
    store.close()


def main() -> None:
    """Read the configuration and serve."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s  %(message)s")
    # Unbuffered: what follows the first line must stay in the pipe, for its end is the signal to stop.
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(sys.stdin.fileno(), 65536)
        if not piece:
            return
        line += piece
    config = ObjectStoreConfig(**json.loads(line))
    try:
        import uvloop

        uvloop.run(serve(config))
    except ImportError:
        asyncio.run(serve(config))


if __name__ == "__main__":
    main()
