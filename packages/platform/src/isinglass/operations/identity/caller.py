"""STS: tells callers who they are."""

from isinglass.domain.access.principals import is_root, read_principal
from isinglass.model.sts.shapes import GetCallerIdentityRequest, GetCallerIdentityResponse
from isinglass.operations.context import Context
from isinglass.operations.registry import implements


@implements("sts:GetCallerIdentity")
def get_caller_identity(ctx: Context, _request: GetCallerIdentityRequest) -> GetCallerIdentityResponse:
    """Tell the caller's account, ARN and id: a session's is its role's with the session's name."""
    principal = ctx.principal
    return {"UserId": _user_id(ctx), "Account": principal.account_id, "Arn": principal.arn}


def _user_id(ctx: Context) -> str:
    if is_root(ctx.principal.arn):
        return ctx.account_id
    with ctx.store.read() as tx:
        key = tx.access_keys.find(ctx.principal.access_key_id)
    who = read_principal(ctx.principal.arn)
    # A role that nobody defined has no id; its name stands in.
    found = who.name if key is None or key.identity_id is None else key.identity_id
    return f"{found}:{ctx.principal.arn.rpartition('/')[2]}" if who.kind == "session" else found
