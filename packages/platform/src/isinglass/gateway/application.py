"""The ASGI application: carries HTTP messages between uvicorn and the chain."""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import uuid4

from isinglass.gateway.lanes import Lanes
from isinglass.gateway.protocol import json_rpc
from isinglass.gateway.protocol.messages import HttpRequest, HttpResponse
from isinglass.model.edge_errors import (
    RequestEntityTooLargeException,
    RequestTimeoutException,
    ThrottlingException,
    UnknownOperationException,
)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

_OPERATION = re.compile(r"/[A-Z]\w+")
#: What clients of S3 are told that have the address of the API, in the words that they read.
_NOT_THE_STORE = (
    b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>InvalidRequest</Code><Message>This is the address '
    b"of the API; the object store has its own: set AWS_ENDPOINT_URL_S3 as isinglass env shows it.</Message>"
    b"</Error>"
)


#: Bodies of so many bytes are read however much others hold.
_SMALL = 64 * 2**10


class Disconnected(Exception):
    """The client went away before its request was whole."""


class Application:
    """Routes the API's POSTs and `GET /health`; the rest goes to `elsewhere`."""

    def __init__(
        self,
        lanes: Lanes,
        *,
        body_limit: int,
        held_limit: int,
        body_seconds: float,
        paths: frozenset[str] = frozenset(),
        elsewhere: AsgiApp | None = None,
    ) -> None:
        """`paths` are those of REST JSON operations; all other operations are at `/`."""
        self._lanes = lanes
        self._paths = paths | {"/"}
        self._body_limit = body_limit
        self._held_limit = held_limit
        self._body_seconds = body_seconds
        self._elsewhere = elsewhere
        #: How many bytes of bodies are in memory.
        self._held = 0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one ASGI connection."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        if scope["type"] != "http":
            return
        if scope["method"] == "POST" and scope["path"] in self._paths:
            await self._answer(scope, receive, send)
        elif scope["path"] == "/health" and scope["method"] in {"GET", "HEAD"}:
            await _send(send, HttpResponse(200, [("content-type", "application/json")], b'{"status":"ok"}'))
        elif self._elsewhere is not None:
            await self._elsewhere(scope, receive, send)
        elif _is_for_s3(scope):
            await _send(send, HttpResponse(400, [("content-type", "application/xml")], _NOT_THE_STORE))
        else:
            error = UnknownOperationException(_nothing_at(scope["method"], scope["path"][:200]))
            await _send(send, json_rpc.encode_error(error, str(uuid4())))

    async def _answer(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        try:
            body = await self._read(receive)
        except Disconnected:
            return
        except (RequestEntityTooLargeException, RequestTimeoutException, ThrottlingException) as error:
            response = json_rpc.encode_error(error, str(uuid4()))
            # The rest of the body is not read: the connection cannot be used again.
            response.headers.append(("connection", "close"))
            await _send(send, response)
            return
        request = HttpRequest(
            method=scope["method"],
            raw_path=scope["raw_path"].decode("latin-1"),
            query=scope["query_string"].decode("latin-1"),
            headers=tuple(
                (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
            ),
            body=body,
            client=(scope.get("client") or ("",))[0],
        )
        try:
            response = await self._lanes.answer(request)
        except ThrottlingException as error:
            response = json_rpc.encode_error(error, str(uuid4()))
        finally:
            self._held -= len(body)
        await _send(send, response)

    async def _read(self, receive: Receive) -> bytes:
        """Read a body, giving up when the rest of it takes too long: a peer may be gone and never say so.

        What was read counts as held until its answer is ready.
        """
        first, more = self._take(await receive(), 0)
        if not more:
            return first
        body = bytearray(first)
        try:
            async with asyncio.timeout(self._body_seconds):
                while more:
                    chunk, more = self._take(await receive(), len(body))
                    body += chunk
        except BaseException as error:
            self._held -= len(body)
            if isinstance(error, TimeoutError):
                raise RequestTimeoutException(
                    f"The request body was not complete after {self._body_seconds:g} seconds."
                ) from error
            raise
        return bytes(body)

    def _take(self, message: Message, before: int) -> tuple[bytes, bool]:
        """Hold the next part of a body, and tell whether there is more; `before` is how much came before it.

        Refuses it as soon as the body passes the limit, whatever its Content-Length said, or all together do
        that are read or answered: nobody knows yet who sends them.
        """
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk: bytes = message.get("body", b"")
        size = before + len(chunk)
        if size > self._body_limit:
            raise RequestEntityTooLargeException(
                f"The request body is larger than the limit of {self._body_limit} bytes."
            )
        if self._held + len(chunk) > self._held_limit and size > _SMALL:
            raise ThrottlingException("Rate exceeded")
        self._held += len(chunk)
        return chunk, message.get("more_body", False)


async def _send(send: Send, response: HttpResponse) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    headers.append((b"content-length", b"%d" % len(response.body)))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _is_for_s3(scope: MutableMapping[str, Any]) -> bool:
    """Tell whether a request was signed for the object store."""
    return any(
        name == b"authorization" and b"/s3/aws4_request" in value for name, value in scope.get("headers", ())
    )


def _nothing_at(method: str, path: str) -> str:
    """Say that a path names nothing; as Lake Formation's clients call it, it names an operation."""
    if method == "POST" and _OPERATION.fullmatch(path):
        return f"There is no operation {path[1:]}."
    return f"There is nothing at {method} {path}."
