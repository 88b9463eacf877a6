"""How the server is."""

from isinglass.model.isinglass.shapes import GetServerStatusRequest, GetServerStatusResponse
from isinglass.operations.context import Context
from isinglass.operations.registry import implements


@implements("isinglass:GetServerStatus")
def get_server_status(ctx: Context, _request: GetServerStatusRequest) -> GetServerStatusResponse:
    """Tell the server's version and the state of its parts."""
    from importlib.metadata import version

    services = ctx.services
    return {
        "Version": version("isinglass"),
        "AccountId": ctx.account_id,
        "Region": ctx.region,
        "StartedAt": services.started_at,
        "Components": [
            {"Name": part.name, "State": part.state, "Detail": part.detail, "Endpoint": part.endpoint}
            for part in services.components()
        ],
    }
