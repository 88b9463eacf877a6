"""Connections of clients, over a real socket."""

import asyncio

import pytest

from isinglass.gateway.s3 import server
from isinglass.gateway.s3.flow import Body
from isinglass.gateway.s3.request import S3Request
from isinglass.gateway.s3.server import Answering, ClientConnection

REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class _Slow:
    """Answers after more time than a connection may lie idle."""

    async def handle(self, request: S3Request, _body: Body, client: Answering) -> None:
        await asyncio.sleep(3 * server._IDLE_SECONDS)
        client.answer(200, request.path.encode())


@pytest.mark.parametrize(
    ("sent", "answers"), [(b"", 0), (REQUEST[:-2], 0), (REQUEST, 1), (REQUEST + b"GET", 1)]
)
def test_connection_that_brings_no_request_is_closed_and_one_at_work_is_not(
    monkeypatch: pytest.MonkeyPatch, sent: bytes, answers: int
) -> None:
    monkeypatch.setattr(server, "_IDLE_SECONDS", 0.05)

    async def talk() -> bytes:
        loop = asyncio.get_running_loop()
        served = await loop.create_server(lambda: ClientConnection(_Slow(), set()), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*served.sockets[0].getsockname())
        writer.write(sent[: len(REQUEST)])
        if len(sent) > len(REQUEST):
            await reader.readuntil(b"\r\n\r\n/")
            writer.write(sent[len(REQUEST) :])
            return b" 200 " + await reader.read()
        return await reader.read()  # to the end, which is the server's

    assert asyncio.run(asyncio.wait_for(talk(), 20)).count(b" 200 ") == answers
