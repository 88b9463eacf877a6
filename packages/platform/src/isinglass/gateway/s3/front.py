"""The object store's front: authenticates, checks who owns the bucket, signs anew and passes on."""

import asyncio
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from isinglass.gateway.s3 import audit, deletion
from isinglass.gateway.s3.answers import Held, Watched, decoded
from isinglass.gateway.s3.authentication import Authenticator, Caller
from isinglass.gateway.s3.buckets import Buckets
from isinglass.gateway.s3.encryption import Encryption, without_ours
from isinglass.gateway.s3.errors import S3Error
from isinglass.gateway.s3.flow import Body
from isinglass.gateway.s3.ownership import list_document
from isinglass.gateway.s3.payload import collected, once, payload_of
from isinglass.gateway.s3.permissions import Need, ObjectPermissions, needs_of, needs_of_deletion
from isinglass.gateway.s3.relay import Relay, own_headers, own_query
from isinglass.gateway.s3.request import (
    S3Request,
    check_address,
    check_subresources,
    copy_source,
    of_bucket,
)
from isinglass.gateway.s3.server import Answering
from isinglass.observe.audit_log import AuditLog

METHODS = frozenset({"GET", "HEAD", "PUT", "POST", "DELETE"})
_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Front:
    """Handles requests; `ready` is set when the object store answers."""

    authenticator: Authenticator
    buckets: Buckets
    permissions: ObjectPermissions
    encryption: Encryption
    audit_log: AuditLog
    relay: Relay
    ready: asyncio.Event

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
        # What a bucket itself is put or deleted for, and not something that it has.
        verb = "" if request.key or of_bucket(request) else request.method
        if verb != "PUT":
            await self.buckets.check_owner(request.bucket, caller.account_id)
        source = copy_source(request)
        if source is not None:
            await self.buckets.check_owner(source[0], caller.account_id)
            await self._check_source(request, caller, needs, source)
        if request.header("x-amz-rename-source") is not None:
            raise S3Error("NotImplemented", "RenameObject is not supported.", 501)
        if verb in {"PUT", "DELETE"}:
            await self._change_bucket(request, caller, needs, body, client)
        else:
            await self._forward(request, caller, needs, body, client)

    async def _change_bucket(
        self, request: S3Request, caller: Caller, needs: list[Need], body: Body, client: Answering
    ) -> None:
        """Make or delete a bucket; whose its name is then is settled before anybody hears of it."""
        bucket, held, is_made = request.bucket, Held(client), False
        async with self.buckets.turn(bucket):
            if request.method == "PUT":
                await self.buckets.take(bucket, caller.account_id)
            else:  # it may have been deleted, and be another's, since it was checked
                self.buckets.ownership.check(bucket, caller.account_id)
            try:
                status = await self._forward(request, caller, needs, body, held)
                is_made = request.method == "PUT" and status < 400
            finally:
                if not is_made:
                    await self.buckets.give_up(bucket, caller.account_id)
        held.pass_on()

    def _service(self, request: S3Request, caller: Caller, client: Answering) -> None:
        if request.method not in {"GET", "HEAD"}:
            raise S3Error(
                "MethodNotAllowed", "The specified method is not allowed against this resource.", 405
            )
        found = self.buckets.ownership.list(caller.account_id)
        client.answer(200, list_document(caller.account_id, found))

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

    async def _forward(
        self, request: S3Request, caller: Caller, needs: list[Need], body: Body, client: Answering
    ) -> int:
        headers = own_headers(request)
        length, pieces = await payload_of(request, caller, body)
        encrypting = self.encryption.of_write(request, caller, needs, length)
        if encrypting is not None:
            headers = [*without_ours(headers), *encrypting]
        if request.method == "POST" and "delete" in request.query and not request.key:
            asked = deletion.rewrite(await collected(pieces))
            needs += needs_of_deletion(request, asked.keys)
            self.permissions.require(caller, request, needs)
            headers = [header for header in headers if not header[0].startswith(deletion.DIGESTS)]
            length, pieces = len(asked.document), once(asked.document)
        setting = None
        if "encryption" in request.query and not request.key:
            document = await collected(pieces)
            setting = await asyncio.to_thread(self.encryption.settings, request, caller.account_id, document)
            length, pieces = len(document), once(document)
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
        await self.relay.send(request, headers, pieces if length else None, answer, client)
        if answer.failed:
            # Perhaps for want of the object's key: its head is told without it.
            await self._check_key(request.path, own_query(request), caller, needs)
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
        answer = await self.relay.look(path, query)
        self.encryption.require_readable(looked, caller, needs, answer.status, decoded(answer.headers))


def _check_post(request: S3Request) -> None:
    """Let through the POSTs whose key is in the path; forms name theirs in the body, unseen by us."""
    known = {"uploads", "uploadId"} if request.key else {"delete"}
    if request.method == "POST" and not known & set(request.query):
        raise S3Error("NotImplemented", "Browser forms and this kind of POST are not supported.", 501)
