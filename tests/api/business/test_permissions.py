"""The business catalogue shows of a table what its permissions let the caller see."""

from typing import Any

import pytest
from access_fixtures import allow, make_user
from api_fixtures import ROOT_ACCOUNT, Api

ORDERS = {"DatabaseName": "sales", "Name": "orders"}


@pytest.fixture
def bo(api: Api, business: Any) -> Any:
    """A user who may call everything of Glue, and of the table may see the column Id alone."""
    bo = make_user(api, "bo", ROOT_ACCOUNT, allow("glue:*"))
    lake = api.client("lakeformation")
    everybody = {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}
    for resource in ({"Table": ORDERS}, {"Database": {"Name": "sales"}}):
        lake.revoke_permissions(Principal=everybody, Resource=resource, Permissions=["ALL"])
    columns = {"TableWithColumns": {**ORDERS, "ColumnNames": ["Id"]}}
    lake.grant_permissions(
        Principal={"DataLakePrincipalIdentifier": bo.arn}, Resource=columns, Permissions=["SELECT"]
    )
    return bo.client("glue")


def test_columns_and_what_is_on_them_show_to_who_may_see_them(business: Any, bo: Any) -> None:
    [term] = business.terms("private")
    business.glue.associate_glossary_terms(
        AssetIdentifier=business.orders, IterableFormName="columns", ItemIdentifier="email",
        GlossaryTermIdentifiers=[term],
    )  # fmt: skip
    listed = bo.list_iterable_forms(AssetIdentifier=business.orders, IterableFormName="columns")["Items"]
    assert [item["ItemName"] for item in listed] == ["Id"]
    with_term = {"Attribute": "glossaryTerms", "Operator": "equals", "Value": {"StringValue": term}}
    cases = [{"SearchText": "orders"}, {"SearchText": "email"}, {"SearchText": "private"},
             {"FilterClause": {"AttributeFilter": with_term}}]  # fmt: skip
    found = [[item["AssetName"] for item in bo.search_assets(**case)["Items"]] for case in cases]
    assert found == [["orders"], [], [], []]
    assert all(business.found(**case) == ["orders"] for case in cases)


def test_table_that_does_not_show_is_described_by_nobody(
    api: Api, business: Any, bo: Any, error_of: Any
) -> None:
    cy = make_user(api, "cy", ROOT_ACCOUNT, allow("glue:*")).client("glue")
    for client, call in ((cy, "get_asset"), (cy, "update_asset"), (bo, "update_asset")):
        arguments = {"Identifier": business.orders} | ({"Name": "x"} if call == "update_asset" else {})
        assert error_of(getattr(client, call), **arguments)[0] == "AccessDeniedException", call
    assert cy.search_assets(SearchText="orders")["Items"] == []
    assert business.glue.get_asset(Identifier=business.orders)["Name"] == "orders"
