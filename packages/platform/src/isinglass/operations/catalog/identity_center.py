"""Operations on the configuration that ties Glue to IAM Identity Center: kept and shown, used by nothing."""

from typing import Any

from isinglass.model.glue.errors import AlreadyExistsException, EntityNotFoundException
from isinglass.model.glue.shapes import (
    CreateGlueIdentityCenterConfigurationRequest,
    CreateGlueIdentityCenterConfigurationResponse,
    DeleteGlueIdentityCenterConfigurationRequest,
    DeleteGlueIdentityCenterConfigurationResponse,
    GetGlueIdentityCenterConfigurationRequest,
    GetGlueIdentityCenterConfigurationResponse,
    UpdateGlueIdentityCenterConfigurationRequest,
    UpdateGlueIdentityCenterConfigurationResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.registry import implements


@implements("CreateGlueIdentityCenterConfiguration")
def create_configuration(
    ctx: Context, request: CreateGlueIdentityCenterConfigurationRequest
) -> CreateGlueIdentityCenterConfigurationResponse:
    """Keep the account's one configuration."""
    instance, number = request["InstanceArn"].rpartition("/")[2], ctx.request_id.replace("-", "")[:16]
    application = f"arn:aws:sso::{ctx.account_id}:application/{instance}/apl-{number}"
    document: dict[str, Any] = {
        "ApplicationArn": application,
        "Scopes": [],
        "UserBackgroundSessionsEnabled": False,
        **request,
    }
    with ctx.store.begin() as tx:
        if not tx.identity_center.insert(ctx.account_id, document):
            raise AlreadyExistsException("An Identity Center configuration already exists.")
    return {"ApplicationArn": application}


@implements("GetGlueIdentityCenterConfiguration")
def get_configuration(
    ctx: Context, _request: GetGlueIdentityCenterConfigurationRequest
) -> GetGlueIdentityCenterConfigurationResponse:
    with ctx.store.read() as tx:
        document: Any = tx.identity_center.require(ctx.account_id)
    return {
        "ApplicationArn": document["ApplicationArn"],
        "InstanceArn": document["InstanceArn"],
        "Scopes": document["Scopes"],
        "UserBackgroundSessionsEnabled": document["UserBackgroundSessionsEnabled"],
    }


@implements("UpdateGlueIdentityCenterConfiguration")
def update_configuration(
    ctx: Context, request: UpdateGlueIdentityCenterConfigurationRequest
) -> UpdateGlueIdentityCenterConfigurationResponse:
    """Replace what is given; the rest stays."""
    with ctx.store.begin() as tx:
        document = tx.identity_center.require(ctx.account_id, lock=True)
        tx.identity_center.replace(ctx.account_id, {**document, **request})
    return {}


@implements("DeleteGlueIdentityCenterConfiguration")
def delete_configuration(
    ctx: Context, _request: DeleteGlueIdentityCenterConfigurationRequest
) -> DeleteGlueIdentityCenterConfigurationResponse:
    with ctx.store.begin() as tx:
        if not tx.identity_center.delete(ctx.account_id):
            raise EntityNotFoundException("Identity Center configuration not found.")
    return {}
