"""The operation that tries a connection."""

from isinglass.domain.connection_targets import Login, Reach, UntestableConnection, target_of
from isinglass.model.glue.errors import (
    FederationSourceException,
    InvalidInputException,
    OperationTimeoutException,
)
from isinglass.model.glue.shapes import TestConnectionRequest, TestConnectionResponse
from isinglass.operations.connections import probing
from isinglass.operations.connections.opening import (
    Opened,
    check_own,
    described_connection,
    failures_told,
    find_connection,
)
from isinglass.operations.connections.rest.service import RestService
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.connections import Connection


@implements("TestConnection")
def test_connection(ctx: Context, request: TestConnectionRequest) -> TestConnectionResponse:
    """Try a saved connection, or one that is only described; what became of a saved one is kept with it."""
    check_own(ctx, request)
    if ("ConnectionName" in request) == ("TestConnectionInput" in request):
        raise InvalidInputException("Give either ConnectionName or TestConnectionInput.")
    if "ConnectionName" in request:
        _test_saved(ctx, request["ConnectionName"])
        return {}
    _try(ctx, described_connection(ctx, request["TestConnectionInput"]))
    return {}


def _test_saved(ctx: Context, name: str) -> None:
    connection, opened = find_connection(ctx, name)
    try:
        _try(ctx, opened)
    except (FederationSourceException, OperationTimeoutException) as error:
        _keep(ctx, connection, "FAILED", error.message)
        raise
    _keep(ctx, connection, "READY", None)


def _keep(ctx: Context, connection: Connection, status: str, reason: str | None) -> None:
    with ctx.store.begin() as tx:
        tx.connections.note_validation(connection, status=status, reason=reason, now=ctx.now)


def _try(ctx: Context, opened: Opened) -> None:
    own_ports = ctx.services.own_ports()
    with failures_told():
        if opened.registered is not None:
            if not RestService(opened, opened.registered, own_ports).check():
                raise UntestableConnection(
                    f"The connection type {opened.kind.name} has no ValidationEndpointConfiguration to try."
                )
            return
        _reach(target_of(opened.kind.name, opened.properties, opened.authentication), own_ports)


def _reach(target: Login | Reach, own_ports: frozenset[int]) -> None:
    if isinstance(target, Login):
        found = probing.resolve(target.address, own_ports)
        probing.log_in(target, probing.reach(target.address, found))
        return
    for address in target.addresses:
        probing.reach(address, probing.resolve(address, own_ports))
