"""Passes requests on to the object store: their heads written anew, signed with the keys that it knows."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import quote, unquote_plus

from isinglass.gateway.s3.answers import Collected, Watched
from isinglass.gateway.s3.authentication import canonical_path
from isinglass.gateway.s3.errors import S3Error
from isinglass.gateway.s3.request import PRESIGNED_PARAMETERS, S3Request
from isinglass.gateway.s3.server import Answering
from isinglass.gateway.s3.upstream import Pool, Sink, UpstreamLost

Headers = list[tuple[str, str]]

#: Connection-level headers, and what we sign, decide or must not let a client say to the object store.
_DROPPED = frozenset(
    [
        "host",
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "expect",
        "authorization",
        "content-length",
        "x-amz-date",
        "x-amz-content-sha256",
        "x-amz-security-token",
        "x-amz-decoded-content-length",
        "x-amz-trailer",
        "x-amz-sdk-checksum-algorithm",
        "forwarded",
        "x-real-ip",
        "content-encoding",
        "date",
    ]
)
_DROPPED_PREFIXES = ("x-forwarded-", "x-seaweedfs-", "seaweed-", "x-amz-expected-bucket-owner", "amz-sdk-")
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Relay:
    """Sends requests over pooled connections; those without a body again, when a connection was stale."""

    pool: Pool

    async def send(
        self,
        request: S3Request,
        headers: Headers,
        body: AsyncIterator[bytes] | None,
        sink: Sink,
        client: Answering | None = None,
    ) -> None:
        """Send a request with these headers and no others, and pass its answer to a sink."""
        path, query = canonical_path(request.path), own_query(request)
        signed = self.pool.target.sign(request.method, path, query, headers, time.time())
        head = _head(request.method, path, query, signed)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                connection = await self.pool.take()
            except (OSError, TimeoutError) as error:
                raise S3Error("ServiceUnavailable", "The object store cannot be reached.", 503) from error
            if client is not None:
                client.attach(connection.pause, connection.resume)
            if isinstance(sink, Watched):
                sink.stop = connection.abort
            try:
                await connection.exchange(head, body, sink, bodiless=request.method == "HEAD")
            except UpstreamLost as lost:
                connection.abort()
                if isinstance(sink, Watched) and sink.stopped:
                    return
                # A pooled connection may have gone stale; only requests without a body can be sent again.
                if lost.began or body is not None or attempt == _ATTEMPTS:
                    raise S3Error(
                        "ServiceUnavailable", "The object store closed the connection.", 503
                    ) from lost
            except BaseException:
                connection.abort()
                raise
            else:
                self.pool.give(connection)
                return

    async def look(self, path: str, query: str = "") -> Collected:
        """Look at the head of what is at a decoded path."""
        answer = Collected()
        await self.send(S3Request("HEAD", quote(path), query, ()), [], None, answer)
        return answer

    async def make_bucket(self, bucket: str) -> int:
        """Make a bucket for the server itself; returns the status of the answer."""
        answer = Collected()
        await self.send(S3Request("PUT", f"/{bucket}", "", ()), [("content-length", "0")], None, answer)
        return answer.status


def own_headers(request: S3Request) -> Headers:
    """List the headers of a request that are for the object store."""
    kept = [
        (name, value)
        for name, value in request.headers
        if name not in _DROPPED and not name.startswith(_DROPPED_PREFIXES)
    ]
    encoding = [part.strip() for part in (request.header("content-encoding") or "").split(",")]
    if parts := [part for part in encoding if part and part != "aws-chunked"]:
        kept.append(("content-encoding", ",".join(parts)))
    return kept


def own_query(request: S3Request) -> str:
    """Write a request's query anew, without what signed it for us."""
    parts = []
    for part in request.raw_query.split("&"):
        name, equals, value = part.partition("=")
        if part and unquote_plus(name) not in PRESIGNED_PARAMETERS:
            parts.append(
                quote(unquote_plus(name), safe="-_.~") + equals + quote(unquote_plus(value), safe="-_.~")
            )
    return "&".join(parts)


def _head(method: str, path: str, query: str, headers: Headers) -> bytes:
    target = f"{path}?{query}" if query else path
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    if lines.count("\n") != len(headers) or lines.count("\r") != len(headers):
        # What came as a header has no line ends; what came in a query and is said in a header may.
        raise S3Error("InvalidArgument", "What is said in a header may not have line ends.", 400)
    return f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1")
