"""Who may do what, as boto3 sees it: every request is decided by the caller's policies."""

from typing import Any

import pytest
from access_fixtures import allow, deny, make_user, policy
from api_fixtures import REGION, ROOT_ACCOUNT, Api, call
from botocore.exceptions import ClientError
from identity_clients import trust

#: What is tried here depends on no database.
DATABASES = ["sqlite"]

OTHER = "210987654321"
ARN = f"arn:aws:glue:{REGION}:{ROOT_ACCOUNT}"
ROLE = f"arn:aws:iam::{ROOT_ACCOUNT}:role/etl"
JOB = {"Name": "nightly", "Role": "etl", "Command": {"Name": "glueetl", "ScriptLocation": "s3://b/s.py"}}


@pytest.fixture
def role(api: Api) -> None:
    """Define the role of JOB: only roles that are there can be passed on."""
    document = trust({"Service": "glue.amazonaws.com"})
    api.client("iam").create_role(RoleName="etl", AssumeRolePolicyDocument=document)


@pytest.fixture
def catalog(glue: Any) -> None:
    for database in ("sales", "people"):
        glue.create_database(DatabaseInput={"Name": database})
        for table in ("orders", "returns"):
            glue.create_table(DatabaseName=database, TableInput={"Name": table})


def _refusal(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    assert error["Code"] in {"AccessDeniedException", "AccessDenied"}
    return str(error["Message"])


def _missing(user: str, action: str, resource: str, kind: str = "identity-based policy") -> str:
    return (
        f"User: {user} is not authorized to perform: {action} on resource: {resource} "
        f"because no {kind} allows the {action} action"
    )


def test_user_without_policies_is_told_which_permission_is_missing(api: Api):
    ana = make_user(api)
    found = _refusal(ana.client("glue").get_table, DatabaseName="d", Name="t")
    assert found == _missing(ana.arn, "glue:GetTable", f"{ARN}:catalog")
    assert _refusal(ana.client("iam").list_users) == _missing(ana.arn, "iam:ListUsers", "*")


def test_table_needs_its_catalog_and_its_database_too(api: Api, catalog: None):
    resources = [f"{ARN}:catalog", f"{ARN}:database/sales", f"{ARN}:table/sales/*"]
    for number, missing in enumerate(resources):
        given = allow("glue:GetTable", on=[each for each in resources if each != missing])
        user = make_user(api, f"user{number}", ROOT_ACCOUNT, given)
        wanted = missing.replace("*", "orders")
        assert _refusal(user.client("glue").get_table, DatabaseName="sales", Name="orders") == _missing(
            user.arn, "glue:GetTable", wanted
        )
    ana = make_user(api, "ana", ROOT_ACCOUNT, allow("glue:GetTable", on=resources)).client("glue")
    assert ana.get_table(DatabaseName="SALES", Name="Orders")["Table"]["Name"] == "orders"
    assert "table/people/orders" not in _refusal(ana.get_table, DatabaseName="people", Name="orders")


def test_batch_is_refused_when_one_of_its_names_is(api: Api, catalog: None):
    common = allow("glue:*", on=[f"{ARN}:catalog", f"{ARN}:database/*", f"{ARN}:table/sales/returns"])
    ana = make_user(api, "ana", ROOT_ACCOUNT, common)
    refused = _refusal(
        ana.client("glue").batch_delete_table, DatabaseName="sales", TablesToDelete=["returns", "orders"]
    )
    assert refused == _missing(ana.arn, "glue:BatchDeleteTable", f"{ARN}:table/sales/orders")
    with api.store.read() as tx:
        assert tx.tables.find(ROOT_ACCOUNT, "sales", "returns") is not None


def test_explicit_deny_wins_over_every_allow(api: Api, catalog: None):
    ana = make_user(api, "ana", ROOT_ACCOUNT, allow("*"), deny("glue:Get*", on=f"{ARN}:table/people/*"))
    glue = ana.client("glue")
    glue.get_table(DatabaseName="sales", Name="orders")
    assert _refusal(glue.get_table, DatabaseName="people", Name="orders") == (
        f"User: {ana.arn} is not authorized to perform: glue:GetTable on resource: "
        f"{ARN}:table/people/orders with an explicit deny in an identity-based policy"
    )


@pytest.mark.parametrize(
    ("condition", "passes"),
    [
        ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, True),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, False),
        ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, True),
        ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, False),
        ({"StringEquals": {"aws:username": "ana"}}, True),
        ({"StringEquals": {"aws:RequestedRegion": REGION}}, True),
        ({"StringLike": {"aws:PrincipalArn": "*:user/ana"}}, True),
        ({"StringEquals": {"aws:RequestTag/team": "sales"}}, True),
        ({"StringEquals": {"aws:RequestTag/team": "people"}}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]}}, True),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["stage"]}}, False),
    ],
)
def test_conditions_look_at_the_request(api: Api, role: None, condition: dict[str, Any], passes: bool):
    ana = make_user(api, "ana", ROOT_ACCOUNT, allow("glue:*", Condition=condition), allow("iam:PassRole"))
    given = {**JOB, "Tags": {"team": "sales"}}
    if passes:
        ana.client("glue").create_job(**given)
    else:
        assert "glue:CreateJob" in _refusal(ana.client("glue").create_job, **given)


def test_tags_of_the_resource_decide(api: Api, glue: Any):
    glue.create_job(**JOB, Tags={"team": "sales"})
    glue.create_job(**{**JOB, "Name": "other"}, Tags={"team": "people"})
    mine = allow("glue:GetJob", Condition={"StringEquals": {"aws:ResourceTag/team": "sales"}})
    ana = make_user(api, "ana", ROOT_ACCOUNT, mine).client("glue")
    assert ana.get_job(JobName="nightly")["Job"]["Name"] == "nightly"
    assert "job/other" in _refusal(ana.get_job, JobName="other")
    glue.tag_resource(ResourceArn=f"{ARN}:job/other", TagsToAdd={"team": "sales"})
    ana.get_job(JobName="other")


@pytest.mark.parametrize("given", ["etl", ROLE])
def test_giving_a_role_to_a_job_needs_pass_role(api: Api, role: None, given: str):
    ana = make_user(api, "ana", ROOT_ACCOUNT, allow("glue:*"))
    refused = _refusal(ana.client("glue").create_job, **{**JOB, "Role": given})
    assert refused == _missing(ana.arn, "iam:PassRole", ROLE)
    passed = {"StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}}
    eve = make_user(
        api, "eve", ROOT_ACCOUNT, allow("glue:*"), allow("iam:PassRole", on=ROLE, Condition=passed)
    )
    eve.client("glue").create_job(**{**JOB, "Role": given})
    ivy = make_user(api, "ivy", ROOT_ACCOUNT, allow("glue:*"), allow("iam:PassRole"))
    assert "the role does not exist" in _refusal(ivy.client("glue").create_job, **{**JOB, "Role": "ghost"})
    other = f"arn:aws:iam::{OTHER}:role/etl"
    assert other in _refusal(eve.client("glue").create_job, **{**JOB, "Name": "b", "Role": other})


def test_changed_policy_decides_the_next_request(api: Api, catalog: None):
    ana = make_user(api, "ana", ROOT_ACCOUNT)
    glue, iam = ana.client("glue"), api.client("iam")
    _refusal(glue.get_databases)
    iam.put_user_policy(UserName="ana", PolicyName="p", PolicyDocument=policy(allow("glue:GetDatabases")))
    assert len(glue.get_databases()["DatabaseList"]) == 2
    iam.delete_user_policy(UserName="ana", PolicyName="p")
    _refusal(glue.get_databases)


def test_caller_may_always_ask_who_it_is(api: Api):
    ana = make_user(api, "ana", ROOT_ACCOUNT, deny("*"))
    assert ana.client("sts").get_caller_identity()["Arn"] == ana.arn


def test_own_operations_are_decided_too(api: Api):
    ana = make_user(api)
    api.credentials["ana"] = ana.credentials
    status, answer = call(api, "GetServerStatus", {}, "ana")
    assert (status, answer["message"]) == (400, _missing(ana.arn, "isinglass:GetServerStatus", "*"))


def test_path_of_an_identity_is_the_one_it_has(api: Api):
    """Whoever may touch /team/ only must not reach others by naming them without their path, or with it."""
    ana = make_user(api, "ana", ROOT_ACCOUNT, allow("iam:*", on="arn:aws:iam::*:user/team/*"))
    make_user(api, "bob", path="/team/")
    make_user(api, "boss", path="/chiefs/")
    iam = ana.client("iam")
    assert iam.get_user(UserName="bob")["User"]["UserName"] == "bob"
    assert "user/chiefs/boss" in _refusal(iam.get_user, UserName="boss")
