"""Calls a Glue endpoint through boto3, with whatever profile, role or single sign-on the AWS tools use."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from isinglass.transfer.calling import UNKNOWN, CallFailed

#: Connections kept open; more readers than that would only be throttled.
_POOL = 32
_SERVICES = ("glue", "lakeformation")


@dataclass(frozen=True, slots=True)
class AwsAccount:
    """A Glue endpoint and whose it is."""

    glue: "AwsGlue"
    account_id: str
    region: str


@dataclass(frozen=True, slots=True)
class AwsGlue:
    """boto3 clients as transfers call them, by service; clients are safe to share between threads."""

    clients: Mapping[str, Any] = field(repr=False)
    _methods: dict[str, Callable[..., Any]] = field(default_factory=dict, init=False, repr=False)

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation; raises CallFailed."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._method(operation)(**request)
        except ClientError as error:
            detail = error.response.get("Error", {})
            raise CallFailed(operation, detail.get("Code", ""), detail.get("Message", "")) from error
        except BotoCoreError as error:
            code = "Unreachable" if "onnect" in type(error).__name__ else type(error).__name__
            raise CallFailed(operation, code, str(error)) from error
        answer.pop("ResponseMetadata", None)
        return dict(_wire(answer))

    def _method(self, operation: str) -> Callable[..., Any]:
        from botocore import xform_name

        if operation not in self._methods:
            service, _, name = operation.rpartition(":")
            method = getattr(self.clients.get(service or "glue"), xform_name(name), None)
            if method is None:
                raise CallFailed(operation, UNKNOWN, "the installed boto3 does not know it")
            self._methods[operation] = method
        return self._methods[operation]


def open_account(profile: str | None, region: str | None, endpoint: str | None) -> AwsAccount:
    """Open a live account by the settings of the AWS tools; raises CallFailed when they do not reach one."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        config = Config(retries={"mode": "adaptive", "total_max_attempts": 8}, max_pool_connections=_POOL)
        clients = {
            service: session.client(service, endpoint_url=endpoint, config=config) for service in _SERVICES
        }
        # Who does not answer the first question at once is not there.
        once = Config(retries={"total_max_attempts": 2})
        caller = session.client("sts", endpoint_url=endpoint, config=once).get_caller_identity()
        return AwsAccount(AwsGlue(clients), caller["Account"], clients["glue"].meta.region_name)
    except (BotoCoreError, ClientError) as error:
        raise CallFailed("GetCallerIdentity", type(error).__name__, str(error)) from error


def _wire(value: Any) -> Any:
    """Turn boto3's objects back into what stands on the wire."""
    if isinstance(value, dict):
        return {key: _wire(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_wire(each) for each in value]
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value
