"""Errors of the catalog's operations are among those that Glue's model declares: typed clients know no others."""

from typing import Any

import pytest

#: What clients of any operation may meet, declared or not.
COMMON = {"AccessDeniedException", "ValidationException"}
#: A rename to values that are there: Glue's model forgot it, and an error of the database would say less.
UNDECLARED = {("UpdatePartition", "AlreadyExistsException")}

KEYS = [{"Name": "year", "Type": "int"}]
TABLE = {"DatabaseName": "shop", "TableName": "sales"}
GONE = {"DatabaseName": "shop", "TableName": "gone"}
NO_DATABASE = {"DatabaseName": "gone", "TableName": "sales"}
VALUES = {"Values": ["1"]}
FUNCTION = {"FunctionName": "f", "ClassName": "org.example.F"}
LONG = {
    "Type": "LONG",
    "LongColumnStatisticsData": {"NumberOfNulls": 0, "NumberOfDistinctValues": 1},
}
STATISTICS = [{"ColumnName": "id", "ColumnType": "int", "AnalyzedTime": 0, "StatisticsData": LONG}]
TABLE_ARN = "arn:aws:glue:eu-west-1:123456789012:table/shop/sales"
DATABASE_ARN = "arn:aws:glue:eu-west-1:123456789012:database/gone"


def _named(name: str) -> dict[str, Any]:
    return {"TableInput": {"Name": name, "PartitionKeys": KEYS}}


def _of_table(operation: str, **more: Any) -> list[tuple[str, dict[str, Any]]]:
    """Ask a table and a database that are not there."""
    return [(operation, {**where, **more}) for where in (GONE, NO_DATABASE)]


REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("CreateCatalog", {"Name": "gone/emea", "CatalogInput": {}}),
    ("CreateCatalog", {"Name": "sales", "CatalogInput": {}}),
    ("CreateCatalog", {"Name": "federated", "CatalogInput": {"FederatedCatalog": {"ConnectionName": "gone"}}}),
    ("GetCatalog", {"CatalogId": "gone"}),
    ("GetCatalogs", {"ParentCatalogId": "gone"}),
    ("UpdateCatalog", {"CatalogId": "gone", "CatalogInput": {}}),
    ("DeleteCatalog", {"CatalogId": "gone"}),
    ("DeleteCatalog", {"CatalogId": "123456789012"}),
    ("CreateDatabase", {"DatabaseInput": {"Name": "SHOP"}}),
    ("CreateDatabase", {"DatabaseInput": {"Name": "f", "FederatedDatabase": {"ConnectionName": "gone"}}}),
    ("CreateDatabase", {"DatabaseInput": {"Name": "l", "TargetDatabase": {"DatabaseName": "l"}}}),
    ("GetDatabase", {"Name": "gone"}),
    ("GetDatabases", {"NextToken": "made up"}),
    ("UpdateDatabase", {"Name": "gone", "DatabaseInput": {"Name": "gone"}}),
    ("UpdateDatabase", {"Name": "other", "DatabaseInput": {"Name": "shop"}}),
    ("DeleteDatabase", {"Name": "gone"}),
    ("CreateTable", {"DatabaseName": "gone", **_named("t")}),
    ("CreateTable", {"DatabaseName": "shop", **_named("SALES")}),
    ("CreateTable", {"DatabaseName": "shop", **_named("t"), "PartitionIndexes": [{"IndexName": "i", "Keys": ["x"]}]}),
    (
        "CreateTable",
        {
            "DatabaseName": "shop",
            **_named("t"),
            "PartitionIndexes": [{"IndexName": f"i{n}", "Keys": ["year"]} for n in range(4)],
        },
    ),
    ("GetTable", {"DatabaseName": "shop", "Name": "gone"}),
    ("GetTable", {"DatabaseName": "gone", "Name": "sales"}),
    ("GetTables", {"DatabaseName": "gone"}),
    ("GetTables", {"DatabaseName": "shop", "Expression": "[a"}),
    ("UpdateTable", {"DatabaseName": "shop", **_named("gone")}),
    ("UpdateTable", {"DatabaseName": "shop", **_named("sales"), "VersionId": "7"}),
    ("UpdateTable", {"DatabaseName": "shop", **_named("sales"), "VersionId": "x"}),
    ("DeleteTable", {"DatabaseName": "shop", "Name": "gone"}),
    ("BatchDeleteTable", {"DatabaseName": "gone", "TablesToDelete": ["t"]}),
    ("SearchTables", {"NextToken": "made up"}),
    ("SearchTables", {"SortCriteria": [{"FieldName": "Colour", "Sort": "ASC"}]}),
    *_of_table("GetTableVersions"),
    *_of_table("GetTableVersion", VersionId="0"),
    ("GetTableVersion", {**TABLE, "VersionId": "9"}),
    ("GetTableVersion", {**TABLE, "VersionId": "x"}),
    ("DeleteTableVersion", {**TABLE, "VersionId": "0"}),
    ("DeleteTableVersion", {**TABLE, "VersionId": "9"}),
    *_of_table("BatchDeleteTableVersion", VersionIds=["0"]),
    *_of_table("CreatePartition", PartitionInput=VALUES),
    ("CreatePartition", {**TABLE, "PartitionInput": VALUES}),
    ("CreatePartition", {**TABLE, "PartitionInput": {"Values": ["1", "2"]}}),
    *_of_table("BatchCreatePartition", PartitionInputList=[VALUES]),
    *_of_table("GetPartition", PartitionValues=["1"]),
    ("GetPartition", {**TABLE, "PartitionValues": ["9"]}),
    ("GetPartition", {**TABLE, "PartitionValues": ["1", "2"]}),
    *_of_table("GetPartitions"),
    ("GetPartitions", {**TABLE, "Expression": "year ="}),
    ("GetPartitions", {**TABLE, "Expression": "month = 1"}),
    ("GetPartitions", {**TABLE, "Expression": "year > 1"}),
    *_of_table("BatchGetPartition", PartitionsToGet=[VALUES]),
    *_of_table("UpdatePartition", PartitionValueList=["1"], PartitionInput=VALUES),
    ("UpdatePartition", {**TABLE, "PartitionValueList": ["9"], "PartitionInput": VALUES}),
    ("UpdatePartition", {**TABLE, "PartitionValueList": ["odd"], "PartitionInput": VALUES}),
    *_of_table("BatchUpdatePartition", Entries=[{"PartitionValueList": ["1"], "PartitionInput": VALUES}]),
    *_of_table("DeletePartition", PartitionValues=["1"]),
    ("DeletePartition", {**TABLE, "PartitionValues": ["9"]}),
    *_of_table("BatchDeletePartition", PartitionsToDelete=[VALUES]),
    *_of_table("CreatePartitionIndex", PartitionIndex={"IndexName": "i", "Keys": ["year"]}),
    ("CreatePartitionIndex", {**TABLE, "PartitionIndex": {"IndexName": "i", "Keys": ["month"]}}),
    *_of_table("GetPartitionIndexes"),
    *_of_table("DeletePartitionIndex", IndexName="i"),
    ("DeletePartitionIndex", {**TABLE, "IndexName": "gone"}),
    *_of_table("UpdateColumnStatisticsForTable", ColumnStatisticsList=STATISTICS),
    *_of_table("GetColumnStatisticsForTable", ColumnNames=["id"]),
    *_of_table("DeleteColumnStatisticsForTable", ColumnName="id"),
    ("DeleteColumnStatisticsForTable", {**TABLE, "ColumnName": "gone"}),
    *_of_table("GetColumnStatisticsForPartition", PartitionValues=["1"], ColumnNames=["id"]),
    ("GetColumnStatisticsForPartition", {**TABLE, "PartitionValues": ["9"], "ColumnNames": ["id"]}),
    *_of_table("StartColumnStatisticsTaskRun", Role="stats"),
    ("StopColumnStatisticsTaskRun", TABLE),
    ("GetColumnStatisticsTaskRun", {"ColumnStatisticsTaskRunId": "gone"}),
    ("GetColumnStatisticsTaskSettings", TABLE),
    ("CreateColumnStatisticsTaskSettings", {**TABLE, "Role": "stats", "Schedule": "cron(0 6 * * * *)"}),
    ("DeleteColumnStatisticsTaskSettings", TABLE),
    ("StartColumnStatisticsTaskRunSchedule", TABLE),
    ("StopColumnStatisticsTaskRunSchedule", TABLE),
    ("CreateUserDefinedFunction", {"DatabaseName": "gone", "FunctionInput": FUNCTION}),
    ("GetUserDefinedFunction", {"DatabaseName": "shop", "FunctionName": "gone"}),
    ("GetUserDefinedFunctions", {"DatabaseName": "gone", "Pattern": "*"}),
    ("UpdateUserDefinedFunction", {"DatabaseName": "shop", "FunctionName": "gone", "FunctionInput": FUNCTION}),
    ("DeleteUserDefinedFunction", {"DatabaseName": "shop", "FunctionName": "gone"}),
    ("GetConnection", {"Name": "gone"}),
    ("DeleteConnection", {"ConnectionName": "gone"}),
    ("TestConnection", {"ConnectionName": "gone"}),
    ("TestConnection", {}),
    ("GetResourcePolicy", {}),
    ("PutResourcePolicy", {"PolicyInJson": "{}"}),
    ("PutResourcePolicy", {"PolicyInJson": "{}", "PolicyExistsCondition": "MUST_EXIST"}),
    ("DeleteResourcePolicy", {}),
    ("GetSecurityConfiguration", {"Name": "gone"}),
    ("DeleteSecurityConfiguration", {"Name": "gone"}),
    ("TagResource", {"ResourceArn": DATABASE_ARN, "TagsToAdd": {"a": "b"}}),
    ("UntagResource", {"ResourceArn": DATABASE_ARN, "TagsToRemove": ["a"]}),
    ("GetTags", {"ResourceArn": TABLE_ARN}),
    ("GetUsageProfile", {"Name": "gone"}),
    ("GetDataCatalogExportConfiguration", {}),
    ("GetGlossary", {"Identifier": "gone"}),
    ("GetGlossaryTerm", {"Identifier": "gone"}),
    ("GetAsset", {"Identifier": "gone"}),
    ("SearchAssets", {}),
]  # fmt: skip


@pytest.fixture
def shop(glue: Any) -> Any:
    """A Glue client, and what the requests clash with."""
    for name in ("shop", "other"):
        glue.create_database(DatabaseInput={"Name": name})
    glue.create_catalog(Name="sales", CatalogInput={})
    storage = {"Columns": [{"Name": "id", "Type": "int"}]}
    glue.create_table(
        DatabaseName="shop", TableInput={"Name": "sales", "PartitionKeys": KEYS, "StorageDescriptor": storage}
    )
    for value in ("1", "odd"):
        glue.create_partition(**TABLE, PartitionInput={"Values": [value]})
    return glue


def test_refusals_of_catalog_operations_are_declared_by_the_model(shop: Any) -> None:
    silent, undeclared = [], []
    for operation, request in REQUESTS:
        model = shop.meta.service_model.operation_model(operation)
        declared = {shape.name for shape in model.error_shapes} | COMMON
        try:
            shop._make_api_call(operation, request)  # the operations are named as the model names them
        except shop.exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in declared and (operation, code) not in UNDECLARED:
                undeclared.append((operation, code, error.response["Error"]["Message"]))
        else:
            silent.append((operation, request))
    assert (undeclared, silent) == ([], [])
