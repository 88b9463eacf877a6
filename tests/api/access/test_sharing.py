"""What another account sees by permissions on a table, without any policy of the catalog."""

from typing import Any

import pytest
from access_fixtures import allow, make_user, policy
from api_fixtures import ROOT_ACCOUNT, Api
from botocore.exceptions import ClientError

OTHER = "210987654321"
COLUMNS = [{"Name": name, "Type": "string"} for name in ("id", "card")]
ORDERS = {"CatalogId": ROOT_ACCOUNT, "DatabaseName": "sales", "Name": "orders"}


@pytest.fixture
def shared(api: Api, glue: Any) -> None:
    """Share one column of one table; another table is left to IAM."""
    for database in ("sales", "people"):
        glue.create_database(DatabaseInput={"Name": database})
    for name in ("orders", "returns"):
        glue.create_table(
            DatabaseName="sales", TableInput={"Name": name, "StorageDescriptor": {"Columns": COLUMNS}}
        )
    permissions = api.client("lakeformation")
    table = {"DatabaseName": "sales", "Name": "orders"}
    permissions.revoke_permissions(
        Principal={"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"},
        Resource={"Table": table},
        Permissions=["ALL"],
    )
    permissions.grant_permissions(
        Principal={"DataLakePrincipalIdentifier": OTHER},
        Resource={"TableWithColumns": {**table, "ColumnNames": ["id"]}},
        Permissions=["SELECT"],
    )


def _denied(call: Any, **arguments: Any) -> bool:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return bool(caught.value.response["Error"]["Code"] == "AccessDeniedException")


def test_table_is_seen_as_far_as_it_is_shared(api: Api, shared: None):
    stranger = api.client("glue", OTHER)
    table = stranger.get_table(**ORDERS)["Table"]
    assert [column["Name"] for column in table["StorageDescriptor"]["Columns"]] == ["id"]
    assert stranger.get_database(CatalogId=ROOT_ACCOUNT, Name="sales")["Database"]["Name"] == "sales"
    assert _denied(stranger.get_table, **{**ORDERS, "Name": "returns"})
    assert _denied(stranger.get_tables, CatalogId=ROOT_ACCOUNT, DatabaseName="sales")
    assert _denied(stranger.get_database, CatalogId=ROOT_ACCOUNT, Name="people")
    assert _denied(stranger.delete_table, **ORDERS)
    assert _denied(api.client("glue", "333344445555").get_table, **ORDERS)


def test_users_need_policies_of_their_own_account(api: Api, shared: None):
    assert _denied(make_user(api, "ana", OTHER).client("glue").get_table, **ORDERS)
    eve = make_user(api, "eve", OTHER, allow("glue:GetTable")).client("glue")
    assert eve.get_table(**ORDERS)["Table"]["Name"] == "orders"


def test_policy_beside_shared_permissions_must_be_meant(api: Api, glue: Any, shared: None):
    own = {**allow("glue:GetTable"), "Principal": {"AWS": OTHER}}
    with pytest.raises(ClientError, match="EnableHybrid must be TRUE"):
        glue.put_resource_policy(PolicyInJson=policy(own))
    glue.put_resource_policy(PolicyInJson=policy(own), EnableHybrid="TRUE")
