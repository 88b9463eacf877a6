"""The ordered list of steps that turn a signed HTTP request into an operation's answer."""

import logging
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from urllib.parse import unquote

from isinglass.gateway.access_log import AccessLog
from isinglass.gateway.authorization import Authorizer, changes_access
from isinglass.gateway.exchange import Exchange, access_entry, audit, is_of_encrypted
from isinglass.gateway.identity.verifier import IMPORT_HEADER, NOTE_HEADER, Verifier
from isinglass.gateway.pages import Pages
from isinglass.gateway.permits import Permits
from isinglass.gateway.protocol import json_rpc, query
from isinglass.gateway.protocol.messages import HttpRequest, HttpResponse
from isinglass.gateway.protocol.paging import TokenSealer
from isinglass.gateway.service import Catalogue, Operation
from isinglass.model.api_error import ApiError
from isinglass.model.edge_errors import (
    InternalServiceException,
    OperationNotSupportedException,
    RequestEntityTooLargeException,
    UnknownOperationException,
    ValidationException,
)
from isinglass.observe.audit_log import AuditLog
from isinglass.operations.context import Context, Services
from isinglass.store.dialects.group_sync import NotDurable
from isinglass.store.paging import PageRequest
from isinglass.store.store import Store
from isinglass.store.transience import is_transient
from isinglass.store.unstorable import is_unstorable

_log = logging.getLogger(__name__)

_ATTEMPTS = 5
_FORM = "application/x-www-form-urlencoded"
#: What a key was opened for before these must not be used after them.
_STOPPING_KEYS = frozenset({"kms:DisableKey", "kms:ScheduleKeyDeletion"})


#: How requests end that have changed something, or may have.
_PERHAPS_DONE = frozenset({None, InternalServiceException.code})


class Contended(Exception):
    """A request lost against another transaction where it may not wait; it can be tried again."""


class Chain:
    """Answers requests; safe to call from many threads."""

    def __init__(
        self,
        catalogue: Catalogue,
        verifier: Verifier,
        authorizer: Authorizer,
        tokens: TokenSealer,
        store: Store,
        services: Services,
        access_log: AccessLog,
        audit_log: AuditLog,
        *,
        body_limit: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._catalogue = catalogue
        self._verifier = verifier
        self._authorizer = authorizer
        self._permits = Permits(authorizer)
        self._store = store
        self._services = services
        self._access_log = access_log
        self._audit_log = audit_log
        self._body_limit = body_limit
        self._clock = clock
        pages = Pages(tokens)
        self._checks: tuple[Callable[[Exchange], None], ...] = (
            self._check_size,
            self._find_operation,
            self._authenticate,
            self._check_implemented,
            self._parse,
            self._permits.admit,
            pages.open,
        )
        self._links = (*self._checks, self._invoke, pages.seal, self._write)

    def operation_of(self, request: HttpRequest) -> str:
        """Tell which operation a request's head names; empty when there is none, or only its body tells."""
        if request.raw_path == "/":
            found = self._catalogue.by_target(request.header("x-amz-target") or "")
        else:
            found = self._catalogue.by_path(request.raw_path)
        return found.name if found else ""

    def handle(self, request: HttpRequest, *, patient: bool = True) -> HttpResponse:
        """Answer one request, whatever happens, and log it.

        What lost against another transaction is tried again; without patience it raises Contended at once.
        """
        exchange = self._exchange(request, patient=patient)
        self._run(exchange, self._links)
        return self._logged([exchange])[0]

    def handle_together(self, requests: Iterable[HttpRequest]) -> list[HttpResponse]:
        """Answer requests whose writes share one commit: none is answered before all of it is durable."""
        taken: list[HttpRequest] = []
        answered: list[Exchange] = []
        try:
            with self._store.together():
                for request in requests:
                    taken.append(request)
                    exchange = self._exchange(request, patient=False)
                    self._run(exchange, self._links)
                    exchange.let_go()
                    answered.append(exchange)
        except NotDurable as error:
            # All of it is there, and would be twice if each were tried again.
            for exchange in answered:
                if exchange.error is None:
                    _refuse(exchange, _unexpected(exchange, error))
        except Exception:
            # A lost race or a full disk undid all of them: each is answered for what it meets by itself.
            _log.info("%d requests lost their commit; trying each by itself", len(taken), exc_info=True)
            return [self.handle(request) for request in taken]
        return self._logged(answered)

    def check(self, request: HttpRequest) -> HttpResponse | str:
        """Answer a request that can be refused without running it; of one that must run, tell the account."""
        exchange = self._exchange(request, patient=True)
        self._run(exchange, self._checks)
        if exchange.response is None:
            return exchange.signed_by.principal.account_id
        return self._logged([exchange])[0]

    def _exchange(self, request: HttpRequest, *, patient: bool) -> Exchange:
        return Exchange(request, _request_id(), self._clock(), time.perf_counter(), patient)

    def _run(self, exchange: Exchange, links: Iterable[Callable[[Exchange], None]]) -> None:
        try:
            for link in links:
                link(exchange)
        except Contended:
            raise
        except ApiError as error:
            _refuse(exchange, error)
        except Exception as error:
            _refuse(exchange, _unexpected(exchange, error))

    def _logged(self, exchanges: list[Exchange]) -> list[HttpResponse]:
        for exchange in exchanges:
            self._conclude(exchange)
        audit(self._audit_log, exchanges)
        return [exchange.answered for exchange in exchanges]

    def _conclude(self, exchange: Exchange) -> None:
        if exchange.operation is not None and exchange.error in _PERHAPS_DONE:
            self._forget_what_it_changed(exchange.operation)
        exchange.encrypted = exchange.encrypted or is_of_encrypted(exchange, self._store)
        self._access_log.record(access_entry(exchange))

    def _forget_what_it_changed(self, operation: Operation) -> None:
        if changes_access(operation.permission):
            self._authorizer.forget()
            self._verifier.forget()
        if operation.name in _STOPPING_KEYS:
            self._services.sealer.opened.forget()

    def _check_size(self, exchange: Exchange) -> None:
        if len(exchange.request.body) > self._body_limit:
            raise RequestEntityTooLargeException(
                f"The request body is larger than the limit of {self._body_limit} bytes."
            )

    def _find_operation(self, exchange: Exchange) -> None:
        request = exchange.request
        target = request.header("x-amz-target")
        if request.raw_path != "/":
            exchange.operation = self._catalogue.by_path(request.raw_path)
            name = request.raw_path
        elif target is not None:
            exchange.operation = self._catalogue.by_target(target)
            name = target
        elif (request.header("content-type") or "").startswith(_FORM):
            exchange.form = query.decode_form(request.body)
            name = exchange.form.get("Action", "")
            exchange.operation = self._catalogue.by_action(name, exchange.form.get("Version", ""))
        else:
            raise UnknownOperationException("The request names no operation: it has no X-Amz-Target header.")
        if exchange.operation is None:
            raise UnknownOperationException(f"There is no operation {name[:200]}.")

    def _authenticate(self, exchange: Exchange) -> None:
        service = exchange.target.service.name
        exchange.caller = self._verifier.verify(exchange.request, service, exchange.now)

    def _check_implemented(self, exchange: Exchange) -> None:
        if exchange.target.handler is None:
            raise OperationNotSupportedException(
                f"The operation {exchange.target.model.name} is not supported by this server yet."
            )

    def _parse(self, exchange: Exchange) -> None:
        operation = exchange.target
        if exchange.form is None:
            raw = json_rpc.decode(exchange.request.body)
        elif operation.model.input is None:
            raw = {}
        else:
            raw = query.document(exchange.form, operation.model.input, operation.service.shapes)
        exchange.document = operation.parse(raw)

    def _invoke(self, exchange: Exchange) -> None:
        handler = exchange.target.handler
        assert handler is not None
        caller, admission = exchange.signed_by, exchange.admission
        principal = caller.principal
        if admission is not None and admission.identity_arn != principal.identity_arn:
            principal = replace(principal, identity_arn=admission.identity_arn)
        context = Context(
            principal=principal,
            region=caller.region,
            request_id=exchange.request_id,
            now=exchange.now,
            store=self._store.on_behalf(partial(self._permits.use_document_key, exchange)),
            services=self._services,
            page=exchange.page or PageRequest(size=0),
            admitted_by=admission.admitted_by if admission else None,
            client=exchange.request.header("user-agent") or "",
            note=_said(exchange.request, NOTE_HEADER),
            imported_from=_said(exchange.request, IMPORT_HEADER),
            facts=admission.facts if admission else {},
            reach=partial(self._permits.reach, exchange),
            use_key=partial(self._permits.use_key, exchange),
        )
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                exchange.answer = handler(context, exchange.document)
                exchange.denied = None
                return
            except Exception as error:
                if attempt == _ATTEMPTS or not is_transient(error):
                    raise
                if not exchange.patient:
                    raise Contended from error
                # Lost against another transaction: wait a moment, longer each time, never in step with it.
                time.sleep(random.uniform(0.005, 0.02) * 2**attempt)  # noqa: S311 - spreads load, hides nothing

    def _write(self, exchange: Exchange) -> None:
        answer = exchange.target.write(exchange.answer)
        if exchange.form is None:
            protocol = exchange.target.service.protocol
            exchange.response = json_rpc.encode(answer, exchange.request_id, protocol)
        else:
            operation = exchange.target
            exchange.response = query.encode(answer, operation.service, operation.model, exchange.request_id)


def _said(request: HttpRequest, header: str) -> str:
    """Read what a caller says of its change; percent signs let it hold any character."""
    given = request.header(header)
    return unquote(given, errors="replace").strip() if given else ""


def _request_id() -> str:
    """Make an id that tells requests apart; it guards nothing, so the fast source of chance will do."""
    # The variant and version bits of a version 4 UUID, as uuid.UUID sets them at twenty times the price.
    bits = random.getrandbits(128) & ~(0xF000 << 64 | 0xC000 << 48) | 0x4000 << 64 | 0x8000 << 48
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _unexpected(exchange: Exchange, error: Exception) -> ApiError:
    """Give the answer to what no operation foresaw, and log it where the server is to blame."""
    if is_unstorable(error):
        return ValidationException("A text of the request has the character U+0000, which cannot be stored.")
    name = exchange.operation.name if exchange.operation else "a request"
    _log.error("%s failed unexpectedly (request %s)", name, exchange.request_id, exc_info=error)
    return InternalServiceException(
        f"An internal error occurred; the server's log has it under request {exchange.request_id}."
    )


def _refuse(exchange: Exchange, error: ApiError) -> None:
    exchange.error, exchange.message = error.code, error.message
    if exchange.form is not None:
        exchange.response = query.encode_error(error, exchange.request_id)
        return
    operation = exchange.operation
    protocol = "json" if operation is None else operation.service.protocol
    exchange.response = json_rpc.encode_error(error, exchange.request_id, protocol)
