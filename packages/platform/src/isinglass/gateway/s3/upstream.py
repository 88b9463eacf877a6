"""Connections to the object store behind the front: pooled, streaming, with back-pressure both ways."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import httptools

from isinglass.domain import signature as sigv4
from isinglass.gateway.s3.flow import Gate

#: Go closes idle connections after two minutes; ours are dropped before they can go stale.
_IDLE_SECONDS = 20.0
_MOST_IDLE = 64
_CONNECT_SECONDS = 10.0


class Sink(Protocol):
    """Where an answer goes to."""

    def head(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Begin the answer."""
        ...

    def piece(self, data: bytes) -> None:
        """Go on with its body."""
        ...


class UpstreamLost(Exception):
    """The object store closed the connection; `began` says whether part of the answer had arrived."""

    def __init__(self, began: bool) -> None:
        super().__init__("The object store closed the connection.")
        self.began = began


@dataclass(frozen=True, slots=True)
class Target:
    """The object store's address and the keys that it knows us by."""

    url: str
    region: str
    credentials: sigv4.Credentials

    @property
    def host(self) -> str:
        """The Host header."""
        return urlsplit(self.url).netloc

    def sign(
        self, method: str, path: str, query: str, headers: Sequence[tuple[str, str]], now: float
    ) -> list[tuple[str, str]]:
        """Return a request's headers with those that sign it; `path` is canonical, the body is not covered.

        Every x-amz header is signed: SeaweedFS refuses requests that have unsigned ones.
        """
        timestamp = sigv4.format_time(now)
        scope = sigv4.Scope(timestamp[:8], self.region, "s3")
        complete = [
            *headers,
            ("host", self.host),
            ("x-amz-content-sha256", sigv4.UNSIGNED_PAYLOAD),
            ("x-amz-date", timestamp),
        ]
        if self.credentials.session_token:
            complete.append(("x-amz-security-token", self.credentials.session_token))
        signed = sorted({name for name, _ in complete if name == "host" or name.startswith("x-amz-")})
        canonical = sigv4.canonical_request(
            method, path, sigv4.canonical_query(query), complete, signed, sigv4.UNSIGNED_PAYLOAD
        )
        key = sigv4.signing_key(self.credentials.secret_access_key, scope)
        value = sigv4.signature(key, sigv4.string_to_sign(timestamp, scope, canonical))
        complete.append(
            (
                "authorization",
                (
                    f"{sigv4.ALGORITHM} Credential={self.credentials.access_key_id}/{scope}, "
                    f"SignedHeaders={';'.join(signed)}, Signature={value}"
                ),
            )
        )
        return complete


class Connection(asyncio.Protocol):
    """One connection; carries one exchange at a time."""

    def __init__(self) -> None:
        self.idle_since = 0.0
        self.reusable = True
        self._gate = Gate()
        self._parser = httptools.HttpResponseParser(self)
        self._sink: Sink | None = None
        self._done: asyncio.Future[None] | None = None
        self._headers: list[tuple[bytes, bytes]] = []
        self._began = False
        self._bodiless = False

    async def exchange(
        self, head: bytes, body: AsyncIterator[bytes] | None, sink: Sink, *, bodiless: bool
    ) -> None:
        """Send a request and pass its answer to a sink; `bodiless` for HEAD."""
        self._parser = httptools.HttpResponseParser(self)
        self._sink, self._bodiless, self._began, self._headers = sink, bodiless, False, []
        self._done = asyncio.get_running_loop().create_future()
        if self.transport.is_closing():
            raise UpstreamLost(False)
        if body is None:
            self.transport.write(head)
        else:
            await self._send(head, body)
        await self._done
        self._sink = self._done = None

    async def _send(self, head: bytes, body: AsyncIterator[bytes]) -> None:
        done = self._done
        assert done is not None
        # The head goes out with the first piece: SeaweedFS takes a request that breaks off right after its
        # head, whatever length it announced, for an empty object. One that breaks off later it drops.
        self.transport.write(head + await anext(body, b""))
        await self._gate.passable()
        async for data in body:
            if done.done():  # the store has answered already: an error, whatever is still to come
                self.reusable = False
                return
            self.transport.write(data)
            await self._gate.passable()

    def pause(self) -> None:
        """Stop reading the answer: the client does not keep up."""
        self.transport.pause_reading()

    def resume(self) -> None:
        """Go on reading."""
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def abort(self) -> None:
        """Give the exchange up; a request whose body is incomplete has no effect."""
        self.reusable = False
        self.transport.abort()

    @property
    def usable(self) -> bool:
        """Whether another exchange may use this connection."""
        return self.reusable and not self.transport.is_closing()

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment] # TCP gives no other

    def data_received(self, data: bytes) -> None:
        if self._sink is None:
            self.abort()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.abort()
            self._fail()

    def connection_lost(self, _error: Exception | None) -> None:
        self._gate.open()
        self._fail()

    def pause_writing(self) -> None:
        self._gate.close()

    def resume_writing(self) -> None:
        self._gate.open()

    # the parser's side

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:
            self._headers = []
            return
        self._began = True
        self.reusable = self.reusable and self._parser.should_keep_alive()
        if self._sink is not None:
            self._sink.head(status, self._headers)
        if self._bodiless:
            self._finish()

    def on_body(self, body: bytes) -> None:
        if self._sink is not None:
            self._sink.piece(body)

    def on_message_complete(self) -> None:
        if self._began:
            self._finish()

    def _finish(self) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_result(None)

    def _fail(self) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_exception(UpstreamLost(self._began))


class Pool:
    """Keeps connections to one object store."""

    def __init__(self, target: Target) -> None:
        self.target = target
        parts = urlsplit(target.url)
        self._host = parts.hostname or "127.0.0.1"
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._idle: list[Connection] = []

    async def take(self) -> Connection:
        """Return a connection that nobody uses."""
        loop = asyncio.get_running_loop()
        while self._idle:
            connection = self._idle.pop()
            if connection.usable and loop.time() - connection.idle_since < _IDLE_SECONDS:
                return connection
            connection.abort()
        async with asyncio.timeout(_CONNECT_SECONDS):
            _, connection = await loop.create_connection(Connection, self._host, self._port, ssl=self._tls)
        return connection

    def give(self, connection: Connection) -> None:
        """Take a connection back."""
        if connection.usable and len(self._idle) < _MOST_IDLE:
            connection.idle_since = asyncio.get_running_loop().time()
            self._idle.append(connection)
        else:
            connection.abort()

    def close(self) -> None:
        """Close what is idle."""
        for connection in self._idle:
            connection.abort()
        self._idle.clear()
