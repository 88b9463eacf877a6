"""Links between databases and tables: they open nothing that their target's own name would not."""

from typing import Any

import pytest
from access_fixtures import allow, make_user, policy
from api_fixtures import REGION, ROOT_ACCOUNT, Api

OTHER = "210987654321"
ARN = f"arn:aws:glue:{REGION}:{ROOT_ACCOUNT}"
THEIRS = f"arn:aws:glue:{REGION}:{OTHER}"
COLUMNS = {"Columns": [{"Name": "amount", "Type": "bigint"}], "Location": "s3://nowhere/orders/"}
TABLE = {"Name": "orders", "StorageDescriptor": COLUMNS, "PartitionKeys": [{"Name": "day", "Type": "string"}]}


@pytest.fixture
def shared(api: Api, glue: Any) -> Any:
    """The owner of `real.orders`, and another account with links to it."""
    glue.create_database(DatabaseInput={"Name": "real"})
    glue.create_table(DatabaseName="real", TableInput=TABLE)
    stranger = api.client("glue", OTHER)
    target = {"CatalogId": ROOT_ACCOUNT, "DatabaseName": "real"}
    stranger.create_database(DatabaseInput={"Name": "alias", "TargetDatabase": target})
    stranger.create_database(DatabaseInput={"Name": "own"})
    stranger.create_table(
        DatabaseName="own", TableInput={"Name": "o", "TargetTable": {**target, "Name": "orders"}}
    )
    return glue


def _share(glue: Any, principal: str, *actions: str) -> None:
    resources = [f"{ARN}:catalog", f"{ARN}:database/real", f"{ARN}:table/real/orders"]
    statement = {**allow(*actions, on=resources), "Principal": {"AWS": principal}}
    glue.put_resource_policy(PolicyInJson=policy(statement))


def _links(client: Any) -> list[str]:
    """Try both links; tells what each table shows, or how it is refused."""
    seen = []
    for database, name in (("alias", "orders"), ("own", "o")):
        try:
            table = client.get_table(DatabaseName=database, Name=name)["Table"]
            seen.append(table["StorageDescriptor"]["Columns"][0]["Name"])
        except client.exceptions.ClientError as error:
            seen.append(error.response["Error"]["Code"])
    return seen


def test_links_to_another_account_are_followed_where_its_resource_policy_lets_them(
    api: Api, shared: Any
) -> None:
    stranger = api.client("glue", OTHER)
    assert _links(stranger) == ["AccessDeniedException"] * 2
    _share(shared, f"arn:aws:iam::{OTHER}:root", "glue:GetTable", "glue:GetPartitions")
    assert _links(stranger) == ["amount", "amount"]
    shared.create_partition(DatabaseName="real", TableName="orders", PartitionInput={"Values": ["1"]})
    found = stranger.get_partitions(DatabaseName="own", TableName="o")["Partitions"]
    assert [each["Values"] for each in found] == [["1"]]
    with pytest.raises(stranger.exceptions.ClientError, match=f"glue:CreatePartition on resource: {ARN}"):
        stranger.create_partition(DatabaseName="own", TableName="o", PartitionInput={"Values": ["2"]})
    with pytest.raises(stranger.exceptions.ClientError, match=f"glue:CreateTable on resource: {ARN}"):
        stranger.create_table(DatabaseName="alias", TableInput={"Name": "x"})
    listed = stranger.get_tables(DatabaseName="own")["TableList"]
    assert [(each["Name"], "StorageDescriptor" in each) for each in listed] == [("o", False)]


def test_user_needs_the_permission_on_both_ends_of_a_link(api: Api, shared: Any) -> None:
    _share(shared, f"arn:aws:iam::{OTHER}:root", "glue:GetTable")
    ends = [f"{THEIRS}:catalog", f"{THEIRS}:database/*", f"{THEIRS}:table/*"]
    near = make_user(api, "near", OTHER, allow("glue:GetTable", on=ends))
    both = make_user(api, "both", OTHER, allow("glue:GetTable", on=[*ends, f"{ARN}:*"]))
    assert _links(near.client("glue")) == ["AccessDeniedException"] * 2
    assert _links(both.client("glue")) == ["amount", "amount"]


def test_link_within_an_account_opens_nothing_that_its_target_is_not_open_for(api: Api, glue: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "real"})
    glue.create_table(DatabaseName="real", TableInput=TABLE)
    glue.create_database(DatabaseInput={"Name": "alias", "TargetDatabase": {"DatabaseName": "real"}})
    glue.create_database(DatabaseInput={"Name": "own"})
    target = {"DatabaseName": "real", "Name": "orders"}
    glue.create_table(DatabaseName="own", TableInput={"Name": "o", "TargetTable": target})
    links = [f"{ARN}:catalog"]
    for database in ("alias", "own"):
        links += [f"{ARN}:database/{database}", f"{ARN}:table/{database}/*"]
    near = make_user(api, "near", ROOT_ACCOUNT, allow("glue:*", on=links)).client("glue")
    real = [f"{ARN}:database/real", f"{ARN}:table/real/orders"]
    both = make_user(api, "both", ROOT_ACCOUNT, allow("glue:*", on=[*links, *real])).client("glue")
    assert _links(near) == ["AccessDeniedException"] * 2
    assert _links(both) == ["amount", "amount"]
    with pytest.raises(near.exceptions.ClientError, match=r"table/real/orders|database/real"):
        near.delete_table(DatabaseName="alias", Name="orders")
    assert "StorageDescriptor" not in near.get_tables(DatabaseName="own")["TableList"][0]
    near.delete_table(DatabaseName="own", Name="o")
    assert glue.get_table(DatabaseName="real", Name="orders")["Table"]["Name"] == "orders"
