"""Databases, as boto3 sees them."""

from typing import Any

PERMISSIONS = [
    {"Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}, "Permissions": ["ALL"]}
]
MISSING = ("EntityNotFoundException", "Database nope not found.")
TAKEN = ("AlreadyExistsException", "Database already exists.")


def _names(glue: Any) -> list[str]:
    pages = glue.get_paginator("get_databases").paginate(PaginationConfig={"PageSize": 2})
    return [database["Name"] for page in pages for database in page["DatabaseList"]]


def test_create_database_in_upper_case_reads_back_folded_with_defaults(glue: Any) -> None:
    given = {"Name": "Sales", "Description": "d", "LocationUri": "s3://b/p/", "Parameters": {"k": "v"}}
    glue.create_database(DatabaseInput=given)
    database = glue.get_database(Name="SALES")["Database"]
    database.pop("CreateTime")
    assert database == {
        **given,
        "Name": "sales",
        "CreateTableDefaultPermissions": PERMISSIONS,
        "CatalogId": "123456789012",
    }


def test_create_database_twice_already_exists(glue: Any, error_of: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "a"})
    assert error_of(glue.create_database, DatabaseInput={"Name": "A"}) == TAKEN


def test_operation_on_a_missing_database_is_not_found(glue: Any, error_of: Any) -> None:
    renamed = {"DatabaseInput": {"Name": "nope"}}
    for call, arguments in [
        (glue.get_database, {}),
        (glue.delete_database, {}),
        (glue.update_database, renamed),
    ]:
        assert error_of(call, Name="nope", **arguments) == MISSING


def test_get_databases_in_pages_lists_each_once_in_order(glue: Any) -> None:
    for name in ("b", "e", "a", "d", "c"):
        glue.create_database(DatabaseInput={"Name": name})
    assert _names(glue) == ["a", "b", "c", "d", "e"]
    assert "NextToken" not in glue.get_databases()


def test_get_databases_of_names_only_shows_names(glue: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "a", "Description": "d"})
    assert glue.get_databases(AttributesToGet=["NAME"])["DatabaseList"] == [{"Name": "a"}]


def test_get_databases_shared_with_the_account_are_none(glue: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "a"})
    assert glue.get_databases(ResourceShareType="FOREIGN")["DatabaseList"] == []


def test_update_database_replaces_all_fields(glue: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "a", "Description": "old", "Parameters": {"k": "v"}})
    glue.update_database(Name="a", DatabaseInput={"Name": "a", "LocationUri": "s3://b/"})
    database = glue.get_database(Name="a")["Database"]
    assert {key: database.get(key) for key in ("Description", "Parameters", "LocationUri")} == {
        "Description": None,
        "Parameters": None,
        "LocationUri": "s3://b/",
    }


def test_update_database_with_another_name_moves_its_tables(glue: Any, error_of: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "a"}, Tags={"team": "x"})
    glue.create_table(DatabaseName="a", TableInput={"Name": "t"})
    glue.update_database(Name="a", DatabaseInput={"Name": "nope2"})
    assert glue.get_table(DatabaseName="nope2", Name="t")["Table"]["DatabaseName"] == "nope2"
    assert glue.get_tags(ResourceArn="arn:aws:glue:eu-west-1:123456789012:database/nope2")["Tags"] == {
        "team": "x"
    }
    assert error_of(glue.get_database, Name="a")[0] == "EntityNotFoundException"


def test_update_database_to_a_taken_name_already_exists(glue: Any, error_of: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "a"})
    glue.create_database(DatabaseInput={"Name": "b"})
    assert error_of(glue.update_database, Name="a", DatabaseInput={"Name": "b"}) == TAKEN
    assert _names(glue) == ["a", "b"]


def test_delete_database_deletes_its_tables(glue: Any, error_of: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "nope"})
    keys = [{"Name": "k", "Type": "string"}]
    glue.create_table(DatabaseName="nope", TableInput={"Name": "t", "PartitionKeys": keys})
    glue.create_partition(DatabaseName="nope", TableName="t", PartitionInput={"Values": ["1"]})
    glue.delete_database(Name="Nope")
    assert error_of(glue.get_table, DatabaseName="nope", Name="t") == MISSING
    glue.create_database(DatabaseInput={"Name": "nope"})
    glue.create_table(DatabaseName="nope", TableInput={"Name": "t", "PartitionKeys": keys})
    assert glue.get_partitions(DatabaseName="nope", TableName="t")["Partitions"] == []


def test_catalog_id_of_another_catalog_is_refused(glue: Any, error_of: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "a"}, CatalogId="123456789012")
    codes = [
        error_of(glue.get_database, Name="a", CatalogId=catalog_id)[0]
        for catalog_id in ("210987654321", "s3tablescatalog/x")
    ]
    assert codes == ["AccessDeniedException", "EntityNotFoundException"]


def test_database_of_another_account_is_not_seen(api: Any, error_of: Any) -> None:
    mine, other = api.client("glue"), api.client("glue", "210987654321")
    mine.create_database(DatabaseInput={"Name": "nope"})
    assert error_of(other.get_database, Name="nope") == MISSING
    assert other.get_databases()["DatabaseList"] == []
    other.create_database(DatabaseInput={"Name": "nope"})
    other.delete_database(Name="nope")
    assert mine.get_database(Name="nope")["Database"]["CatalogId"] == "123456789012"


def test_changes_to_databases_are_events_in_the_outbox(api: Any, glue: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "a"})
    glue.create_table(DatabaseName="a", TableInput={"Name": "T"})
    glue.batch_delete_table(DatabaseName="a", TablesToDelete=["T", "missing"])
    glue.delete_database(Name="a")
    with api.store.read() as tx:
        events = [(row.kind, row.payload) for row in tx.outbox.undelivered(9)]
    kind = "Glue Data Catalog Database State Change"
    changes = [
        ("CreateDatabase", []),
        ("CreateTable", ["t"]),
        ("BatchDeleteTable", ["t"]),
        ("DeleteDatabase", []),
    ]
    assert events == [
        (
            kind,
            {
                "source": "aws.glue",
                "resources": ["arn:aws:glue:eu-west-1:123456789012:database/a"],
                "detail": {"databaseName": "a", "typeOfChange": change, "changedTables": tables},
            },
        )
        for change, tables in changes
    ]
