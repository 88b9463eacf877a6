"""What tests of users, roles and policies share: documents, and clients with somebody's keys."""

import json
from typing import Any

import pytest
from api_fixtures import REGION, Api
from botocore.config import Config
from botocore.exceptions import ClientError

from isinglass.domain.signature import Credentials

READING = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Look", "Effect": "Allow", "Action": "glue:Get*", "Resource": "*"}],
})  # fmt: skip


def allowing(action: str, resource: str = "*") -> str:
    """Write a policy with one allowing statement."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(principal: Any, **more: Any) -> str:
    """Write the policy of a role that a principal may assume."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def error_of(call: Any, **arguments: Any) -> tuple[str, str]:
    """Call what must fail; returns the error's code and message."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def client_of(api: Api, iam: Any, user: str, service: str) -> Any:
    """Make a client with a new key of a user."""
    key = iam.create_access_key(UserName=user)["AccessKey"]
    api.credentials[key["AccessKeyId"]] = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    return api.client(service, key["AccessKeyId"])


def session_client(api: Api, credentials: dict[str, Any], service: str) -> Any:
    """Make a client with temporary credentials as STS answers them."""
    return api.session.client(
        service,
        endpoint_url=api.url,
        region_name=REGION,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        config=Config(retries={"total_max_attempts": 1}),
    )
