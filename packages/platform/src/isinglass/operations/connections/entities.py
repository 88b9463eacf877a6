"""Operations on what lies at a connection's other end: tables, objects, records."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from isinglass.domain.connection_targets import Login, UntestableConnection, target_of
from isinglass.model.glue.errors import (
    EntityNotFoundException,
    InvalidInputException,
    OperationNotSupportedException,
    ValidationException,
)
from isinglass.model.glue.shapes import (
    DescribeEntityRequest,
    DescribeEntityResponse,
    GetEntityRecordsRequest,
    GetEntityRecordsResponse,
    ListEntitiesRequest,
    ListEntitiesResponse,
)
from isinglass.operations.connections.opening import Opened, check_own, failures_told, find_connection
from isinglass.operations.connections.postgresql.entities import PostgresqlEntities
from isinglass.operations.connections.rest.entities import RestEntities
from isinglass.operations.connections.rest.service import RestService
from isinglass.operations.connections.sources import BadQuery, EntityMissing, EntitySource, NotAsked, Wanted
from isinglass.operations.context import Context
from isinglass.operations.registry import implements


@implements("ListEntities")
def list_entities(ctx: Context, request: ListEntitiesRequest) -> ListEntitiesResponse:
    """List what a connection leads to; schemas first, then what lies in one."""
    with _source(ctx, request) as source:
        found, after = source.entities(request.get("ParentEntityName"), ctx.page)
    shown: Any = found
    return {"Entities": shown, "NextToken": ctx.token(after)}


@implements("DescribeEntity")
def describe_entity(ctx: Context, request: DescribeEntityRequest) -> DescribeEntityResponse:
    """List the fields of an entity."""
    with _source(ctx, request) as source:
        found, after = source.fields(request["EntityName"], ctx.page)
    shown: Any = found
    return {"Fields": shown, "NextToken": ctx.token(after)}


@implements("GetEntityRecords")
def get_entity_records(ctx: Context, request: GetEntityRecordsRequest) -> GetEntityRecordsResponse:
    """Read some records of an entity."""
    wanted = Wanted(
        request["EntityName"],
        request["Limit"],
        request.get("SelectedFields", ()),
        request.get("FilterPredicate"),
        request.get("OrderBy"),
        request.get("ConnectionOptions", {}),
        ctx.page.after,
    )
    with _source(ctx, request) as source:
        found, after = source.records(wanted)
    return {"Records": found, "NextToken": ctx.token(after)}


@contextmanager
def _source(ctx: Context, request: Mapping[str, Any]) -> Iterator[EntitySource]:
    """Give what reads the entities of a request's connection, and say in Glue's words what fails."""
    check_own(ctx, request)
    name = request.get("ConnectionName")
    if name is None:
        raise ValidationException("ConnectionName is missing: it says where the entities are.")
    if "DataStoreApiVersion" in request:
        raise OperationNotSupportedException(
            "DataStoreApiVersion is not supported: there is one version here."
        )
    _connection, opened = find_connection(ctx, name)
    try:
        with failures_told():
            yield _reader(ctx, opened)
    except EntityMissing as error:
        raise EntityNotFoundException(str(error)) from error
    except BadQuery as error:
        raise InvalidInputException(f"{error}.") from error
    except NotAsked as error:
        raise OperationNotSupportedException(f"{error}.") from error


def _reader(ctx: Context, opened: Opened) -> EntitySource:
    kind = opened.kind
    if "READ" not in kind.reached.operations:
        raise UntestableConnection(f"Entities of {kind.name} connections are not read by this server.")
    if opened.registered is not None:
        return RestEntities(RestService(opened, opened.registered, ctx.services.own_ports()))
    target = target_of(kind.name, opened.properties, opened.authentication)
    assert isinstance(target, Login)
    return PostgresqlEntities(target, ctx.services.own_ports())
