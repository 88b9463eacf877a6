"""The object store's front: authenticates, checks who owns the bucket, signs anew and passes on."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote, unquote_plus

from isinglass.gateway.s3 import audit, deletion
from isinglass.gateway.s3.answers import Collected, Watched, decoded
from isinglass.gateway.s3.authentication import Authenticator, Caller, canonical_path
from isinglass.gateway.s3.encryption import Encryption, without_ours
from isinglass.gateway.s3.errors import S3Error
from isinglass.gateway.s3.flow import Body
from isinglass.gateway.s3.ownership import Ownership, list_document, own_bucket
from isinglass.gateway.s3.payload import decoder, verified
from isinglass.gateway.s3.permissions import Need, ObjectPermissions, needs_of, needs_of_deletion
from isinglass.gateway.s3.request import (
    PRESIGNED_PARAMETERS,
    S3Request,
    check_address,
    check_subresources,
    copy_source,
    of_bucket,
)
from isinglass.gateway.s3.server import Answering
from isinglass.gateway.s3.upstream import Pool, Sink, UpstreamLost
from isinglass.observe.audit_log import AuditLog

log = logging.getLogger(__name__)

METHODS = frozenset({"GET", "HEAD", "PUT", "POST", "DELETE"})
_START_SECONDS = 60.0
_MOST_DELETE_DOCUMENT = 2 << 20
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


@dataclass(slots=True)
class Front:
    """Handles requests; `ready` is set when the object store answers."""

    authenticator: Authenticator
    ownership: Ownership
    permissions: ObjectPermissions
    encryption: Encryption
    audit_log: AuditLog
    pool: Pool
    ready: asyncio.Event
    _made: set[str] = field(default_factory=set)

    async def handle(self, request: S3Request, body: Body, client: Answering) -> None:
        """Answer one request; raises S3Error for what is refused."""
        if request.method not in METHODS:
            raise S3Error(
                "MethodNotAllowed", "The specified method is not allowed against this resource.", 405
            )
        check_address(request)
        check_subresources(request)
        _check_post(request)
        caller = self.authenticator.authenticate(request)
        needs = needs_of(request)
        try:
            await self._run(request, caller, needs, body, client)
        except S3Error as error:
            audit.refused(self.audit_log, request, caller, needs, error)
            raise

    async def _run(
        self, request: S3Request, caller: Caller, needs: list[Need], body: Body, client: Answering
    ) -> None:
        """Run a request whose caller is known; `needs` grows by what only its body tells."""
        self.permissions.require(caller, request, needs)
        if not request.bucket:
            self._service(request, caller, client)
            return
        await self._wait_ready()
        creates = request.method == "PUT" and not request.key and not of_bucket(request)
        if creates:
            await asyncio.to_thread(self.ownership.claim, request.bucket, caller.account_id)
        else:
            await self._check_owner(request.bucket, caller.account_id)
        source = copy_source(request)
        if source is not None:
            await self._check_owner(source[0], caller.account_id)
            await self._check_source(request, caller, needs, source)
        if request.header("x-amz-rename-source") is not None:
            raise S3Error("NotImplemented", "RenameObject is not supported.", 501)
        status = await self._forward(request, caller, needs, body, client)
        deletes = request.method == "DELETE" and not request.key and not of_bucket(request)
        if deletes and status in {200, 204, 404}:
            self._made.discard(request.bucket)
            await asyncio.to_thread(self.ownership.release, request.bucket, caller.account_id)
        elif creates and status >= 400 and status != 409:
            await asyncio.to_thread(self.ownership.release, request.bucket, caller.account_id)

    def _service(self, request: S3Request, caller: Caller, client: Answering) -> None:
        if request.method not in {"GET", "HEAD"}:
            raise S3Error(
                "MethodNotAllowed", "The specified method is not allowed against this resource.", 405
            )
        client.answer(200, list_document(caller.account_id, self.ownership.list(caller.account_id)))

    async def _wait_ready(self) -> None:
        if self.ready.is_set():
            return
        try:
            async with asyncio.timeout(_START_SECONDS):
                await self.ready.wait()
        except TimeoutError as error:
            raise S3Error(
                "ServiceUnavailable", "The object store is starting. Please try again.", 503
            ) from error

    async def _check_owner(self, bucket: str, account_id: str) -> None:
        if bucket == own_bucket(account_id) and bucket not in self._made:
            await self._make_own(bucket, account_id)
        self.ownership.check(bucket, account_id)

    async def _make_own(self, bucket: str, account_id: str) -> None:
        """Create the account's own bucket when it is first asked for."""
        if self.ownership.owner(bucket) != account_id:
            await asyncio.to_thread(self.ownership.claim, bucket, account_id)
        request = S3Request("PUT", f"/{bucket}", "", ())
        answer = Collected()
        await self._exchange(request, [("content-length", "0")], None, answer)
        if answer.status >= 400 and answer.status != 409:
            raise S3Error("InternalError", f"The account's bucket {bucket} could not be created.", 500)
        self._made.add(bucket)

    async def _forward(
        self, request: S3Request, caller: Caller, needs: list[Need], body: Body, client: Answering
    ) -> int:
        headers = _headers(request)
        encoding = [part.strip() for part in (request.header("content-encoding") or "").split(",")]
        if kept := [part for part in encoding if part and part != "aws-chunked"]:
            headers.append(("content-encoding", ",".join(kept)))
        length, pieces = await _payload(request, caller, body)
        encrypting = self.encryption.of_write(request, caller, needs, length)
        if encrypting is not None:
            headers = [*without_ours(headers), *encrypting]
        if request.method == "POST" and "delete" in request.query and not request.key:
            asked = deletion.rewrite(await _collect(pieces))
            needs += needs_of_deletion(request, asked.keys)
            self.permissions.require(caller, request, needs)
            headers = [header for header in headers if not header[0].startswith(deletion.DIGESTS)]
            length, pieces = len(asked.document), _once(asked.document)
        setting = None
        if "encryption" in request.query and not request.key:
            document = await _collect(pieces)
            setting = self.encryption.settings(request, caller.account_id, document)
            length, pieces = len(document), _once(document)
        if request.method in {"PUT", "POST"} or length:
            headers.append(("content-length", str(length)))
        tell = partial(audit.answered, self.audit_log, request, caller, needs)
        if setting is not None:
            tell(setting[0])
            client.answer(*setting)
            return setting[0]
        check = None
        if request.method == "GET" and request.key:
            check = partial(self.encryption.require_readable, request, caller, needs)
        answer = Watched(client, tell, check, self.encryption.untold(request, encrypting))
        await self._exchange(request, headers, pieces if length else None, answer, client)
        if answer.failed:
            # Perhaps for want of the object's key: its head is told without it.
            await self._check_key(request.path, _query(request), caller, needs)
            raise S3Error("InternalError", "We encountered an internal error. Please try again.", 500)
        if answer.refusal is not None:
            raise answer.refusal
        return answer.status

    async def _check_source(
        self, request: S3Request, caller: Caller, needs: list[Need], source: tuple[str, str]
    ) -> None:
        """Refuse to copy an object that is under a key which the caller may not use."""
        _, _, version = (request.header("x-amz-copy-source") or "").partition("?")
        await self._check_key(f"/{source[0]}/{source[1]}", version, caller, needs)

    async def _check_key(self, path: str, query: str, caller: Caller, needs: list[Need]) -> None:
        """Refuse an object that is under a key which the caller may not use, or nobody now."""
        looked = S3Request("HEAD", quote(path), query, ())
        answer = Collected()
        await self._exchange(looked, [], None, answer)
        self.encryption.require_readable(looked, caller, needs, answer.status, decoded(answer.headers))

    async def _exchange(
        self,
        request: S3Request,
        headers: list[tuple[str, str]],
        body: AsyncIterator[bytes] | None,
        sink: Sink,
        client: Answering | None = None,
    ) -> None:
        path, query = canonical_path(request.path), _query(request)
        signed = self.pool.target.sign(request.method, path, query, headers, time.time())
        head = _head(request.method, path, query, signed)
        for attempt in (1, 2, 3):
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
                if isinstance(sink, Watched) and sink.refusal is not None:
                    return
                # A pooled connection may have gone stale; only requests without a body can be sent again.
                if lost.began or body is not None or attempt == 3:
                    raise S3Error(
                        "ServiceUnavailable", "The object store closed the connection.", 503
                    ) from lost
            except BaseException:
                connection.abort()
                raise
            else:
                self.pool.give(connection)
                return


def _headers(request: S3Request) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, value in request.headers
        if name not in _DROPPED and not name.startswith(_DROPPED_PREFIXES)
    ]


def _query(request: S3Request) -> str:
    """Write the query anew, without what signed it for us."""
    parts = []
    for part in request.raw_query.split("&"):
        name, equals, value = part.partition("=")
        if part and unquote_plus(name) not in PRESIGNED_PARAMETERS:
            parts.append(
                quote(unquote_plus(name), safe="-_.~") + equals + quote(unquote_plus(value), safe="-_.~")
            )
    return "&".join(parts)


def _head(method: str, path: str, query: str, headers: list[tuple[str, str]]) -> bytes:
    target = f"{path}?{query}" if query else path
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1")


async def _payload(request: S3Request, caller: Caller, body: Body) -> tuple[int, AsyncIterator[bytes]]:
    """Return the payload's length and its verified pieces."""
    given = request.header("x-amz-decoded-content-length")
    framed = caller.payload.startswith("STREAMING-")
    text = given if framed else request.header("content-length")
    if request.header("transfer-encoding") is not None and not framed:
        raise S3Error("MissingContentLength", "You must provide the Content-Length HTTP header.", 411)
    if text is not None and not (text.isdigit() and len(text) < 16):
        raise S3Error("InvalidArgument", f"The length {text[:32]!r} is not a number.", 400)
    length = int(text) if text is not None else 0
    decode = decoder(caller, request.header("x-amz-trailer"), length if text is not None else None)
    pieces = verified(aiter(body), decode)
    if length == 0:
        # Nothing is sent before all is known to be good; the framing alone may be bad.
        return 0, _once(await _collect(pieces))
    return length, pieces


async def _collect(pieces: AsyncIterator[bytes]) -> bytes:
    collected = bytearray()
    async for piece in pieces:
        collected += piece
        if len(collected) > _MOST_DELETE_DOCUMENT:
            raise S3Error("MaxMessageLengthExceeded", "Your request was too big.", 400)
    return bytes(collected)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    if data:
        yield data


def _check_post(request: S3Request) -> None:
    """Let through the POSTs whose key is in the path; forms name theirs in the body, unseen by us."""
    known = {"uploads", "uploadId"} if request.key else {"delete"}
    if request.method == "POST" and not known & set(request.query):
        raise S3Error("NotImplemented", "Browser forms and this kind of POST are not supported.", 501)
