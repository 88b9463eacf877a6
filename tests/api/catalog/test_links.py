"""Links to databases and tables: what goes through them, and what is done to the link itself."""

from typing import Any

import pytest
from api_fixtures import ROOT_ACCOUNT

OTHER = "210987654321"
NESTED = f"{ROOT_ACCOUNT}:sales"
COLUMNS = [{"Name": "amount", "Type": "bigint"}]
ORDERS = {
    "Name": "orders",
    "Description": "all orders",
    "PartitionKeys": [{"Name": "day", "Type": "string"}],
    "StorageDescriptor": {"Columns": COLUMNS, "Location": "s3://nowhere/orders/"},
}


@pytest.fixture
def linked(glue: Any) -> Any:
    """A client with `real.orders`, a link `alias` to the database and a link `links.o` to the table."""
    glue.create_database(
        DatabaseInput={"Name": "real", "Description": "the real one", "LocationUri": "s3://x/"}
    )
    glue.create_table(DatabaseName="real", TableInput=ORDERS)
    glue.create_database(DatabaseInput={"Name": "alias", "TargetDatabase": {"DatabaseName": "real"}})
    glue.create_database(DatabaseInput={"Name": "links"})
    target = {"DatabaseName": "REAL", "Name": "Orders"}
    glue.create_table(DatabaseName="links", TableInput={"Name": "o", "TargetTable": target})
    return glue


def test_database_link_shows_its_own_name_and_what_its_target_says(linked: Any) -> None:
    database = linked.get_database(Name="alias")["Database"]
    assert (
        database["Name"],
        database["Description"],
        database["LocationUri"],
        database["TargetDatabase"],
    ) == (
        "alias",
        "the real one",
        "s3://x/",
        {"DatabaseName": "real"},
    )
    listed = {each["Name"]: each.get("Description") for each in linked.get_databases()["DatabaseList"]}
    assert listed == {"alias": "the real one", "links": None, "real": "the real one"}


def test_table_link_shows_its_own_name_and_the_schema_of_its_target(linked: Any) -> None:
    table = linked.get_table(DatabaseName="links", Name="O")["Table"]
    assert (table["Name"], table["DatabaseName"], table["Description"]) == ("o", "links", "all orders")
    assert table["StorageDescriptor"]["Columns"] == COLUMNS
    assert table["TargetTable"] == {"DatabaseName": "REAL", "Name": "Orders"}
    [listed] = linked.get_tables(DatabaseName="links")["TableList"]
    assert listed == table


def test_tables_and_partitions_through_a_database_link_are_those_of_the_target(linked: Any) -> None:
    assert [each["Name"] for each in linked.get_tables(DatabaseName="alias")["TableList"]] == ["orders"]
    linked.create_table(DatabaseName="alias", TableInput={"Name": "returns"})
    assert linked.get_table(DatabaseName="real", Name="returns")["Table"]["Name"] == "returns"
    linked.create_user_defined_function(
        DatabaseName="alias", FunctionInput={"FunctionName": "f", "ClassName": "C"}
    )
    assert (
        len(linked.get_user_defined_functions(DatabaseName="real", Pattern="*")["UserDefinedFunctions"]) == 1
    )


@pytest.mark.parametrize(("lies_in", "name"), [("alias", "orders"), ("links", "o")])
def test_changes_through_a_link_are_made_to_the_target(linked: Any, lies_in: str, name: str) -> None:
    through = {"DatabaseName": lies_in, "TableName": name}
    linked.create_partition(**through, PartitionInput={"Values": ["1"]})
    linked.batch_create_partition(**through, PartitionInputList=[{"Values": ["2"]}])
    found = linked.get_partitions(**through, Expression="day > '1'")["Partitions"]
    assert [each["Values"] for each in found] == [["2"]]
    linked.delete_partition(**through, PartitionValues=["1"])
    real = linked.get_partitions(DatabaseName="real", TableName="orders")["Partitions"]
    assert [each["Values"] for each in real] == [["2"]]
    given = {**ORDERS, "Name": name, "Description": "changed"}
    linked.update_table(DatabaseName=lies_in, TableInput=given, VersionId="0")
    changed = linked.get_table(DatabaseName="real", Name="orders")["Table"]
    assert (changed["Name"], changed["Description"], changed["VersionId"]) == ("orders", "changed", "1")
    versions = linked.get_table_versions(**through)["TableVersions"]
    assert [each["VersionId"] for each in versions] == ["1", "0"]


def test_deleting_a_link_leaves_its_target(linked: Any, error_of: Any) -> None:
    linked.delete_table(DatabaseName="links", Name="o")
    linked.delete_database(Name="alias")
    assert error_of(linked.get_table, DatabaseName="links", Name="o")[0] == "EntityNotFoundException"
    assert error_of(linked.get_database, Name="alias")[0] == "EntityNotFoundException"
    assert linked.get_table(DatabaseName="real", Name="orders")["Table"]["Description"] == "all orders"


def test_deleting_a_table_through_a_database_link_deletes_the_target(linked: Any) -> None:
    linked.create_table(DatabaseName="real", TableInput={"Name": "b"})
    answer = linked.batch_delete_table(DatabaseName="alias", TablesToDelete=["b"])
    linked.delete_table(DatabaseName="alias", Name="orders")
    assert answer["Errors"] == []
    assert linked.get_tables(DatabaseName="real")["TableList"] == []


def test_updating_a_database_link_updates_its_target(linked: Any) -> None:
    linked.update_database(Name="alias", DatabaseInput={"Name": "alias", "Description": "new"})
    assert linked.get_database(Name="real")["Database"]["Description"] == "new"
    assert linked.get_database(Name="alias")["Database"]["TargetDatabase"] == {"DatabaseName": "real"}


def test_update_through_a_link_leaves_what_tables_of_its_target_begin_with(linked: Any) -> None:
    """Silent on it, the link's own defaults must not open a database that somebody has closed."""
    closed = {"Name": "real", "CreateTableDefaultPermissions": []}
    linked.update_database(Name="real", DatabaseInput=closed)
    linked.update_database(Name="alias", DatabaseInput={"Name": "alias", "Description": "new"})
    database = linked.get_database(Name="real")["Database"]
    assert (database["Description"], database["CreateTableDefaultPermissions"]) == ("new", [])


def test_links_lead_into_nested_catalogs(linked: Any) -> None:
    linked.create_catalog(Name="sales", CatalogInput={})
    linked.create_database(CatalogId=NESTED, DatabaseInput={"Name": "emea"})
    linked.create_table(CatalogId=NESTED, DatabaseName="emea", TableInput={**ORDERS, "Description": "inner"})
    target = {"CatalogId": NESTED, "DatabaseName": "emea"}
    linked.create_database(DatabaseInput={"Name": "into", "TargetDatabase": target})
    linked.create_table(
        DatabaseName="links", TableInput={"Name": "into", "TargetTable": {**target, "Name": "orders"}}
    )
    for database, name in (("into", "orders"), ("links", "into")):
        assert linked.get_table(DatabaseName=database, Name=name)["Table"]["Description"] == "inner"


def test_link_to_what_is_missing_is_kept_and_says_so_when_followed(linked: Any, error_of: Any) -> None:
    linked.create_database(DatabaseInput={"Name": "early", "TargetDatabase": {"DatabaseName": "later"}})
    target = {"DatabaseName": "real", "Name": "later"}
    linked.create_table(DatabaseName="links", TableInput={"Name": "early", "TargetTable": target})
    assert linked.get_database(Name="early")["Database"]["TargetDatabase"] == {"DatabaseName": "later"}
    assert error_of(linked.get_tables, DatabaseName="early") == (
        "EntityNotFoundException",
        f"Database early links to database later of catalog {ROOT_ACCOUNT}, which does not exist.",
    )
    code, message = error_of(linked.get_table, DatabaseName="links", Name="early")
    assert (code, "Table early links to table real.later" in message) == ("EntityNotFoundException", True)
    listed = [each["Name"] for each in linked.get_tables(DatabaseName="links")["TableList"]]
    assert listed == ["early", "o"]
    linked.create_table(DatabaseName="real", TableInput={"Name": "later", "Description": "here"})
    assert linked.get_table(DatabaseName="links", Name="early")["Table"]["Description"] == "here"


def test_links_to_links_and_loops_are_refused(linked: Any, error_of: Any) -> None:
    create, table = linked.create_database, linked.create_table
    for target in ("alias", "loop"):
        linked.create_database(
            DatabaseInput={"Name": target + "-of", "TargetDatabase": {"DatabaseName": "x"}}
        )
    assert error_of(create, DatabaseInput={"Name": "second", "TargetDatabase": {"DatabaseName": "alias"}})[
        0
    ] == ("InvalidInputException")
    link = {"Name": "second", "TargetTable": {"DatabaseName": "links", "Name": "o"}}
    assert error_of(table, DatabaseName="links", TableInput=link)[0] == "InvalidInputException"
    assert error_of(table, DatabaseName="alias", TableInput=link)[0] == "InvalidInputException"
    # A loop can only be made of links that led nowhere when they were made.
    linked.create_database(DatabaseInput={"Name": "one", "TargetDatabase": {"DatabaseName": "two"}})
    code, _ = error_of(create, DatabaseInput={"Name": "two", "TargetDatabase": {"DatabaseName": "one"}})
    assert code == "InvalidInputException"
    itself = {"Name": "self", "TargetDatabase": {"DatabaseName": "self"}}
    assert error_of(create, DatabaseInput=itself) == (
        "InvalidInputException",
        "Database self links to itself",
    )
    itself = {"Name": "me", "TargetTable": {"DatabaseName": "Links", "Name": "ME"}}
    assert error_of(table, DatabaseName="links", TableInput=itself) == (
        "InvalidInputException",
        "Table me links to itself",
    )


def test_table_link_behind_a_database_link_is_shown_but_not_followed(linked: Any, error_of: Any) -> None:
    target = {"DatabaseName": "real", "Name": "orders"}
    linked.create_table(DatabaseName="real", TableInput={"Name": "again", "TargetTable": target})
    shown = linked.get_table(DatabaseName="alias", Name="again")["Table"]
    assert (shown["TargetTable"], "StorageDescriptor" in shown) == (target, False)
    code, message = error_of(linked.get_partitions, DatabaseName="alias", TableName="again")
    assert (code, "only one of them can be followed" in message) == ("InvalidInputException", True)


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("create_database", {"DatabaseInput": {"Name": "n", "TargetDatabase": {}}}),
        ("create_table", {"DatabaseName": "links", "TableInput": {"Name": "n", "TargetTable": {}}}),
        (
            "create_database",
            {
                "DatabaseInput": {
                    "Name": "n",
                    "TargetDatabase": {"DatabaseName": "real"},
                    "FederatedDatabase": {"Identifier": "i"},
                }
            },
        ),
        (
            "update_database",
            {"Name": "real", "DatabaseInput": {"Name": "real", "TargetDatabase": {"DatabaseName": "x"}}},
        ),
        ("update_table", {"DatabaseName": "real", "TableInput": {**ORDERS, "TargetTable": {"Name": "x"}}}),
    ],
)
def test_half_a_link_is_refused(linked: Any, error_of: Any, operation: str, arguments: Any) -> None:
    assert error_of(getattr(linked, operation), **arguments)[0] == "InvalidInputException"


def test_link_that_names_a_region_leads_to_the_one_catalog_of_all_regions(linked: Any) -> None:
    target = {"DatabaseName": "real", "Region": "eu-central-1"}
    linked.create_database(DatabaseInput={"Name": "n", "TargetDatabase": target})
    assert linked.get_database(Name="n")["Database"]["TargetDatabase"]["Region"] == "eu-central-1"
    assert linked.get_table(DatabaseName="n", Name="orders")["Table"]["DatabaseName"] == "real"


def test_link_to_another_account_opens_nothing_by_itself(linked: Any, api: Any, error_of: Any) -> None:
    stranger = api.client("glue", OTHER)
    target = {"CatalogId": ROOT_ACCOUNT, "DatabaseName": "real"}
    stranger.create_database(DatabaseInput={"Name": "theirs", "TargetDatabase": target})
    stranger.create_database(DatabaseInput={"Name": "own"})
    stranger.create_table(
        DatabaseName="own", TableInput={"Name": "t", "TargetTable": {**target, "Name": "orders"}}
    )
    shown = stranger.get_database(Name="theirs")["Database"]
    assert (shown["TargetDatabase"], "Description" in shown) == (target, False)
    for operation, arguments in (
        (stranger.get_tables, {"DatabaseName": "theirs"}),
        (stranger.get_table, {"DatabaseName": "theirs", "Name": "orders"}),
        (stranger.create_table, {"DatabaseName": "theirs", "TableInput": {"Name": "x"}}),
        (stranger.get_table, {"DatabaseName": "own", "Name": "t"}),
        (stranger.get_partitions, {"DatabaseName": "own", "TableName": "t"}),
        (stranger.update_table, {"DatabaseName": "own", "TableInput": {"Name": "t"}}),
    ):
        assert error_of(operation, **arguments)[0] == "AccessDeniedException"
    listed = stranger.get_tables(DatabaseName="own")["TableList"]
    assert [(each["Name"], "StorageDescriptor" in each) for each in listed] == [("t", False)]


def test_databases_are_listed_by_who_holds_them(linked: Any) -> None:
    target = {"CatalogId": OTHER, "DatabaseName": "shared"}
    linked.create_database(DatabaseInput={"Name": "foreign", "TargetDatabase": target})
    linked.create_database(DatabaseInput={"Name": "far", "FederatedDatabase": {"Identifier": "i"}})

    def names(share: str) -> list[str]:
        found = linked.get_databases(ResourceShareType=share, AttributesToGet=["NAME", "TARGET_DATABASE"])
        return [each["Name"] for each in found["DatabaseList"]]

    assert names("FOREIGN") == ["foreign"]
    assert names("FEDERATED") == ["far"]
    assert names("ALL") == ["alias", "far", "foreign", "links", "real"]


def test_federated_database_is_kept_and_its_tables_are_not_read(linked: Any, error_of: Any) -> None:
    given = {"Name": "far", "FederatedDatabase": {"Identifier": "i", "ConnectionName": "aws:redshift"}}
    linked.create_database(DatabaseInput=given)
    assert linked.get_database(Name="far")["Database"]["FederatedDatabase"] == given["FederatedDatabase"]
    for operation, arguments in (
        (linked.get_tables, {"DatabaseName": "far"}),
        (linked.get_table, {"DatabaseName": "far", "Name": "t"}),
        (linked.create_table, {"DatabaseName": "far", "TableInput": {"Name": "t"}}),
    ):
        assert error_of(operation, **arguments)[0] == "FederationSourceException"
    given = {"Name": "f", "FederatedDatabase": {"ConnectionName": "gone"}}
    assert error_of(linked.create_database, DatabaseInput=given) == (
        "InvalidInputException",
        "Connection gone not found.",
    )
