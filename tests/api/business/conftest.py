"""What tests of the business catalogue start from."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

CONTACT = """
$version: "2.0"
structure Contact {
    @required
    owner: String
    tier: Tier
    labels: Labels
    rank: Integer
}
enum Tier { GOLD = "gold" SILVER = "silver" }
map Labels { key: String value: String }
"""
SURVEY = """
structure Survey { topic: String questions: Questions }
list Questions { member: Question }
structure Question { id: String @required name: String description: String }
"""


class Business:
    """A Glue client with a table, form and asset types, and short ways to use them."""

    def __init__(self, glue: Any) -> None:
        self.glue = glue
        glue.create_database(DatabaseInput={"Name": "sales"})
        columns = [
            {"Name": "Id", "Type": "int"},
            {"Name": "email", "Type": "string", "Comment": "of the buyer"},
        ]
        glue.create_table(
            DatabaseName="sales",
            TableInput={
                "Name": "orders",
                "Description": "All orders",
                "Parameters": {"team": "north"},
                "StorageDescriptor": {"Columns": columns, "Location": "s3://lake/orders/"},
                "PartitionKeys": [{"Name": "day", "Type": "date"}],
            },
        )
        glue.put_form_type(Name="Contact", Schema=CONTACT)
        glue.put_form_type(Name="Survey", Schema=SURVEY)
        reference = {"contact": {"FormTypeIdentifier": "Contact"}}
        glue.put_asset_type(Name="Dashboard", Forms=reference)
        glue.put_asset_type(Name="Poll", Forms={"survey": {"FormTypeIdentifier": "Survey"}})

    @property
    def orders(self) -> str:
        return "arn:aws:glue:eu-west-1:123456789012:table/sales/orders"

    def dashboard(self, identifier: str, *, name: str = "", **contact: Any) -> Any:
        content = json.dumps({"owner": "ana", **contact})
        return self.glue.put_asset(
            AssetTypeId="Dashboard",
            Identifier=identifier,
            Name=name or identifier,
            Forms={"contact": {"FormTypeId": "Contact", "Content": content}},
        )

    def poll(self, identifier: str, *questions: dict[str, str]) -> Any:
        content = json.dumps({"topic": "food", "questions": questions})
        form = {"FormTypeId": "Survey", "Content": content}
        return self.glue.put_asset(
            AssetTypeId="Poll", Identifier=identifier, Name=identifier, Forms={"survey": form}
        )

    def terms(self, *names: str) -> list[str]:
        """Make a glossary with terms of these names."""
        glossary = self.glue.create_glossary(Name=f"of {names[0]}")["Id"]
        made = [self.glue.create_glossary_term(GlossaryIdentifier=glossary, Name=name) for name in names]
        return [term["Id"] for term in made]

    def found(self, **arguments: Any) -> list[str]:
        """Search, page by page, and list the names found."""
        names: list[str] = []
        while True:
            answer = self.glue.search_assets(**arguments)
            names += [item["AssetName"] for item in answer["Items"]]
            if "NextToken" not in answer:
                return names
            arguments["NextToken"] = answer["NextToken"]


@pytest.fixture
def business(glue: Any) -> Business:
    """A business catalogue with the table `sales.orders`."""
    return Business(glue)


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


def of(answer: dict[str, Any]) -> dict[str, Any]:
    """Take an answer without what the transport adds."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


@pytest.fixture(name="of")
def of_fixture() -> Any:
    """The function that takes an answer without what the transport adds."""
    return of
