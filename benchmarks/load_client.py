"""Sends ready-made HTTP requests over many keep-alive connections and measures each answer.

Requests are signed beforehand and sent as they are, so that one cheap process can load any server:
`python load_client.py HOST PORT REQUESTS_FILE CONNECTIONS SECONDS`; prints one JSON object.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import uvloop

SEPARATOR = b"\n\x00--\x00\n"


class Connection(asyncio.Protocol):
    """Sends the next request as soon as an answer is whole; reconnects when the server closes."""

    def __init__(self, load: "Load") -> None:
        self.load = load
        self.buffer = b""
        self.expected = -1
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class
        self.send()

    def send(self) -> None:
        request = self.load.next_request()
        if request is None:
            self.transport.close()
            self.load.connection_done()
            return
        self.sent_at = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.expected < 0:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[:end].lower()
            start = head.index(b"content-length:") + 15
            line_end = head.find(b"\r\n", start)
            length = int(head[start : line_end if line_end >= 0 else len(head)])
            self.expected = end + 4 + length
            self.closing = b"\r\nconnection: close" in head or head.startswith(b"http/1.0")
        if len(self.buffer) >= self.expected:
            ok = self.buffer[9:12] == b"200"
            self.load.record(time.perf_counter() - self.sent_at, ok=ok)
            if not ok and self.load.first_failure is None:
                self.load.first_failure = self.buffer[:500].decode(errors="replace")
            self.buffer = b""
            self.expected = -1
            if self.closing:
                self.transport.close()
                self.load.reconnect()
            else:
                self.send()

    def connection_lost(self, error: Exception | None) -> None:
        if self.buffer:
            raise SystemExit(f"the server closed amid an answer: {error}")


class Load:
    """Hands requests out until the time is over or none is left."""

    def __init__(self, host: str, port: int, requests: list[bytes], *, repeat: bool, seconds: float) -> None:
        self.address = (host, port)
        self.requests: Iterator[bytes] = iter(requests)
        self.all_requests = requests if repeat else None
        self.seconds = seconds
        self.latencies: list[float] = []
        self.failures = 0
        self.first_failure: str | None = None
        self.open = 0

    def next_request(self) -> bytes | None:
        if time.perf_counter() > self.deadline:
            return None
        request = next(self.requests, None)
        if request is None and self.all_requests:
            self.requests = iter(self.all_requests)
            request = next(self.requests)
        return request

    def record(self, seconds: float, *, ok: bool) -> None:
        self.latencies.append(seconds)
        self.failures += not ok

    def reconnect(self) -> None:
        self.tasks.add(asyncio.ensure_future(self.connect()))

    async def connect(self) -> None:
        await asyncio.get_running_loop().create_connection(lambda: Connection(self), *self.address)

    def connection_done(self) -> None:
        self.open -= 1
        if self.open == 0:
            self.finished.set()

    async def run(self, connections: int) -> dict[str, object]:
        self.finished = asyncio.Event()
        self.tasks: set[asyncio.Future[None]] = set()
        self.open = connections
        started = time.perf_counter()
        self.deadline = started + self.seconds
        for _ in range(connections):
            self.reconnect()
        await self.finished.wait()
        elapsed = time.perf_counter() - started
        ordered = sorted(self.latencies)
        return {
            "requests": len(ordered),
            "failures": self.failures,
            "first_failure": self.first_failure,
            "per_second": len(ordered) / elapsed,
            "p50_ms": ordered[len(ordered) // 2] * 1000,
            "p99_ms": ordered[int(len(ordered) * 0.99)] * 1000,
        }


def main() -> None:
    """Run one load and print what it measured."""
    host, port, path, connections, seconds, repeat = sys.argv[1:]
    requests = Path(path).read_bytes().split(SEPARATOR)
    load = Load(host, int(port), requests, repeat=repeat == "repeat", seconds=float(seconds))
    print(json.dumps(uvloop.run(load.run(int(connections)))))


if __name__ == "__main__":
    main()
