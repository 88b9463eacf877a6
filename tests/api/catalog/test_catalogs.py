"""Catalogs nested in an account's own: their life, and databases and tables inside."""

from typing import Any

import pytest
from api_fixtures import REGION, ROOT_ACCOUNT

OTHER = "210987654321"
SALES = f"{ROOT_ACCOUNT}:sales"
EMEA = f"{ROOT_ACCOUNT}:sales/emea"
EVERYBODY = [{"Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}, "Permissions": ["ALL"]}]


@pytest.fixture
def nested(glue: Any) -> Any:
    """A client whose account has the catalogs `sales` and `sales/emea`."""
    glue.create_catalog(Name="Sales", CatalogInput={"Description": "all of it"}, Tags={"team": "blue"})
    glue.create_catalog(Name="sales/emea", CatalogInput={})
    return glue


def ids(answer: Any) -> list[str]:
    return [catalog["CatalogId"] for catalog in answer["CatalogList"]]


def test_catalog_created_reads_back(nested: Any) -> None:
    catalog = nested.get_catalog(CatalogId=SALES)["Catalog"]
    assert catalog.pop("CreateTime") == catalog.pop("UpdateTime")
    assert catalog == {
        "CatalogId": SALES,
        "Name": "sales",
        "ResourceArn": f"arn:aws:glue:{REGION}:{ROOT_ACCOUNT}:catalog/sales",
        "Description": "all of it",
        "CreateTableDefaultPermissions": EVERYBODY,
        "CreateDatabaseDefaultPermissions": EVERYBODY,
    }
    assert nested.get_catalog(CatalogId="SALES/emea")["Catalog"]["Name"] == "emea"
    assert nested.get_catalog(CatalogId=ROOT_ACCOUNT)["Catalog"]["CatalogId"] == ROOT_ACCOUNT


def test_get_catalogs_lists_levels_trees_and_the_root(nested: Any) -> None:
    nested.create_catalog(Name="sales-2", CatalogInput={})
    nested.create_database(CatalogId=EMEA, DatabaseInput={"Name": "db"})
    assert ids(nested.get_catalogs()) == [SALES, f"{ROOT_ACCOUNT}:sales-2"]
    assert ids(nested.get_catalogs(ParentCatalogId=SALES)) == [EMEA]
    assert ids(nested.get_catalogs(ParentCatalogId=EMEA)) == []
    tree = [SALES, f"{ROOT_ACCOUNT}:sales-2", EMEA]
    assert ids(nested.get_catalogs(Recursive=True, IncludeRoot=True)) == [ROOT_ACCOUNT, *tree]
    assert ids(nested.get_catalogs(Recursive=True, HasDatabases=True)) == [EMEA]
    assert ids(nested.get_catalogs(HasDatabases=False)) == [SALES, f"{ROOT_ACCOUNT}:sales-2"]
    first = nested.get_catalogs(Recursive=True, MaxResults=2)
    assert ids(first) == tree[:2]
    rest = nested.get_catalogs(Recursive=True, MaxResults=2, NextToken=first["NextToken"])
    assert (ids(rest), "NextToken" in rest) == (tree[2:], False)


def test_root_counts_among_the_catalogs_of_a_page(nested: Any) -> None:
    pages: list[list[str]] = []
    token: dict[str, str] = {}
    while not pages or token:
        answer = nested.get_catalogs(Recursive=True, IncludeRoot=True, MaxResults=1, **token)
        pages.append(ids(answer))
        token = {"NextToken": answer["NextToken"]} if "NextToken" in answer else {}
    assert pages == [[ROOT_ACCOUNT], [SALES], [EMEA]]
    assert ids(nested.get_catalogs(IncludeRoot=True, MaxResults=2)) == [ROOT_ACCOUNT, SALES]


def test_update_catalog_replaces_the_definition(nested: Any) -> None:
    given = {"Parameters": {"a": "b"}, "CreateTableDefaultPermissions": []}
    nested.update_catalog(CatalogId=SALES, CatalogInput=given)
    catalog = nested.get_catalog(CatalogId=SALES)["Catalog"]
    assert "Description" not in catalog
    assert (catalog["Parameters"], catalog["CreateTableDefaultPermissions"]) == ({"a": "b"}, [])
    assert catalog["UpdateTime"] >= catalog["CreateTime"]
    nested.create_database(CatalogId=SALES, DatabaseInput={"Name": "closed"})
    database = nested.get_database(CatalogId=SALES, Name="closed")["Database"]
    assert database["CreateTableDefaultPermissions"] == []


def test_nested_catalog_holds_databases_of_its_own(nested: Any, error_of: Any) -> None:
    for catalog in (ROOT_ACCOUNT, SALES, EMEA):
        nested.create_database(CatalogId=catalog, DatabaseInput={"Name": "db", "Description": catalog})
    for catalog in (ROOT_ACCOUNT, SALES, EMEA):
        found = nested.get_databases(CatalogId=catalog)["DatabaseList"]
        assert [(each["Description"], each["CatalogId"]) for each in found] == [(catalog, catalog)]
    nested.delete_database(CatalogId=EMEA, Name="db")
    code, _ = error_of(nested.get_database, CatalogId=EMEA, Name="db")
    assert code == "EntityNotFoundException"
    assert nested.get_database(Name="db")["Database"]["Description"] == ROOT_ACCOUNT


def test_tables_in_a_nested_catalog_work_with_every_kind_of_operation(nested: Any) -> None:
    table = {"CatalogId": EMEA, "DatabaseName": "db", "TableName": "orders"}
    nested.create_database(CatalogId=EMEA, DatabaseInput={"Name": "db"})
    given = {
        "Name": "orders",
        "PartitionKeys": [{"Name": "day", "Type": "string"}],
        "StorageDescriptor": {"Columns": [{"Name": "amount", "Type": "bigint"}]},
    }
    nested.create_table(
        CatalogId=EMEA,
        DatabaseName="db",
        TableInput=given,
        PartitionIndexes=[{"IndexName": "by_day", "Keys": ["day"]}],
    )
    nested.update_table(CatalogId=EMEA, DatabaseName="db", TableInput={**given, "Description": "new words"})
    nested.batch_create_partition(**table, PartitionInputList=[{"Values": ["1"]}, {"Values": ["2"]}])
    statistics = {
        "ColumnName": "amount",
        "ColumnType": "bigint",
        "AnalyzedTime": 0,
        "StatisticsData": {
            "Type": "LONG",
            "LongColumnStatisticsData": {"NumberOfNulls": 0, "NumberOfDistinctValues": 7},
        },
    }
    nested.update_column_statistics_for_table(**table, ColumnStatisticsList=[statistics])
    nested.create_user_defined_function(
        CatalogId=EMEA, DatabaseName="db", FunctionInput={"FunctionName": "f", "ClassName": "C"}
    )

    shown = nested.get_table(CatalogId=EMEA, DatabaseName="db", Name="orders")["Table"]
    assert (shown["CatalogId"], shown["VersionId"], shown["Description"]) == (EMEA, "1", "new words")
    listed = nested.get_tables(CatalogId=EMEA, DatabaseName="db")["TableList"]
    assert [each["Name"] for each in listed] == ["orders"]
    versions = nested.get_table_versions(**table)["TableVersions"]
    assert [each["VersionId"] for each in versions] == ["1", "0"]
    found = nested.get_partitions(**table, Expression="day = '2'")["Partitions"]
    assert [(each["Values"], each["CatalogId"]) for each in found] == [(["2"], EMEA)]
    indexes = nested.get_partition_indexes(**table)["PartitionIndexDescriptorList"]
    assert [each["IndexName"] for each in indexes] == ["by_day"]
    kept = nested.get_column_statistics_for_table(**table, ColumnNames=["amount"])
    assert len(kept["ColumnStatisticsList"]) == 1
    functions = nested.get_user_defined_functions(CatalogId=EMEA, DatabaseName="db", Pattern="*")
    assert [each["CatalogId"] for each in functions["UserDefinedFunctions"]] == [EMEA]
    searched = nested.search_tables(CatalogId=EMEA, SearchText="words")["TableList"]
    assert [each["Name"] for each in searched] == ["orders"]
    assert nested.search_tables(SearchText="words")["TableList"] == []


def test_delete_catalog_takes_all_below_it(nested: Any, error_of: Any) -> None:
    nested.create_database(CatalogId=EMEA, DatabaseInput={"Name": "db"})
    nested.create_table(CatalogId=EMEA, DatabaseName="db", TableInput={"Name": "orders"})
    nested.delete_catalog(CatalogId=SALES)
    assert ids(nested.get_catalogs(Recursive=True)) == []
    assert error_of(nested.get_databases, CatalogId=EMEA) == (
        "EntityNotFoundException",
        f"Catalog {EMEA} not found.",
    )
    nested.create_catalog(Name="sales", CatalogInput={})
    nested.create_catalog(Name="sales/emea", CatalogInput={})
    assert nested.get_databases(CatalogId=EMEA)["DatabaseList"] == []


def test_tags_of_catalogs_and_of_databases_in_them(nested: Any) -> None:
    prefix = f"arn:aws:glue:{REGION}:{ROOT_ACCOUNT}"
    nested.create_database(CatalogId=EMEA, DatabaseInput={"Name": "db"}, Tags={"a": "1"})
    assert nested.get_tags(ResourceArn=f"{prefix}:catalog/sales")["Tags"] == {"team": "blue"}
    arn = f"{prefix}:database/sales/emea/db"
    nested.tag_resource(ResourceArn=arn, TagsToAdd={"b": "2"})
    assert nested.get_tags(ResourceArn=arn)["Tags"] == {"a": "1", "b": "2"}
    nested.delete_catalog(CatalogId=SALES)
    nested.create_catalog(Name="sales", CatalogInput={})
    assert nested.get_tags(ResourceArn=f"{prefix}:catalog/sales")["Tags"] == {}


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("sales", {}, "AlreadyExistsException"),
        ("nowhere/emea", {}, "EntityNotFoundException"),
        ("a.b", {}, "ValidationException"),
        ("a//b", {}, "InvalidInputException"),
        ("a:b", {}, "InvalidInputException"),
        (" a", {}, "InvalidInputException"),
        ("x" * 250, {}, "InvalidInputException"),
        ("f", {"FederatedCatalog": {"ConnectionName": "gone"}}, "EntityNotFoundException"),
        (
            "f",
            {"FederatedCatalog": {}, "TargetRedshiftCatalog": {"CatalogArn": "arn"}},
            "InvalidInputException",
        ),
        (
            "r",
            {"CatalogProperties": {"DataLakeAccessProperties": {"DataLakeAccess": True}}},
            "OperationNotSupportedException",
        ),
        (
            "r",
            {"CatalogProperties": {"IcebergOptimizationProperties": {"Compaction": {"enabled": "true"}}}},
            "OperationNotSupportedException",
        ),
    ],
)
def test_create_catalog_of_a_bad_definition_is_refused(
    nested: Any, error_of: Any, name: str, given: Any, code: str
) -> None:
    assert error_of(nested.create_catalog, Name=name, CatalogInput=given)[0] == code
    assert ids(nested.get_catalogs(Recursive=True)) == [SALES, EMEA]


@pytest.mark.parametrize(
    "definition",
    [
        {"FederatedCatalog": {"Identifier": "arn:aws:s3tables:x", "ConnectionName": "aws:s3tables"}},
        {"TargetRedshiftCatalog": {"CatalogArn": "arn:aws:glue:x"}},
    ],
)
def test_federated_catalog_is_kept_and_what_is_inside_is_not_read(
    glue: Any, error_of: Any, definition: Any
) -> None:
    catalog = f"{ROOT_ACCOUNT}:far"
    glue.create_catalog(Name="far", CatalogInput={**definition, "Description": "elsewhere"})
    shown = glue.get_catalog(CatalogId=catalog)["Catalog"]
    assert {key: shown[key] for key in definition} == definition
    for operation, arguments in (
        (glue.get_databases, {}),
        (glue.get_table, {"DatabaseName": "d", "Name": "t"}),
        (glue.create_database, {"DatabaseInput": {"Name": "d"}}),
    ):
        code, message = error_of(operation, CatalogId=catalog, **arguments)
        assert (code, "does not read" in message) == ("FederationSourceException", True)
    code, _ = error_of(glue.create_catalog, Name="far/inner", CatalogInput={})
    assert code == "FederationSourceException"
    code, _ = error_of(glue.update_catalog, CatalogId=catalog, CatalogInput={})
    assert code == "InvalidInputException"
    glue.delete_catalog(CatalogId=catalog)
    assert ids(glue.get_catalogs()) == []


def test_catalog_that_is_not_there_is_named_by_what_is_asked_of_it(glue: Any, error_of: Any) -> None:
    catalog = f"{ROOT_ACCOUNT}:none"
    for operation, arguments in (
        (glue.create_database, {"DatabaseInput": {"Name": "d"}}),
        (glue.get_databases, {}),
        (glue.search_tables, {}),
    ):
        assert error_of(operation, CatalogId=catalog, **arguments) == (
            "EntityNotFoundException",
            f"Catalog {catalog} not found.",
        )


def test_the_accounts_own_catalog_is_neither_changed_nor_deleted(glue: Any, error_of: Any) -> None:
    assert error_of(glue.delete_catalog, CatalogId=ROOT_ACCOUNT)[0] == "InvalidInputException"
    assert (
        error_of(glue.update_catalog, CatalogId=ROOT_ACCOUNT, CatalogInput={})[0] == "InvalidInputException"
    )


def test_catalogs_of_another_account_are_closed(nested: Any, api: Any, error_of: Any) -> None:
    nested.create_database(CatalogId=EMEA, DatabaseInput={"Name": "db"})
    stranger = api.client("glue", OTHER)
    for operation, arguments in (
        (stranger.get_catalog, {"CatalogId": SALES}),
        (stranger.delete_catalog, {"CatalogId": SALES}),
        (stranger.update_catalog, {"CatalogId": SALES, "CatalogInput": {}}),
        (stranger.get_catalogs, {"ParentCatalogId": SALES}),
        (stranger.get_databases, {"CatalogId": EMEA}),
        (stranger.create_database, {"CatalogId": EMEA, "DatabaseInput": {"Name": "mine"}}),
        (stranger.get_table, {"CatalogId": EMEA, "DatabaseName": "db", "Name": "t"}),
        (stranger.search_tables, {"CatalogId": EMEA}),
    ):
        assert error_of(operation, **arguments)[0] == "AccessDeniedException"
    assert ids(stranger.get_catalogs(Recursive=True)) == []
