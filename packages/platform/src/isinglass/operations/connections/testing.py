"""The operation that tries a connection."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from isinglass.domain.connection_secrets import opened_credentials, put_together
from isinglass.domain.connection_targets import BadConnection, Login, Reach, UntestableConnection, target_of
from isinglass.domain.network_limits import ForbiddenAddress
from isinglass.model.glue.errors import (
    AccessDeniedException,
    EntityNotFoundException,
    FederationSourceException,
    InvalidInputException,
    OperationNotSupportedException,
    OperationTimeoutException,
)
from isinglass.model.glue.shapes import TestConnectionRequest, TestConnectionResponse
from isinglass.operations.connections import probing
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.connections import Connection

#: Glue's words for what failed at the other end.
_CODES = {
    "credentials": "InvalidCredentialsException",
    "database": "EntityNotFoundException",
    "unknown host": "EntityNotFoundException",
    "driver": "OperationNotSupportedException",
    "tls": "InvalidResponseException",
}


@dataclass(frozen=True, slots=True)
class _Tried:
    """A connection as it is tried, with its secrets."""

    connection_type: str
    properties: Mapping[str, str] = field(repr=False)
    authentication: Mapping[str, Any] = field(repr=False)


@implements("TestConnection")
def test_connection(ctx: Context, request: TestConnectionRequest) -> TestConnectionResponse:
    """Try a saved connection, or one that is only described; what became of a saved one is kept with it."""
    if request.get("CatalogId", ctx.account_id) != ctx.account_id:
        raise AccessDeniedException(
            f"User: {ctx.principal.arn} is not authorized to use the catalog {request.get('CatalogId')}"
        )
    if ("ConnectionName" in request) == ("TestConnectionInput" in request):
        raise InvalidInputException("Give either ConnectionName or TestConnectionInput.")
    if "ConnectionName" in request:
        _test_saved(ctx, request["ConnectionName"])
        return {}
    given: Any = request["TestConnectionInput"]
    authentication = given.get("AuthenticationConfiguration", {})
    _try(ctx, _Tried(given["ConnectionType"], given["ConnectionProperties"], authentication))
    return {}


def _test_saved(ctx: Context, name: str) -> None:
    with ctx.store.read() as tx:
        connection = tx.connections.find(ctx.account_id, name)
    if connection is None:
        raise EntityNotFoundException(f"Connection {name} not found.")
    tried = _opened(ctx, connection)
    try:
        _try(ctx, tried)
    except (FederationSourceException, OperationTimeoutException) as error:
        _keep(ctx, connection, "FAILED", error.message)
        raise
    _keep(ctx, connection, "READY", None)


def _opened(ctx: Context, connection: Connection) -> _Tried:
    secrets = connection.opened(ctx.services.sealer)
    document = put_together(connection.document, secrets, encrypted=False)
    authentication = {**document.get("AuthenticationConfiguration", {}), **opened_credentials(secrets)}
    return _Tried(document["ConnectionType"], document["ConnectionProperties"], authentication)


def _keep(ctx: Context, connection: Connection, status: str, reason: str | None) -> None:
    with ctx.store.begin() as tx:
        tx.connections.note_validation(connection, status=status, reason=reason, now=ctx.now)


def _try(ctx: Context, tried: _Tried) -> None:
    try:
        target = target_of(tried.connection_type, tried.properties, tried.authentication)
        _reach(target, ctx.services.own_ports())
    except BadConnection as error:
        raise InvalidInputException(str(error)) from error
    except UntestableConnection as error:
        raise OperationNotSupportedException(str(error)) from error
    except ForbiddenAddress as error:
        raise InvalidInputException(str(error)) from error
    except probing.ProbeFailed as error:
        if error.cause == "timeout":
            raise OperationTimeoutException(str(error)) from error
        code = _CODES.get(error.cause, "InternalServiceException")
        raise FederationSourceException(str(error), FederationSourceErrorCode=code) from error


def _reach(target: Login | Reach, own_ports: frozenset[int]) -> None:
    if isinstance(target, Login):
        found = probing.resolve(target.address, own_ports)
        probing.log_in(target, probing.reach(target.address, found))
        return
    for address in target.addresses:
        probing.reach(address, probing.resolve(address, own_ports))
