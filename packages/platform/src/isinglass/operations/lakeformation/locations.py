"""Registered locations: places on S3 that are reached through permissions only."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from isinglass.domain.permissions.resources import location_arn, location_of
from isinglass.model.lakeformation.errors import (
    AccessDeniedException,
    AlreadyExistsException,
    EntityNotFoundException,
    InvalidInputException,
)
from isinglass.model.lakeformation.shapes import (
    DeregisterResourceRequest,
    DeregisterResourceResponse,
    DescribeResourceRequest,
    DescribeResourceResponse,
    ListResourcesRequest,
    ListResourcesResponse,
    RegisterResourceRequest,
    RegisterResourceResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.lakeformation.scope import require_administrator
from isinglass.operations.registry import implements
from isinglass.store.data_lake import Location
from isinglass.store.store import Transaction

_KEPT = ("RoleArn", "WithFederation", "HybridAccessEnabled", "WithPrivilegedAccess")


@implements("lakeformation:RegisterResource")
def register_resource(ctx: Context, request: RegisterResourceRequest) -> RegisterResourceResponse:
    """Register a place: from now on only administrators and grants reach what is under it."""
    path = location_of(request["ResourceArn"])
    for member in ("WithFederation", "HybridAccessEnabled"):
        if request.get(member):
            raise InvalidInputException(f"{member} is not supported: a registered location is always guarded")
    if not request.get("UseServiceLinkedRole") and "RoleArn" not in request:
        raise InvalidInputException("Either RoleArn or UseServiceLinkedRole must be given")
    owner = request.get("ExpectedResourceOwnerAccount", ctx.account_id)
    document = {name: value for name, value in request.items() if name in _KEPT}
    with ctx.store.begin() as tx:
        require_administrator(ctx, tx)
        _check_bucket(ctx, tx, path, owner)
        if not tx.data_lake.register(ctx.account_id, path, document, ctx.now):
            raise AlreadyExistsException(f"Resource {location_arn(path)} is already registered")
    return {}


def _check_bucket(ctx: Context, tx: Transaction, path: str, expected: str) -> None:
    bucket = path.partition("/")[0]
    owner = tx.buckets.owner(bucket)
    if owner is not None and owner != ctx.account_id:
        raise AccessDeniedException(f"The bucket {bucket} is not one of account {ctx.account_id}")
    if expected != ctx.account_id:
        raise InvalidInputException(f"The bucket {bucket} is not owned by account {expected}")


@implements("lakeformation:DeregisterResource")
def deregister_resource(ctx: Context, request: DeregisterResourceRequest) -> DeregisterResourceResponse:
    """Give a place up: IAM alone decides again who reaches it."""
    path = location_of(request["ResourceArn"])
    with ctx.store.begin() as tx:
        require_administrator(ctx, tx)
        if not tx.data_lake.deregister(ctx.account_id, path):
            raise _unknown(path)
    return {}


@implements("lakeformation:DescribeResource")
def describe_resource(ctx: Context, request: DescribeResourceRequest) -> DescribeResourceResponse:
    path = location_of(request["ResourceArn"])
    with ctx.store.read() as tx:
        found = tx.data_lake.find(ctx.account_id, path)
    if found is None:
        raise _unknown(path)
    return {"ResourceInfo": _shown(ctx, found)}


@implements("lakeformation:ListResources")
def list_resources(ctx: Context, request: ListResourcesRequest) -> ListResourcesResponse:
    """List the registered places by path, those that all filters let through."""
    with ctx.store.read() as tx:
        locations = tx.data_lake.locations(ctx.account_id)
    after = ctx.page.after[0] if ctx.page.after else ""
    filters = request.get("FilterConditionList", [])
    chosen = [
        location
        for location in locations
        if location.path > after and all(_passes(ctx, location, test) for test in filters)
    ]
    page = chosen[: ctx.page.size]
    more = len(chosen) > len(page)
    return {
        "ResourceInfoList": [_shown(ctx, location) for location in page],
        "NextToken": ctx.token((page[-1].path,) if more else None),
    }


def _passes(ctx: Context, location: Location, test: Mapping[str, Any]) -> bool:
    shown = _shown(ctx, location)
    field, comparator = test.get("Field"), test.get("ComparisonOperator")
    values = test.get("StringValueList", [])
    if field == "LAST_MODIFIED":
        value = datetime.fromtimestamp(location.modified_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    else:
        value = shown["ResourceArn"] if field == "RESOURCE_ARN" else shown.get("RoleArn", "")
    match comparator:
        case "EQ" | "IN":
            return value in values
        case "NE":
            return value not in values
        case "CONTAINS":
            return any(text in value for text in values)
        case "NOT_CONTAINS":
            return not any(text in value for text in values)
        case "BEGINS_WITH":
            return any(value.startswith(text) for text in values)
        case "BETWEEN" if len(values) == 2:
            return bool(values[0] <= value <= values[1])
        case "LE" | "LT" | "GE" | "GT" if len(values) == 1:
            [bound] = values
            return bool(
                {"LE": value <= bound, "LT": value < bound, "GE": value >= bound, "GT": value > bound}[
                    comparator
                ]
            )
    raise InvalidInputException(f"A filter with {comparator} cannot have {len(values)} value(s)")


def _shown(ctx: Context, location: Location) -> Any:
    service_role = f"arn:aws:iam::{ctx.account_id}:role/aws-service-role/lakeformation.amazonaws.com/"
    return {
        "ResourceArn": location_arn(location.path),
        "RoleArn": f"{service_role}AWSServiceRoleForLakeFormationDataAccess",
        "LastModified": location.modified_at,
        "WithFederation": False,
        "HybridAccessEnabled": False,
        "WithPrivilegedAccess": False,
        **location.document,
    }


def _unknown(path: str) -> EntityNotFoundException:
    return EntityNotFoundException(f"Resource {location_arn(path)} is not registered")
