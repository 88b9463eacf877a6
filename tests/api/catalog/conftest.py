"""What catalog tests start from."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from lake_fixtures import Lake

KEYS = [{"Name": "year", "Type": "int"}, {"Name": "city", "Type": "string"}]


class Catalog:
    """A Glue client with a database `sales` and a table `orders`, and short ways to look at it."""

    def __init__(self, glue: Any) -> None:
        self.glue = glue
        glue.create_database(DatabaseInput={"Name": "sales"})
        self.create_table("orders", PartitionKeys=KEYS)

    def create_table(self, name: str, **members: Any) -> None:
        self.glue.create_table(DatabaseName="sales", TableInput={"Name": name, **members})

    def update_table(self, name: str, description: str, **arguments: Any) -> None:
        table_input = {"Name": name, "Description": description, "PartitionKeys": KEYS}
        self.glue.update_table(DatabaseName="sales", TableInput=table_input, **arguments)

    def versions(self) -> list[tuple[str, str]]:
        pages = self.glue.get_paginator("get_table_versions").paginate(
            DatabaseName="sales", TableName="orders"
        )
        listed = [version for page in pages for version in page["TableVersions"]]
        return [(version["VersionId"], version["Table"].get("Description", "")) for version in listed]

    def add_partitions(self, *values: list[str], **members: Any) -> list[Any]:
        inputs = [{"Values": each, **members} for each in values]
        answer = self.glue.batch_create_partition(**self.orders, PartitionInputList=inputs)
        errors: list[Any] = answer["Errors"]
        return errors

    def partitions(self, **arguments: Any) -> list[list[str]]:
        pages = self.glue.get_paginator("get_partitions").paginate(**self.orders, **arguments)
        return [partition["Values"] for page in pages for partition in page["Partitions"]]

    @property
    def orders(self) -> dict[str, str]:
        return {"DatabaseName": "sales", "TableName": "orders"}


@pytest.fixture
def catalog(glue: Any) -> Catalog:
    """A catalog with one database and one table, partitioned by year (int) and city (string)."""
    return Catalog(glue)


@pytest.fixture
def lake(glue: Any, tmp_path: Path) -> Lake:
    """A client with a database `lake` whose tables lie in a folder."""
    return Lake(glue, tmp_path / "lake")


def error_of(call: Any, *args: Any, **kwargs: Any) -> tuple[str, str]:
    """Call and return the error's code and message."""
    with pytest.raises(ClientError) as caught:
        call(*args, **kwargs)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.fixture(name="error_of")
def error_of_fixture() -> Any:
    """The function that calls and returns the error's code and message."""
    return error_of
