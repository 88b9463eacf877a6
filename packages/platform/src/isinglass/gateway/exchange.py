"""One request on its way through the gateway, and what the two logs tell of it."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson

from isinglass.domain.access.redaction import (
    HIDDEN,
    LONGEST_PLAIN,
    cut_lists,
    is_plain,
    names_in,
    redact,
    redact_text,
)
from isinglass.gateway.authorization import Admission, Asked, Denied, resources_of
from isinglass.gateway.identity.verifier import Caller
from isinglass.gateway.protocol.messages import HttpRequest, HttpResponse
from isinglass.gateway.service import Operation
from isinglass.observe.audit_log import AuditLog, Noted
from isinglass.store.paging import PageRequest
from isinglass.store.store import Store

_log = logging.getLogger(__name__)

#: How many bytes of a request that is too long to be kept whole are kept, about.
_KEPT = LONGEST_PLAIN // 4


#: Errors whose messages say which thing they are about, and never what that is.
_NAMING = frozenset(
    {
        "AlreadyExistsException",
        "ConcurrentModificationException",
        "EntityNotFoundException",
        "GlueEncryptionException",
    }
)


@dataclass(frozen=True, slots=True)
class Details:
    """What an event tells of a request's document: what it was about, and with which parameters."""

    resources: list[str]
    parameters: Any


@dataclass(slots=True)
class Exchange:
    """One request on its way through the links; each link fills in what the next ones read."""

    request: HttpRequest
    request_id: str
    now: float
    started: float
    patient: bool
    form: dict[str, str] | None = None
    operation: Operation | None = None
    caller: Caller | None = None
    document: dict[str, Any] = field(default_factory=dict)
    admission: Admission | None = None
    denied: Denied | None = None
    #: The encryption keys that it was let use, each with its account.
    keys_used: dict[str, str] = field(default_factory=dict)
    page: PageRequest | None = None
    question: bytes = b""
    answer: Any = None
    error: str | None = None
    message: str = ""
    response: HttpResponse | None = None
    #: Whether it was about what is encrypted where it is stored: no log writes that down either.
    encrypted: bool = False
    #: What the audit log is to tell of the document, if that was let go.
    details: Details | None = None

    @property
    def target(self) -> Operation:
        """The operation, once it is found."""
        assert self.operation is not None
        return self.operation

    @property
    def answered(self) -> HttpResponse:
        """The answer, once all links or one that refused have run."""
        assert self.response is not None
        return self.response

    @property
    def signed_by(self) -> Caller:
        """The caller, once the signature is verified."""
        assert self.caller is not None
        return self.caller

    @property
    def asked(self) -> Asked:
        """What is to be decided about the request."""
        caller, request = self.signed_by, self.request
        return Asked(
            principal=caller.principal,
            key=caller.key,
            region=caller.region,
            permission=self.target.permission,
            document=self.document,
            client=request.client,
            user_agent=request.header("user-agent") or "",
            now=self.now,
        )

    def let_go(self) -> None:
        """Let the document go once the request has had its effect, as its answer waits for others.

        A group's documents, thousands of objects each, would drive each other out of the processor's caches.
        """
        if self.error is None and self.caller is not None:
            self.details = self.describe()()
            self.document = {}

    def describe(self) -> Callable[[], Details]:
        """Make what writes the details down, which may wait."""
        if self.details is not None:
            return partial(_same, self.details)
        return partial(
            _details,
            self.asked,
            self.target,
            tuple(self.keys_used),
            len(self.request.body),
            encrypted=self.encrypted or self.error == "GlueEncryptionException",
        )


def is_of_encrypted(exchange: Exchange, store: Store) -> bool:
    """Tell whether a write that failed was to an encrypted catalog, though it came to no document."""
    if exchange.error is None or exchange.caller is None or exchange.target.service.name != "glue":
        return False
    permission = exchange.target.permission
    if permission.reads_only:
        return False
    owner = permission.owner(exchange.document, exchange.caller.principal.account_id)
    try:
        with store.read() as tx:
            return tx.documents.encrypts(owner)
    except Exception:  # without the database nobody can tell
        _log.warning("It cannot be told whether catalog %s is encrypted", owner, exc_info=True)
        return True


def access_entry(exchange: Exchange) -> dict[str, Any]:
    """Write a request's line of the access log: who asked for what and how it went, never what was said."""
    caller, response = exchange.caller, exchange.answered
    return {
        "time": exchange.now,
        "request_id": exchange.request_id,
        "operation": exchange.operation.name if exchange.operation else None,
        "account_id": caller.principal.account_id if caller else None,
        "principal": caller.principal.arn if caller else None,
        "access_key_id": caller.principal.access_key_id if caller else None,
        "client": exchange.request.client,
        "status": response.status,
        "error": exchange.error,
        "milliseconds": round((time.perf_counter() - exchange.started) * 1000, 3),
        "bytes_in": len(exchange.request.body),
        "bytes_out": len(response.body),
    }


def audit(log: AuditLog, exchanges: Iterable[Exchange]) -> None:
    """Put requests whose caller is known into the audit log; the writes are there when this returns."""
    kept = []
    for exchange in exchanges:
        if exchange.caller is None:
            continue
        if exchange.error is None and not exchange.target.permission.reads_only:
            kept.append(_noted(exchange, exchange.caller))
        else:
            log.note(_noted(exchange, exchange.caller))
    log.keep(kept)


def _noted(exchange: Exchange, caller: Caller) -> Noted:
    account_id = caller.principal.account_id
    lenders = set(exchange.keys_used.values())
    if exchange.admission and exchange.admission.admitted_by:
        lenders.add(exchange.admission.admitted_by)
    reads = exchange.target.permission.reads_only and exchange.denied is None
    ended = exchange.now + time.perf_counter() - exchange.started
    return Noted(
        accounts=(account_id, *sorted(lenders - {account_id})),
        kind="reads" if reads else "writes",
        time=ended,
        build=partial(
            _event,
            caller,
            exchange.target,
            exchange.request.client,
            exchange.request.header("user-agent") or "",
            exchange.request_id,
            ended,
            exchange.denied,
            exchange.error,
            _told(exchange),
            exchange.describe(),
        ),
    )


def _told(exchange: Exchange) -> str:
    """Give an error's message for the log; of what is encrypted, most errors quote what they refuse."""
    quotes = exchange.denied is None and exchange.error not in _NAMING
    return HIDDEN if exchange.encrypted and quotes else exchange.message


def _event(
    caller: Caller,
    operation: Operation,
    client: str,
    user_agent: str,
    request_id: str,
    ended: float,
    denied: Denied | None,
    error: str | None,
    message: str,
    describe: Callable[[], Details],
) -> dict[str, Any]:
    """Build an event; the time comes first, for whoever looks for one."""
    principal, details = caller.principal, describe()
    event: dict[str, Any] = {
        "Time": round(ended, 6),
        "RequestId": request_id,
        "AccountId": principal.account_id,
        "Principal": principal.arn,
        "AccessKeyId": principal.access_key_id,
        "SourceIp": client,
        "UserAgent": user_agent[:512],
        "Operation": operation.permission.action,
        "ReadOnly": operation.permission.reads_only,
        "Outcome": "DENIED" if denied else "FAILED" if error else "SUCCESS",
        "Resources": details.resources,
        "Parameters": details.parameters,
    }
    if error:
        event |= {"ErrorCode": error, "ErrorMessage": redact_text(message)}
    if denied:
        event |= {"MissingPermission": denied.action, "MissingOn": denied.resource}
    return event


def _same(details: Details) -> Details:
    return details


def _details(
    asked: Asked, operation: Operation, keys_used: tuple[str, ...], size: int, *, encrypted: bool
) -> Details:
    document = asked.document
    parameters = names_in(document) if encrypted else _parameters(document, operation, size)
    return Details(_touched(asked, keys_used)[:100], parameters)


def _touched(asked: Asked, keys_used: tuple[str, ...]) -> list[str]:
    """List what a request was about; keys as those they turned out to be, whatever it called them."""
    resources = resources_of(asked)
    if not keys_used or not asked.permission.action.startswith("kms:"):
        return resources
    return [*keys_used, *(resource for resource in resources if ":alias/" in resource)]


def _parameters(document: Mapping[str, Any], operation: Operation, size: int) -> Any:
    """Copy a request's parameters without secrets; most requests have nothing that even looks like one.

    `size` is that of the request's body: what is too long is cut before it is written, not written twice.
    """
    try:
        written = orjson.dumps(_fitting(document, size))
        if len(written) > LONGEST_PLAIN:
            written = orjson.dumps(_fitting(document, len(written)))
    except TypeError:  # it holds bytes, which redacting counts
        return redact(document, operation.mask)
    return orjson.Fragment(written) if is_plain(written, operation.mask) else redact(document, operation.mask)


def _fitting(document: Mapping[str, Any], size: int) -> Mapping[str, Any]:
    """Cut the lists of a document of so many bytes to less than would fit: elements differ in size."""
    return cut_lists(document, _KEPT / size) if size > LONGEST_PLAIN else document
