"""Sends one request to a service, at an address that was looked at, and waits so long for the answer."""

import http.client
import socket
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from isinglass.domain.json_documents import UnreadableJson, read
from isinglass.domain.rest_services.requests import Request
from isinglass.operations.connections import probing
from isinglass.operations.connections.cutting_off import cut_off
from isinglass.operations.connections.probing import ProbeFailed

#: Seconds for a request, and the bytes of an answer that are read at most.
SECONDS = 20
MOST_BYTES = 16 * 1024 * 1024
_REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered; `body` is its JSON, None where it is none."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: Any = field(repr=False)
    #: Bytes that the body took.
    size: int = 0


def send(request: Request, own_ports: Collection[int]) -> Answer:
    """Send a request and read the answer; redirects are not followed: they lead to where nobody looked."""
    found = probing.resolve(request.address, own_ports)
    line, _ = probing.dial(request.address, found)
    line.settimeout(SECONDS)
    connection = http.client.HTTPConnection(request.address.host, request.address.port)
    with line, cut_off(line.fileno(), SECONDS) as expired:
        try:
            connection.sock = _secured(request, line) if request.secure else line
            return _exchange(connection, request, expired)
        except (OSError, http.client.HTTPException) as error:
            if expired.is_set() or isinstance(error, TimeoutError):
                raise _failed(request, "timeout", f"did not answer within {SECONDS} seconds") from error
            raise _failed(request, "answer", "broke off, or does not speak HTTP") from error
        finally:
            connection.close()


def _secured(request: Request, line: socket.socket) -> socket.socket:
    try:
        return ssl.create_default_context().wrap_socket(line, server_hostname=request.address.host)
    except ssl.SSLError as error:
        reason = getattr(error, "verify_message", "") or "the handshake failed"
        raise _failed(request, "tls", f"could not be reached over TLS: {reason}") from error


def _exchange(connection: http.client.HTTPConnection, request: Request, expired: Event) -> Answer:
    connection.request(
        request.method, request.target, request.body, {"Host": request.host, **request.headers}
    )
    response = connection.getresponse()
    text = response.read(MOST_BYTES + 1)
    if expired.is_set():
        raise TimeoutError  # what has been read so far looks like a whole answer
    if len(text) > MOST_BYTES:
        raise _failed(request, "answer", f"answered more than {MOST_BYTES} bytes; ask for fewer records")
    if response.length:
        raise _failed(request, "answer", "broke off in the middle of its answer")
    if response.status in _REDIRECTS:
        raise _failed(request, "answer", f"answered {response.status}: redirects are not followed")
    headers = {name.lower(): value for name, value in response.getheaders()}
    try:
        body = read(text) if text else None
    except UnreadableJson:
        body = None
    return Answer(response.status, headers, body, len(text))


def _failed(request: Request, cause: str, detail: str) -> ProbeFailed:
    return ProbeFailed(request.address, cause, detail)
