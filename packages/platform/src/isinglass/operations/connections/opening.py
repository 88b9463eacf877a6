"""Connections with their secrets in place, for those who use them, and what became of using one."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from isinglass.domain.connection_secrets import opened_credentials, put_together, take_apart
from isinglass.domain.connection_targets import BadConnection, UntestableConnection
from isinglass.domain.connection_types.definitions import ConnectionType
from isinglass.domain.network_limits import ForbiddenAddress
from isinglass.model.glue.errors import (
    AccessDeniedException,
    EntityNotFoundException,
    FederationSourceException,
    InvalidInputException,
    OperationNotSupportedException,
    OperationTimeoutException,
)
from isinglass.operations.connections.passwords import open_secrets
from isinglass.operations.connections.probing import ProbeFailed
from isinglass.operations.connections.types import require_type
from isinglass.operations.context import Context
from isinglass.store.connections import Connection
from isinglass.store.store import Transaction

#: Glue's words for what failed at the other end.
_CODES = {
    "credentials": "InvalidCredentialsException",
    "denied": "AccessDeniedException",
    "database": "EntityNotFoundException",
    "missing": "EntityNotFoundException",
    "unknown host": "EntityNotFoundException",
    "driver": "OperationNotSupportedException",
    "tls": "InvalidResponseException",
    "answer": "InvalidResponseException",
    "throttled": "ThrottlingException",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection as it is used, with its secrets."""

    kind: ConnectionType
    properties: Mapping[str, str] = field(repr=False)
    authentication: Mapping[str, Any] = field(repr=False)
    #: What RegisterConnectionType took, for the types of accounts.
    registered: Mapping[str, Any] | None = field(default=None, repr=False)


def check_own(ctx: Context, request: Mapping[str, Any]) -> None:
    """Refuse the connections of another account."""
    catalog_id = request.get("CatalogId", ctx.account_id)
    if catalog_id != ctx.account_id:
        raise AccessDeniedException(
            f"User: {ctx.principal.arn} is not authorized to use the catalog {catalog_id}"
        )


def find_connection(ctx: Context, name: str) -> tuple[Connection, Opened]:
    """Find a saved connection and open its secrets."""
    with ctx.store.read() as tx:
        connection = tx.connections.find(ctx.account_id, name)
        if connection is None:
            raise EntityNotFoundException(f"Connection {name} not found.")
        return connection, _opened(tx, ctx, connection.document, open_secrets(ctx, tx, connection))


def described_connection(ctx: Context, given: Mapping[str, Any]) -> Opened:
    """Take a connection that is only described as if it were saved."""
    with ctx.store.read() as tx:
        return _opened(tx, ctx, *take_apart(given))


def _opened(tx: Transaction, ctx: Context, document: Mapping[str, Any], secrets: Mapping[str, str]) -> Opened:
    kind = require_type(tx, ctx.account_id, document["ConnectionType"])
    registered = tx.connection_types.find(ctx.account_id, kind.name) if kind.rest is not None else None
    whole = put_together(document, secrets, encrypted=False)
    return Opened(
        kind,
        whole["ConnectionProperties"],
        {**whole.get("AuthenticationConfiguration", {}), **opened_credentials(secrets)},
        None if registered is None else registered.document,
    )


@contextmanager
def failures_told() -> Iterator[None]:
    """Say in Glue's words what failed while a connection was used."""
    try:
        yield
    except (BadConnection, ForbiddenAddress) as error:
        raise InvalidInputException(str(error)) from error
    except UntestableConnection as error:
        raise OperationNotSupportedException(str(error)) from error
    except ProbeFailed as error:
        if error.cause == "timeout":
            raise OperationTimeoutException(str(error)) from error
        code = _CODES.get(error.cause, "InternalServiceException")
        raise FederationSourceException(str(error), FederationSourceErrorCode=code) from error
