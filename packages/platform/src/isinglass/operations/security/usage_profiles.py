"""Operations on usage profiles."""

from collections.abc import Mapping
from typing import Any

from isinglass.domain import arns
from isinglass.domain.usage_profile_rules import check_configuration
from isinglass.model.glue.errors import AlreadyExistsException, EntityNotFoundException
from isinglass.model.glue.shapes import (
    CreateUsageProfileRequest,
    CreateUsageProfileResponse,
    DeleteUsageProfileRequest,
    DeleteUsageProfileResponse,
    GetUsageProfileRequest,
    GetUsageProfileResponse,
    ListUsageProfilesRequest,
    ListUsageProfilesResponse,
    UpdateUsageProfileRequest,
    UpdateUsageProfileResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.usage_profiles import UsageProfile


def _document(request: Mapping[str, Any]) -> dict[str, Any]:
    check_configuration(request["Configuration"])
    return {key: request[key] for key in ("Description", "Configuration") if key in request}


def _shown(profile: UsageProfile) -> Any:
    return {
        "Name": profile.name,
        **profile.document,
        "CreatedOn": profile.created_at,
        "LastModifiedOn": profile.modified_at,
    }


@implements("CreateUsageProfile")
def create_usage_profile(ctx: Context, request: CreateUsageProfileRequest) -> CreateUsageProfileResponse:
    name, document = request["Name"], _document(request)
    with ctx.store.begin() as tx:
        if not tx.usage_profiles.insert(ctx.account_id, name, document, ctx.now):
            raise AlreadyExistsException(f"Usage profile {name} already exists.")
        tx.tags.add(ctx.account_id, arns.resource("usageProfile", name), request.get("Tags", {}))
    return {"Name": name}


@implements("GetUsageProfile")
def get_usage_profile(ctx: Context, request: GetUsageProfileRequest) -> GetUsageProfileResponse:
    with ctx.store.read() as tx:
        found = tx.usage_profiles.find(ctx.account_id, request["Name"])
    if found is None:
        raise EntityNotFoundException(f"Usage profile {request['Name']} not found.")
    shown: GetUsageProfileResponse = _shown(found)
    return shown


@implements("ListUsageProfiles")
def list_usage_profiles(ctx: Context, request: ListUsageProfilesRequest) -> ListUsageProfilesResponse:
    """List profiles without their configurations."""
    del request  # its paging is in the context
    with ctx.store.read() as tx:
        found, after = tx.usage_profiles.page(ctx.account_id, ctx.page)
    profiles = [_shown(profile) for profile in found]
    for profile in profiles:
        del profile["Configuration"]
    return {"Profiles": profiles, "NextToken": ctx.token(after)}


@implements("UpdateUsageProfile")
def update_usage_profile(ctx: Context, request: UpdateUsageProfileRequest) -> UpdateUsageProfileResponse:
    name, document = request["Name"], _document(request)
    with ctx.store.begin() as tx:
        if not tx.usage_profiles.replace(ctx.account_id, name, document, ctx.now):
            raise EntityNotFoundException(f"Usage profile {name} not found.")
    return {"Name": name}


@implements("DeleteUsageProfile")
def delete_usage_profile(ctx: Context, request: DeleteUsageProfileRequest) -> DeleteUsageProfileResponse:
    """Delete a profile; one that is not there is as good as deleted."""
    with ctx.store.begin() as tx:
        tx.usage_profiles.delete(ctx.account_id, request["Name"])
        tx.tags.delete_all(ctx.account_id, arns.resource("usageProfile", request["Name"]))
    return {}
