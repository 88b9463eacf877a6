"""The HTTP side of the front: one protocol object per client connection."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import Protocol

import httptools

from isinglass.gateway.s3.errors import S3Error
from isinglass.gateway.s3.flow import Body, ClientGone
from isinglass.gateway.s3.request import S3Request

log = logging.getLogger(__name__)

_MOST_HEAD = 64 * 1024
#: How long a client may take to send a request's head, and leave its connection unused.
_IDLE_SECONDS = 75.0
_HOP = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"server", b"content-length", b"date"})
_REASONS = {200: b"OK", 204: b"No Content", 206: b"Partial Content", 304: b"Not Modified"}


class Answering(Protocol):
    """The client's end of an exchange."""

    def answer(self, status: int, body: bytes, content_type: str = "application/xml") -> None:
        """Send a whole answer."""
        ...

    def head(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Begin an answer."""
        ...

    def piece(self, data: bytes) -> None:
        """Go on with its body."""
        ...

    def attach(self, pause: Callable[[], None], resume: Callable[[], None]) -> None:
        """Say how to slow the answer down when the client does not keep up."""
        ...


class Handler(Protocol):
    """Handles requests; raises S3Error for what is refused."""

    async def handle(self, request: S3Request, body: Body, client: Answering) -> None:
        """Answer one request."""
        ...


class ClientConnection(asyncio.Protocol):
    """Parses requests, has them handled one after the other, and writes the answers."""

    def __init__(self, handler: Handler, open_connections: "set[ClientConnection]") -> None:
        self._handler = handler
        self._open = open_connections
        self._parser = httptools.HttpRequestParser(self)
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._pause: Callable[[], None] | None = None
        self._resume: Callable[[], None] | None = None
        self._blocked = False
        self._reset()

    def _reset(self) -> None:
        self._url = b""
        self._headers: list[tuple[str, str]] = []
        self._head_size = 0
        self._body: Body | None = None
        self._method = ""
        self._started = False
        self._chunked = False
        self._keep_alive = True
        self._request_id = ""

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment] # TCP gives no other
        self._open.add(self)
        self._await_head()

    def connection_lost(self, _error: Exception | None) -> None:
        self._open.discard(self)
        self._stop_waiting()
        if self._body is not None:
            self._body.end(broken=True)
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.transport.close()
        except (httptools.HttpParserError, UnicodeDecodeError):
            if not self._started:
                self._request_id = secrets.token_hex(8).upper()
                self._keep_alive = False
                self._fail(S3Error("BadRequest", "The request is not valid HTTP.", 400))
            self.transport.close()

    def _await_head(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def pause_writing(self) -> None:
        self._blocked = True
        if self._pause is not None:
            self._pause()

    def resume_writing(self) -> None:
        self._blocked = False
        if self._resume is not None:
            self._resume()

    # the parser's side

    def on_message_begin(self) -> None:
        if self._task is not None:  # requests sent ahead of their answers: nobody does, so nobody may
            self.transport.close()
            return
        self._reset()

    def on_url(self, url: bytes) -> None:
        self._url += url
        self._grow(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._grow(len(name) + len(value))
        self._headers.append((name.decode("ascii").lower(), value.decode("latin-1")))

    def _grow(self, size: int) -> None:
        self._head_size += size
        if self._head_size > _MOST_HEAD:
            self.transport.close()

    def on_headers_complete(self) -> None:
        if self._task is not None or self.transport.is_closing():
            return
        self._stop_waiting()
        self._method = self._parser.get_method().decode("ascii")
        self._keep_alive = self._parser.should_keep_alive()
        path, _, query = self._url.decode("latin-1").partition("?")
        self._request_id = secrets.token_hex(8).upper()
        peer = self.transport.get_extra_info("peername") or ("",)
        request = S3Request(
            self._method, path, query, tuple(self._headers), client=peer[0], request_id=self._request_id
        )
        self._body = Body(self.transport.pause_reading, self._go_on, self._continue(request))
        self._task = asyncio.get_running_loop().create_task(self._handle(request, self._body))

    def _continue(self, request: S3Request) -> Callable[[], None]:
        expected = (request.header("expect") or "").lower() == "100-continue"

        def begin() -> None:
            if expected and not self._started and not self.transport.is_closing():
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

        return begin

    def on_body(self, body: bytes) -> None:
        if self._body is not None:
            self._body.put(body)

    def on_message_complete(self) -> None:
        if self._body is not None:
            self._body.end()

    # the answer

    async def _handle(self, request: S3Request, body: Body) -> None:
        try:
            await self._handler.handle(request, body, self)
        except S3Error as error:
            error.resource = request.path
            self._fail(error)
        except (ClientGone, asyncio.CancelledError):
            self._keep_alive = False
        except Exception:
            log.exception(
                "Handling %s %s failed (request %s)", request.method, request.path, self._request_id
            )
            self._fail(S3Error("InternalError", "We encountered an internal error. Please try again.", 500))
        self._end(complete=body.ended)

    def _end(self, *, complete: bool) -> None:
        self._task = self._pause = self._resume = None
        if self._chunked and self._keep_alive:
            self.transport.write(b"0\r\n\r\n")
        if not (self._keep_alive and complete):
            # An unread body would be taken for the next request.
            self.transport.close()
        elif not self.transport.is_closing():
            self._await_head()
        self._body = None

    def _go_on(self) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def attach(self, pause: Callable[[], None], resume: Callable[[], None]) -> None:
        """Remember how to slow the answer down."""
        self._pause, self._resume = pause, resume
        if self._blocked:
            pause()

    def answer(self, status: int, body: bytes, content_type: str = "application/xml") -> None:
        """Send a whole answer."""
        self.head(status, [(b"Content-Type", content_type.encode()), (b"Content-Length", b"%d" % len(body))])
        if self._method != "HEAD":
            self.piece(body)

    def head(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Begin an answer, with the headers of the object store that are not about its connection."""
        self._started = True
        lines = [b"HTTP/1.1 %d %s\r\n" % (status, _REASONS.get(status, b"Error" if status >= 400 else b"OK"))]
        length = None
        for name, value in headers:
            lower = name.lower()
            if lower == b"content-length":
                length = value
            elif lower not in _HOP and lower not in {b"x-amz-request-id", b"x-amz-id-2"}:
                lines.append(b"%s: %s\r\n" % (name, value))
        lines.append(b"x-amz-request-id: %s\r\nServer: Isinglass\r\n" % self._request_id.encode())
        bodiless = self._method == "HEAD" or status in {204, 304}
        if length is not None:
            lines.append(b"Content-Length: %s\r\n" % length)
        elif not bodiless:
            self._chunked = True
            lines.append(b"Transfer-Encoding: chunked\r\n")
        if not self._keep_alive:
            lines.append(b"Connection: close\r\n")
        lines.append(b"\r\n")
        self.transport.write(b"".join(lines))

    def piece(self, data: bytes) -> None:
        """Go on with the answer's body."""
        if not data:
            return
        if self._chunked:
            data = b"%x\r\n%s\r\n" % (len(data), data)
        self.transport.write(data)

    def _fail(self, error: S3Error) -> None:
        if self._started:
            # Half an answer is out: only a broken connection can tell the client.
            self._keep_alive = False
            self.transport.abort()
            return
        if error.status >= 500:
            log.warning("%s (request %s)", error, self._request_id)
        self._keep_alive = self._keep_alive and (self._body is None or self._body.ended)
        self.answer(error.status, b"" if self._method == "HEAD" else error.document(self._request_id))
