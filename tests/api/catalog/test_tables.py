"""Tables, as boto3 sees them."""

from typing import Any

NO_DATABASE = ("EntityNotFoundException", "Database nope not found.")
NO_TABLE = ("EntityNotFoundException", "Table nope not found.")


def _names(glue: Any, **arguments: Any) -> list[str]:
    pages = glue.get_paginator("get_tables").paginate(DatabaseName="sales", **arguments)
    return [table["Name"] for page in pages for table in page["TableList"]]


def test_create_table_reads_back_with_defaults_and_what_the_catalog_knows(catalog: Any) -> None:
    columns = [{"Name": "Id", "Type": "bigint", "Comment": "c"}]
    catalog.create_table(
        "Items", StorageDescriptor={"Columns": columns, "Location": "s3://b/items/"}, Parameters={"k": "1"}
    )
    table = catalog.glue.get_table(DatabaseName="SALES", Name="ITEMS")["Table"]
    assert table.pop("CreateTime") == table.pop("UpdateTime")
    assert table == {
        "Name": "items",
        "DatabaseName": "sales",
        "Retention": 0,
        "PartitionKeys": [],
        "Parameters": {"k": "1"},
        "StorageDescriptor": {
            "Columns": columns,
            "Location": "s3://b/items/",
            "Compressed": False,
            "NumberOfBuckets": 0,
            "SortColumns": [],
            "StoredAsSubDirectories": False,
        },
        "CreatedBy": "arn:aws:iam::123456789012:root",
        "IsRegisteredWithLakeFormation": False,
        "IsMultiDialectView": False,
        "IsMaterializedView": False,
        "CatalogId": "123456789012",
        "VersionId": "0",
    }


def test_create_table_twice_already_exists(catalog: Any, error_of: Any) -> None:
    table_input = {"Name": "Orders"}
    answer = error_of(catalog.glue.create_table, DatabaseName="Sales", TableInput=table_input)
    assert answer == ("AlreadyExistsException", "Table already exists.")


ON_A_TABLE = [
    ("get_table", {"Name": "nope"}),
    ("delete_table", {"Name": "nope"}),
    ("update_table", {"TableInput": {"Name": "nope"}}),
    ("get_table_version", {"TableName": "nope"}),
    ("get_table_versions", {"TableName": "nope"}),
    ("delete_table_version", {"TableName": "nope", "VersionId": "0"}),
    ("batch_delete_table_version", {"TableName": "nope", "VersionIds": ["0"]}),
    ("get_partition", {"TableName": "nope", "PartitionValues": ["1"]}),
    ("get_partitions", {"TableName": "nope"}),
    ("create_partition", {"TableName": "nope", "PartitionInput": {"Values": ["1"]}}),
    ("delete_partition", {"TableName": "nope", "PartitionValues": ["1"]}),
    ("batch_delete_partition", {"TableName": "nope", "PartitionsToDelete": [{"Values": ["1"]}]}),
    ("batch_get_partition", {"TableName": "nope", "PartitionsToGet": [{"Values": ["1"]}]}),
    ("batch_create_partition", {"TableName": "nope", "PartitionInputList": [{"Values": ["1"]}]}),
]


def test_operation_on_a_missing_table_says_what_is_missing(catalog: Any, error_of: Any) -> None:
    for operation, arguments in ON_A_TABLE:
        call = getattr(catalog.glue, operation)
        assert error_of(call, DatabaseName="nope", **arguments) == NO_DATABASE, operation
        assert error_of(call, DatabaseName="sales", **arguments) == NO_TABLE, operation


def test_operation_on_a_missing_database_is_not_found(glue: Any, error_of: Any) -> None:
    for call, arguments in [
        (glue.create_table, {"TableInput": {"Name": "t"}}),
        (glue.get_tables, {}),
        (glue.batch_delete_table, {"TablesToDelete": ["t"]}),
    ]:
        assert error_of(call, DatabaseName="nope", **arguments) == NO_DATABASE


def test_get_tables_with_an_expression_lists_matching_names(catalog: Any) -> None:
    for name in ("b_1", "a_2", "a_1"):
        catalog.create_table(name)
    expected = {
        "a_*": ["a_1", "a_2"],
        "*_1": ["a_1", "b_1"],
        "A_.*|orders": ["a_1", "a_2", "orders"],
        "[ab]_[^2]": ["a_1", "b_1"],
        "a": [],
        "(.+)_\\d{1}": ["a_1", "a_2", "b_1"],
    }
    page = {"PageSize": 1}
    found = {text: _names(catalog.glue, PaginationConfig=page, Expression=text) for text in expected}
    assert found == expected
    assert _names(catalog.glue) == ["a_1", "a_2", "b_1", "orders"]


def test_get_tables_with_a_broken_expression_is_invalid(catalog: Any, error_of: Any) -> None:
    answer = error_of(catalog.glue.get_tables, DatabaseName="sales", Expression="(a")
    assert answer == ("InvalidInputException", "Invalid expression '(a': it ends too early at position 2")


def test_attributes_to_get_limit_what_is_shown(catalog: Any, error_of: Any) -> None:
    catalog.create_table("v", TableType="VIRTUAL_VIEW", Description="d")
    listed = catalog.glue.get_tables(
        DatabaseName="sales", Expression="v", AttributesToGet=["NAME", "TABLE_TYPE"]
    )
    assert listed["TableList"] == [{"Name": "v", "DatabaseName": "sales", "TableType": "VIRTUAL_VIEW"}]
    table = catalog.glue.get_table(DatabaseName="sales", Name="v", AttributesToGet=["NAME"])["Table"]
    assert table == {"Name": "v", "DatabaseName": "sales"}
    answer = error_of(catalog.glue.get_tables, DatabaseName="sales", AttributesToGet=["TABLE_TYPE"])
    assert answer == ("InvalidInputException", "AttributesToGet must contain NAME")


def test_delete_table_then_recreated_starts_over(catalog: Any, error_of: Any) -> None:
    catalog.add_partitions(["2024", "a"])
    catalog.update_table("orders", "second")
    catalog.glue.delete_table(DatabaseName="sales", Name="Orders")
    answer = error_of(catalog.glue.get_table, DatabaseName="sales", Name="orders")
    assert answer == ("EntityNotFoundException", "Table orders not found.")
    catalog.create_table("orders", PartitionKeys=[{"Name": "k", "Type": "string"}])
    assert (catalog.versions(), catalog.partitions()) == ([("0", "")], [])


def test_batch_delete_table_tells_of_the_missing_ones(catalog: Any) -> None:
    catalog.create_table("b")
    answer = catalog.glue.batch_delete_table(DatabaseName="sales", TablesToDelete=["B", "nope", "orders"])
    assert answer["Errors"] == [
        {
            "TableName": "nope",
            "ErrorDetail": {"ErrorCode": "EntityNotFoundException", "ErrorMessage": "Table nope not found."},
        }
    ]
    assert _names(catalog.glue) == []


def test_create_table_with_two_names_or_none_is_invalid(catalog: Any, error_of: Any) -> None:
    create = catalog.glue.create_table
    assert error_of(create, DatabaseName="sales", Name="a") == (
        "InvalidInputException",
        "TableInput must be given",
    )
    code, _ = error_of(create, DatabaseName="sales", Name="a", TableInput={"Name": "b"})
    assert code == "InvalidInputException"
