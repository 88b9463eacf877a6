"""Requests passed on to an object store that answers in its own time."""

import asyncio
from typing import Any

import pytest

from isinglass.domain.signature import Credentials
from isinglass.gateway.s3.answers import Collected, Watched
from isinglass.gateway.s3.errors import S3Error
from isinglass.gateway.s3.relay import Relay
from isinglass.gateway.s3.request import S3Request
from isinglass.gateway.s3.upstream import Pool, Target

GET = S3Request("GET", "/b/k", "", ())


class _Client:
    """Takes what a client would be sent."""

    def __init__(self) -> None:
        self.statuses: list[int] = []

    def head(self, status: int, _headers: Any) -> None:
        self.statuses.append(status)

    def piece(self, data: bytes) -> None:
        raise AssertionError(data)


async def _sent(answer: bytes, request: S3Request, headers: list[tuple[str, str]], sink: Any) -> None:
    """Pass a request on to a store that sends this much of an answer, and the rest never."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    pool = Pool(Target(f"http://127.0.0.1:{port}", "us-east-1", Credentials("key", "secret")))
    try:
        await Relay(pool).send(request, headers, None, sink)
    finally:
        pool.close()
        server.close()


def test_failure_whose_body_has_not_come_yet_is_held_back() -> None:
    client = _Client()
    watched = Watched(client, lambda _status: None, lambda _status, _headers: None, [])
    answer = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 10\r\n\r\n"
    asyncio.run(_sent(answer, GET, [], watched))
    assert (watched.status, watched.failed, client.statuses) == (500, True, [])


@pytest.mark.parametrize("value", ["a\r\nx-other: b", "a\nb", "a\rb"])
def test_header_with_line_ends_is_refused(value: str) -> None:
    with pytest.raises(S3Error) as refused:
        asyncio.run(_sent(b"", GET, [("x-amz-meta-a", value)], Collected()))
    assert refused.value.code == "InvalidArgument"
