"""The policy of a catalog: put and read as Glue does, and enforced inside the account and across."""

import json
from typing import Any

import pytest
from access_fixtures import allow, deny, make_user
from api_fixtures import REGION, ROOT_ACCOUNT, Api
from botocore.exceptions import ClientError

OTHER = "210987654321"
ARN = f"arn:aws:glue:{REGION}:{ROOT_ACCOUNT}"


def _refusal(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return str(error["Code"]), str(error["Message"])


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _share(*actions: str, to: str = OTHER, on: Any = f"{ARN}:*") -> dict[str, Any]:
    return {**allow(*actions, on=on), "Principal": {"AWS": to}}


@pytest.fixture
def catalog(glue: Any) -> None:
    for database in ("sales", "people"):
        glue.create_database(DatabaseInput={"Name": database})
        glue.create_table(DatabaseName=database, TableInput={"Name": "orders"})


def test_policy_is_put_read_listed_and_deleted(glue: Any):
    assert _refusal(glue.get_resource_policy) == ("EntityNotFoundException", "Policy not found")
    assert glue.get_resource_policies()["GetResourcePoliciesResponseList"] == []
    first = _policy(_share("glue:Get*"))
    put = glue.put_resource_policy(PolicyInJson=first, EnableHybrid="TRUE")
    found = glue.get_resource_policy(ResourceArn=f"{ARN}:catalog")
    assert (found["PolicyInJson"], found["PolicyHash"]) == (first, put["PolicyHash"])
    (listed,) = glue.get_resource_policies()["GetResourcePoliciesResponseList"]
    assert listed == {name: found[name] for name in listed}
    second = glue.put_resource_policy(PolicyInJson=_policy(_share("glue:*")))
    changed = glue.get_resource_policy()
    assert second["PolicyHash"] != put["PolicyHash"]
    assert (changed["CreateTime"], changed["UpdateTime"] > found["UpdateTime"]) == (found["CreateTime"], True)
    glue.delete_resource_policy(PolicyHashCondition=second["PolicyHash"])
    assert _refusal(glue.delete_resource_policy) == ("EntityNotFoundException", "Policy not found")


def test_conditions_of_a_put_are_held(glue: Any):
    text, failed = _policy(_share("glue:*")), "ConditionCheckFailureException"
    assert (
        _refusal(glue.put_resource_policy, PolicyInJson=text, PolicyExistsCondition="MUST_EXIST")[0] == failed
    )
    assert _refusal(glue.put_resource_policy, PolicyInJson=text, PolicyHashCondition="x")[0] == failed
    put = glue.put_resource_policy(PolicyInJson=text, PolicyExistsCondition="NOT_EXIST")["PolicyHash"]
    assert (
        _refusal(glue.put_resource_policy, PolicyInJson=text, PolicyExistsCondition="NOT_EXIST")[0] == failed
    )
    assert _refusal(glue.put_resource_policy, PolicyInJson=text, PolicyHashCondition="x")[0] == failed
    assert _refusal(glue.delete_resource_policy, PolicyHashCondition="x")[0] == failed
    glue.put_resource_policy(PolicyInJson=text, PolicyHashCondition=put, PolicyExistsCondition="MUST_EXIST")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"', "not valid JSON"),
        (_policy(allow("glue:*", on=f"{ARN}:*")), "Statement 1, Principal"),
        (_policy(_share("glue:*"), _share("s3:*")), "statement 2, Action: 's3:*'"),
        (_policy(_share("glue:*", on="arn:aws:s3:::b")), "statement 1, Resource"),
        (
            _policy(_share("glue:*", on=f"arn:aws:glue:{REGION}:{OTHER}:*")),
            f"not of the account {ROOT_ACCOUNT}",
        ),
        (_policy(_share("glue:*", on=[f"{ARN}:{'x' * 11_000}"])), "at most 10240"),
    ],
)
def test_malformed_policy_is_refused_with_its_place(glue: Any, text: str, says: str):
    code, message = _refusal(glue.put_resource_policy, PolicyInJson=text)
    assert code == "InvalidInputException"
    assert says in message


def test_arn_of_something_else_has_no_policy(glue: Any):
    for arn in (
        f"{ARN}:database/d",
        f"arn:aws:glue:{REGION}:{OTHER}:catalog",
    ):
        assert _refusal(glue.get_resource_policy, ResourceArn=arn)[0] == "InvalidInputException"


def test_catalog_of_another_account_opens_to_whom_both_allow(api: Api, glue: Any, catalog: None):
    stranger = api.client("glue", OTHER)
    sales = {"CatalogId": ROOT_ACCOUNT, "DatabaseName": "sales", "Name": "orders"}
    code, message = _refusal(stranger.get_table, **sales)
    assert code == "AccessDeniedException"
    assert "no resource-based policy allows the glue:GetTable action" in message
    shared = [f"{ARN}:catalog", f"{ARN}:database/sales", f"{ARN}:table/sales/*"]
    glue.put_resource_policy(PolicyInJson=_policy(_share("glue:GetTable", "glue:GetTables", on=shared)))
    assert stranger.get_table(**sales)["Table"]["CatalogId"] == ROOT_ACCOUNT
    tables = stranger.get_tables(CatalogId=ROOT_ACCOUNT, DatabaseName="sales")["TableList"]
    assert [table["Name"] for table in tables] == ["orders"]
    for call, request in [
        (stranger.get_table, {**sales, "DatabaseName": "people"}),
        (stranger.delete_table, sales),
        (stranger.get_databases, {"CatalogId": ROOT_ACCOUNT}),
        (api.client("glue", "333344445555").get_table, sales),
    ]:
        assert _refusal(call, **request)[0] == "AccessDeniedException"
    assert _refusal(stranger.get_table, DatabaseName="sales", Name="orders")[0] == "EntityNotFoundException"


def test_user_of_another_account_needs_its_own_policies_too(api: Api, glue: Any, catalog: None):
    glue.put_resource_policy(PolicyInJson=_policy(_share("glue:GetTable")))
    sales = {"CatalogId": ROOT_ACCOUNT, "DatabaseName": "sales", "Name": "orders"}
    bare = make_user(api, "ana", OTHER)
    assert "no identity-based policy" in _refusal(bare.client("glue").get_table, **sales)[1]
    allowed = make_user(api, "eve", OTHER, allow("glue:GetTable", on=f"{ARN}:*"))
    assert allowed.client("glue").get_table(**sales)["Table"]["Name"] == "orders"
    assert (
        "glue:GetTables"
        in _refusal(allowed.client("glue").get_tables, CatalogId=ROOT_ACCOUNT, DatabaseName="sales")[1]
    )


def test_policy_counts_inside_its_account_too(api: Api, glue: Any, catalog: None):
    ana = make_user(api, "ana")
    eve = make_user(api, "eve", ROOT_ACCOUNT, allow("glue:*"))
    barred = {**deny("glue:*", on=f"{ARN}:table/people/*"), "Principal": {"AWS": eve.arn}}
    glue.put_resource_policy(PolicyInJson=_policy(_share("glue:GetTable", to=ana.arn), barred))
    table = {"DatabaseName": "people", "Name": "orders"}
    assert ana.client("glue").get_table(**table)["Table"]["Name"] == "orders"
    assert "explicit deny in a resource-based policy" in _refusal(eve.client("glue").get_table, **table)[1]
    glue.delete_resource_policy()
    assert _refusal(ana.client("glue").get_table, **table)[0] == "AccessDeniedException"
    assert eve.client("glue").get_table(**table)["Table"]["Name"] == "orders"
