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
import secrets
import signal
import socket
import sys
import time
from asyncio.subprocess import Process
from pathlib import Path
from typing import TYPE_CHECKING

from isinglass.app import weed
from isinglass.app.object_store_config import ObjectStoreConfig
from isinglass.domain.signature import Credentials

if TYPE_CHECKING:
    from isinglass.gateway.s3.server import ClientConnection, Handler

log = logging.getLogger("isinglass.object_store")

_MOST_BACKOFF = 10.0
_STOP_SECONDS = 8.0
_POLL_SECONDS = 0.02


class EmbeddedStore:
    """Keeps SeaweedFS running."""

    def __init__(self, start: weed.Weed, children: Path, ready: asyncio.Event) -> None:
        self._start = start
        self._children = children
        self._ready = ready
        self._process: Process | None = None
        self._supervisor: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the program, and from now on again whenever it ends."""
        await self._launch()
        self._supervisor = asyncio.create_task(self._supervise())

    async def _launch(self) -> None:
        log_file = (self._start.folder / "weed.log").open("ab")
        with log_file:
            self._process = await asyncio.create_subprocess_exec(
                *self._start.arguments,
                cwd=self._start.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log_file,
                stderr=log_file,
                env=self._start.environment,
                start_new_session=True,
                preexec_fn=weed.dies_with_parent(),
            )
        from isinglass.app.data_dir import started_at

        pid = self._process.pid
        (self._children / "weed").write_text(f"{pid} {started_at(pid)}")

    async def _supervise(self) -> None:
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
            await self._launch()

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
        if self._supervisor is not None:
            self._supervisor.cancel()
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
    embedded, key_socket, keys = None, None, None
    endpoint = config.endpoint
    credentials = Credentials(config.access_key_id, config.secret_access_key, config.session_token)
    if config.folder:
        key_socket, keys = _key_service(config)
        weed_start = weed.prepare(Path(config.folder), keys)
        embedded = EmbeddedStore(weed_start, Path(config.children), ready)
        await embedded.start()
        endpoint = weed_start.url
        credentials = Credentials(weed_start.access_key_id, weed_start.secret_access_key)
    else:
        ready.set()
    # The program starts up while these are imported.
    from isinglass.app.object_front import build
    from isinglass.gateway.s3.upstream import Target

    served = build(config, Target(endpoint, config.region, credentials), keys, ready)
    connections: set[ClientConnection] = set()
    server = await _answer(socket.socket(fileno=config.listen_fd), served.front, connections)
    if served.key_service is not None and key_socket is not None:
        await _answer(key_socket, served.key_service, connections)
    gc.freeze()
    await _told_to_stop()
    server.close()
    for connection in connections:
        connection.transport.abort()
    if embedded is not None:
        await embedded.stop()
    served.close()


async def _answer(
    listening: socket.socket, handler: "Handler", connections: "set[ClientConnection]"
) -> asyncio.Server:
    """Let a handler answer who connects."""
    from isinglass.gateway.s3.server import ClientConnection

    listening.setblocking(False)
    return await asyncio.get_running_loop().create_server(
        lambda: ClientConnection(handler, connections), sock=listening, backlog=1024
    )


async def _told_to_stop() -> None:
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    loop.add_reader(sys.stdin.fileno(), stopping.set)
    await stopping.wait()


def _key_service(config: ObjectStoreConfig) -> tuple[socket.socket, weed.StoreKeys]:
    """Open the port on which the embedded store asks for keys; who calls early waits until it is served."""
    from isinglass.store.sealing import derive_key

    listening = socket.create_server(("127.0.0.1", 0))
    keys = weed.StoreKeys(
        own=derive_key(bytes.fromhex(config.server_key), "objects"),
        service_url=f"http://127.0.0.1:{listening.getsockname()[1]}",
        service_token=secrets.token_hex(20),
        region=config.region,
    )
    return listening, keys


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
