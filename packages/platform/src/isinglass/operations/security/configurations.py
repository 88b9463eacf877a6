"""Operations on security configurations."""

from typing import Any

from isinglass.model.glue.errors import AlreadyExistsException, EntityNotFoundException
from isinglass.model.glue.shapes import (
    CreateSecurityConfigurationRequest,
    CreateSecurityConfigurationResponse,
    DeleteSecurityConfigurationRequest,
    DeleteSecurityConfigurationResponse,
    GetSecurityConfigurationRequest,
    GetSecurityConfigurationResponse,
    GetSecurityConfigurationsRequest,
    GetSecurityConfigurationsResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.operations.security.data_encryption import check_encryption
from isinglass.store.security_configurations import SecurityConfiguration


def _shown(configuration: SecurityConfiguration) -> Any:
    return {
        "Name": configuration.name,
        "CreatedTimeStamp": configuration.created_at,
        "EncryptionConfiguration": configuration.document,
    }


@implements("CreateSecurityConfiguration")
def create_security_configuration(
    ctx: Context, request: CreateSecurityConfigurationRequest
) -> CreateSecurityConfigurationResponse:
    name, document = request["Name"], request["EncryptionConfiguration"]
    with ctx.store.begin() as tx:
        check_encryption(ctx, tx, document)
        if not tx.security_configurations.insert(ctx.account_id, name, document, ctx.now):
            raise AlreadyExistsException(f"Security configuration {name} already exists.")
    return {"Name": name, "CreatedTimestamp": ctx.now}


@implements("GetSecurityConfiguration")
def get_security_configuration(
    ctx: Context, request: GetSecurityConfigurationRequest
) -> GetSecurityConfigurationResponse:
    with ctx.store.read() as tx:
        found = tx.security_configurations.find(ctx.account_id, request["Name"])
    if found is None:
        raise EntityNotFoundException(f"Security configuration {request['Name']} not found.")
    return {"SecurityConfiguration": _shown(found)}


@implements("GetSecurityConfigurations")
def get_security_configurations(
    ctx: Context, request: GetSecurityConfigurationsRequest
) -> GetSecurityConfigurationsResponse:
    del request  # its paging is in the context
    with ctx.store.read() as tx:
        found, after = tx.security_configurations.page(ctx.account_id, ctx.page)
    return {
        "SecurityConfigurations": [_shown(configuration) for configuration in found],
        "NextToken": ctx.token(after),
    }


@implements("DeleteSecurityConfiguration")
def delete_security_configuration(
    ctx: Context, request: DeleteSecurityConfigurationRequest
) -> DeleteSecurityConfigurationResponse:
    with ctx.store.begin() as tx:
        if not tx.security_configurations.delete(ctx.account_id, request["Name"]):
            raise EntityNotFoundException(f"Security configuration {request['Name']} not found.")
    return {}
