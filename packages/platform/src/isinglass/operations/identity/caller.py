"""STS: tells callers who they are."""

from isinglass.model.sts.shapes import GetCallerIdentityRequest, GetCallerIdentityResponse
from isinglass.operations.context import Context
from isinglass.operations.registry import implements


@implements("sts:GetCallerIdentity")
def get_caller_identity(ctx: Context, _request: GetCallerIdentityRequest) -> GetCallerIdentityResponse:
    principal = ctx.principal
    return {"UserId": principal.access_key_id, "Account": principal.account_id, "Arn": principal.arn}
