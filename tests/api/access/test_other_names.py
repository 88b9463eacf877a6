"""Policies hold by whatever name a resource is asked for: its ARN in other words, or as an asset."""

from typing import Any

import pytest
from access_fixtures import User, allow, deny, make_user, policy
from api_fixtures import REGION, ROOT_ACCOUNT, Api
from botocore.exceptions import ClientError

#: What is tried here depends on no database.
DATABASES = ["sqlite"]

ARN = f"arn:aws:glue:{REGION}:{ROOT_ACCOUNT}:"


@pytest.fixture
def ana(api: Api, glue: Any) -> User:
    """A user who may do everything with all but the database hr."""
    glue.create_database(DatabaseInput={"Name": "hr", "Description": "people"}, Tags={"secret": "yes"})
    glue.create_table(DatabaseName="hr", TableInput={"Name": "pay"})
    hidden = deny("glue:*", on=[f"{ARN}database/hr", f"{ARN}table/hr/*"])
    return make_user(api, "ana", ROOT_ACCOUNT, allow("glue:*"), hidden)


def _code(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["Error"]["Code"])


@pytest.mark.parametrize("region", [REGION, "us-east-1"])
def test_denial_holds_whatever_region_a_request_is_signed_for(api: Api, ana: User, region: str):
    client = api.session.client(
        "glue", endpoint_url=api.url, region_name=region,
        aws_access_key_id=ana.credentials.access_key_id,
        aws_secret_access_key=ana.credentials.secret_access_key,
    )  # fmt: skip
    assert _code(client.get_table, DatabaseName="hr", Name="pay") == "AccessDeniedException"


@pytest.mark.parametrize("arn", [f"{ARN}database/HR", f"arn:aws-cn:glue:mars-1:{ROOT_ACCOUNT}:database/hr"])
def test_denial_holds_however_an_arn_is_written(ana: User, arn: str):
    assert _code(ana.client("glue").get_tags, ResourceArn=arn) == "AccessDeniedException"


def test_asset_that_is_a_table_is_decided_as_the_table(ana: User):
    client, asset = ana.client("glue"), f"arn:aws:glue:mars-1:{ROOT_ACCOUNT}:table/HR/pay"
    assert _code(client.get_asset, Identifier=asset) == "AccessDeniedException"
    listing = {"AssetIdentifier": asset, "IterableFormName": "columns"}
    assert _code(client.list_iterable_forms, **listing) == "AccessDeniedException"
    assert _code(client.get_asset, Identifier="dashboards:revenue") == "EntityNotFoundException"


def test_session_named_like_those_of_runs_is_none(api: Api):
    becomes = make_user(api, "bo", ROOT_ACCOUNT, allow("sts:AssumeRole"))
    iam = api.client("iam")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ROOT_ACCOUNT}}
    iam.create_role(RoleName="etl", AssumeRolePolicyDocument=policy(trust))
    of_runs = {"StringEquals": {"glue:RoleAssumedBy": "glue.amazonaws.com"}}
    iam.put_role_policy(
        RoleName="etl", PolicyName="p",
        PolicyDocument=policy(allow("glue:GetDatabases", Condition=of_runs), allow("glue:GetJobs")),
    )  # fmt: skip
    made = becomes.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{ROOT_ACCOUNT}:role/etl", RoleSessionName="GlueJobRunnerSession"
    )["Credentials"]
    client = api.session.client(
        "glue", endpoint_url=api.url, region_name=REGION,
        aws_access_key_id=made["AccessKeyId"], aws_secret_access_key=made["SecretAccessKey"],
        aws_session_token=made["SessionToken"],
    )  # fmt: skip
    assert client.get_jobs()["Jobs"] == []
    assert _code(client.get_databases) == "AccessDeniedException"
