"""Operations on connection types: Glue's own, and those that accounts register."""

from typing import Any, cast

import orjson

from isinglass.domain import arns
from isinglass.domain.connection_types import registered, registration
from isinglass.domain.connection_types.built_in import BUILT_IN
from isinglass.domain.connection_types.definitions import ConnectionType
from isinglass.domain.connection_types.descriptions import brief, described
from isinglass.model.glue.errors import (
    EntityNotFoundException,
    InvalidInputException,
    ResourceNumberLimitExceededException,
)
from isinglass.model.glue.shapes import (
    DeleteConnectionTypeRequest,
    DeleteConnectionTypeResponse,
    DescribeConnectionTypeRequest,
    DescribeConnectionTypeResponse,
    ListConnectionTypesRequest,
    ListConnectionTypesResponse,
    RegisterConnectionTypeRequest,
    RegisterConnectionTypeResponse,
)
from isinglass.model.isinglass.shapes import (
    ListRegisteredConnectionTypesRequest,
    ListRegisteredConnectionTypesResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.connection_types import RegisteredType
from isinglass.store.store import Transaction

_MOST_REGISTERED = 100


def require_type(tx: Transaction, account_id: str, name: str, *, hold: bool = False) -> ConnectionType:
    """Find a type that an account may use; one that is held is not deleted within the transaction."""
    kind = BUILT_IN.get(name.upper())
    if kind is not None:
        return kind
    found = tx.connection_types.find(account_id, name, hold=hold)
    if found is None:
        raise InvalidInputException(
            f"There is no connection type {name}: ListConnectionTypes has those that there are, and "
            "RegisterConnectionType makes one for a REST service"
        )
    return registered.read(found.name, found.document)


@implements("ListConnectionTypes")
def list_connection_types(ctx: Context, _request: ListConnectionTypesRequest) -> ListConnectionTypesResponse:
    """List all types by name."""
    last = ctx.page.after[0] if ctx.page.after else ""
    with ctx.store.read() as tx:
        own = tx.connection_types.after(ctx.account_id, last, ctx.page.size + 1)
    kinds = [kind for name, kind in BUILT_IN.items() if name > last]
    kinds += [registered.read(each.name, each.document) for each in own]
    kinds.sort(key=lambda kind: kind.name)
    shown = kinds[: ctx.page.size]
    more = len(kinds) > len(shown)
    listed: list[Any] = [brief(kind) for kind in shown]
    return {
        "ConnectionTypes": listed,
        "NextToken": ctx.token((shown[-1].name,) if more else None),
    }


@implements("isinglass:ListRegisteredConnectionTypes")
def list_registered_connection_types(
    ctx: Context, _request: ListRegisteredConnectionTypesRequest
) -> ListRegisteredConnectionTypesResponse:
    """List what the account has registered, as JSON that RegisterConnectionType takes."""
    last = ctx.page.after[0] if ctx.page.after else ""
    with ctx.store.read() as tx:
        found = tx.connection_types.after(ctx.account_id, last, ctx.page.size + 1)
    shown, more = found[: ctx.page.size], len(found) > ctx.page.size
    return {
        "ConnectionTypes": [
            {
                "ConnectionType": each.name,
                "Definition": orjson.dumps(each.document).decode(),
                "CreateTime": each.created_at,
            }
            for each in shown
        ],
        "NextToken": ctx.token((shown[-1].name,) if more else None),
    }


@implements("DescribeConnectionType")
def describe_connection_type(
    ctx: Context, request: DescribeConnectionTypeRequest
) -> DescribeConnectionTypeResponse:
    with ctx.store.read() as tx:
        found = require_type(tx, ctx.account_id, request["ConnectionType"])
    return cast("DescribeConnectionTypeResponse", described(found))


@implements("RegisterConnectionType")
def register_connection_type(
    ctx: Context, request: RegisterConnectionTypeRequest
) -> RegisterConnectionTypeResponse:
    """Add a type for a REST service, of which connections can then be made."""
    document = {key: value for key, value in request.items() if key != "Tags"}
    name = request["ConnectionType"]
    try:
        registration.check(document)
    except registration.BadConnectionType as error:
        raise InvalidInputException(f"{error}.") from error
    if name.upper() in BUILT_IN:
        raise InvalidInputException(f"Connection type {name} is one of Glue's own.")
    with ctx.store.begin() as tx:
        if tx.connection_types.count(ctx.account_id) >= _MOST_REGISTERED:
            raise ResourceNumberLimitExceededException(
                f"The account has {_MOST_REGISTERED} connection types of its own, and may not have more."
            )
        if not tx.connection_types.insert(RegisteredType(ctx.account_id, name, document, ctx.now)):
            raise InvalidInputException(f"Connection type {name} already exists.")
        tx.tags.add(ctx.account_id, arns.resource("connectionType", name), request.get("Tags", {}))
    return {"ConnectionTypeArn": arns.build(ctx.region, ctx.account_id, "connectionType", name)}


@implements("DeleteConnectionType")
def delete_connection_type(
    ctx: Context, request: DeleteConnectionTypeRequest
) -> DeleteConnectionTypeResponse:
    """Delete a type that was registered and that no connection has."""
    name = request["ConnectionType"]
    if name.upper() in BUILT_IN:
        raise InvalidInputException(f"Connection type {name} is one of Glue's own and stays.")
    with ctx.store.begin() as tx:
        if not tx.connection_types.lock(ctx.account_id, name):
            raise EntityNotFoundException(f"Connection type {name} not found.")
        user = tx.connections.first_of_type(ctx.account_id, name)
        if user is not None:
            raise InvalidInputException(
                f"Connection type {name} is that of connection {user}; delete it first."
            )
        tx.tags.delete_all(ctx.account_id, arns.resource("connectionType", name))
        tx.connection_types.delete(ctx.account_id, name)
    return {}
