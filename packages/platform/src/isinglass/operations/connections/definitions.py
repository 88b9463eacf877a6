"""Operations on connections."""

from collections.abc import Callable, Mapping
from typing import Any

from isinglass.domain import arns
from isinglass.domain.connection_secrets import put_together, take_apart, without_passwords
from isinglass.domain.connection_types.definitions import problems
from isinglass.model.glue.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    InvalidInputException,
    OperationNotSupportedException,
)
from isinglass.model.glue.shapes import (
    BatchDeleteConnectionRequest,
    BatchDeleteConnectionResponse,
    CreateConnectionRequest,
    CreateConnectionResponse,
    DeleteConnectionRequest,
    DeleteConnectionResponse,
    GetConnectionRequest,
    GetConnectionResponse,
    GetConnectionsRequest,
    GetConnectionsResponse,
    UpdateConnectionRequest,
    UpdateConnectionResponse,
)
from isinglass.operations.connections.opening import check_own
from isinglass.operations.connections.passwords import seal_secrets, settings_key, shown_secrets
from isinglass.operations.connections.types import require_type
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.connections import Connection
from isinglass.store.keys import Key
from isinglass.store.store import Transaction


@implements("CreateConnection")
def create_connection(ctx: Context, request: CreateConnectionRequest) -> CreateConnectionResponse:
    """Store a connection, whether or not anything answers at its other end."""
    check_own(ctx, request)
    name = request["ConnectionInput"]["Name"]
    with ctx.store.begin() as tx:
        document, secrets = _checked(ctx, tx, request["ConnectionInput"])
        connection = Connection(
            ctx.account_id,
            name,
            document,
            seal_secrets(ctx, tx, name, secrets),
            created_at=ctx.now,
            updated_at=ctx.now,
            updated_by=ctx.principal.arn,
        )
        if not tx.connections.insert(connection):
            raise AlreadyExistsException(f"Connection {name} already exists.")
        tx.tags.add(ctx.account_id, arns.resource("connection", name), request.get("Tags", {}))
    return {"CreateConnectionStatus": "READY"}


def _checked(ctx: Context, tx: Transaction, given: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """Part a definition from its secrets, when it says what its type needs."""
    kind = require_type(tx, ctx.account_id, given["ConnectionType"], hold=True)
    wrong = list(problems(kind, given))
    if wrong:
        raise InvalidInputException(f"Connection {given['Name']}: {'; '.join(wrong)}.")
    return take_apart({**given, "ConnectionType": kind.name})


@implements("GetConnection")
def get_connection(ctx: Context, request: GetConnectionRequest) -> GetConnectionResponse:
    check_own(ctx, request)
    if "ApplyOverrideForComputeEnvironment" in request:
        raise OperationNotSupportedException(
            "GetConnection does not support ApplyOverrideForComputeEnvironment yet."
        )
    with ctx.store.read() as tx:
        connection = tx.connections.find(ctx.account_id, request["Name"])
        if connection is None:
            raise EntityNotFoundException(f"Connection {request['Name']} not found.")
        hidden = request.get("HidePassword", False)
        key = None if hidden else settings_key(ctx, tx)
        return {"Connection": _shown(ctx, tx, connection, key, hidden=hidden)}


@implements("GetConnections")
def get_connections(ctx: Context, request: GetConnectionsRequest) -> GetConnectionsResponse:
    """List the connections that a filter lets through."""
    check_own(ctx, request)
    with ctx.store.read() as tx:
        found, after = tx.connections.page(ctx.account_id, ctx.page, _test(request.get("Filter", {})))
        hidden = request.get("HidePassword", False)
        key = None if hidden else settings_key(ctx, tx)
        shown = [_shown(ctx, tx, each, key, hidden=hidden) for each in found]
    return {"ConnectionList": shown, "NextToken": ctx.token(after)}


def _test(wanted: Mapping[str, Any]) -> Callable[[Any], bool]:
    criteria = set(wanted.get("MatchCriteria", ()))

    def matches(document: Any) -> bool:
        return (
            wanted.get("ConnectionType", document["ConnectionType"]) == document["ConnectionType"]
            and wanted.get("ConnectionSchemaVersion", _version(document)) == _version(document)
            and criteria.issubset(document.get("MatchCriteria", ()))
        )

    return matches


def _version(document: Mapping[str, Any]) -> int:
    return 2 if "AuthenticationConfiguration" in document else 1


def _shown(ctx: Context, tx: Transaction, connection: Connection, key: Key | None, *, hidden: bool) -> Any:
    if hidden:
        document = without_passwords(connection.document)
    else:
        secrets = shown_secrets(ctx, tx, connection, key)
        document = put_together(connection.document, secrets, encrypted=key is not None)
    shown = {
        **document,
        "CreationTime": connection.created_at,
        "LastUpdatedTime": connection.updated_at,
        "LastUpdatedBy": connection.updated_by,
        "Status": connection.status,
        "ConnectionSchemaVersion": _version(document),
    }
    if connection.status_reason is not None:
        shown["StatusReason"] = connection.status_reason
    if connection.validated_at is not None:
        shown["LastConnectionValidationTime"] = connection.validated_at
    return shown


@implements("UpdateConnection")
def update_connection(ctx: Context, request: UpdateConnectionRequest) -> UpdateConnectionResponse:
    """Replace a connection's definition with its secrets; its name stays."""
    check_own(ctx, request)
    name = request["Name"]
    given = request["ConnectionInput"]
    if given["Name"] != name:
        raise InvalidInputException(f"Connection {name} cannot be renamed to {given['Name']}")
    with ctx.store.begin() as tx:
        document, secrets = _checked(ctx, tx, given)
        kept = seal_secrets(ctx, tx, name, secrets)
        if not tx.connections.replace(
            ctx.account_id, name, document, kept, by=ctx.principal.arn, now=ctx.now
        ):
            raise EntityNotFoundException(f"Connection {name} not found.")
    return {}


@implements("DeleteConnection")
def delete_connection(ctx: Context, request: DeleteConnectionRequest) -> DeleteConnectionResponse:
    check_own(ctx, request)
    name = request["ConnectionName"]
    with ctx.store.begin() as tx:
        if not _delete(ctx, tx, name):
            raise EntityNotFoundException(f"Connection {name} not found.")
    return {}


@implements("BatchDeleteConnection")
def batch_delete_connection(
    ctx: Context, request: BatchDeleteConnectionRequest
) -> BatchDeleteConnectionResponse:
    check_own(ctx, request)
    succeeded: list[str] = []
    errors: dict[str, Any] = {}
    with ctx.store.begin() as tx:
        # In one order for everyone: two batches must not wait for each other's rows.
        for name in sorted(set(request["ConnectionNameList"])):
            if _delete(ctx, tx, name):
                succeeded.append(name)
            else:
                error = EntityNotFoundException(f"Connection {name} not found.")
                errors[name] = {"ErrorCode": error.code, "ErrorMessage": error.message}
    return {"Succeeded": succeeded, "Errors": errors}


def _delete(ctx: Context, tx: Transaction, name: str) -> bool:
    # The connection first: whoever tags it holds it, and its tags are all there only when it is let go.
    deleted = tx.connections.delete(ctx.account_id, name)
    tx.tags.delete_all(ctx.account_id, arns.resource("connection", name))
    return deleted
