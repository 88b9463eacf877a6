"""Deleted tables and databases: invisible, kept with all they have, restored, purged."""

from typing import Any

from api_fixtures import ROOT_ACCOUNT, Api, call

from isinglass.flow import pruner

ORDERS = {"DatabaseName": "sales", "TableName": "orders"}
STATISTICS = {
    "ColumnName": "id",
    "ColumnType": "int",
    "AnalyzedTime": 0,
    "StatisticsData": {
        "Type": "LONG",
        "LongColumnStatisticsData": {"NumberOfNulls": 0, "NumberOfDistinctValues": 7},
    },
}


def deleted(api: Api, **request: Any) -> list[tuple[Any, ...]]:
    """List what was deleted, one entry a page."""
    found: list[tuple[Any, ...]] = []
    token: dict[str, Any] = {}
    while True:
        status, answer = call(api, "ListDeleted", {"MaxResults": 1, **request, **token})
        assert status == 200, answer
        found += [
            (one["Kind"], one["DatabaseName"], one.get("TableName"), one.get("Tables"))
            for one in answer["Deleted"]
        ]
        if "NextToken" not in answer:
            return found
        token = {"NextToken": answer["NextToken"]}


def furnish(catalog: Any) -> None:
    """Give the table everything that a table can have."""
    columns = {"Columns": [{"Name": "id", "Type": "int"}], "Location": "s3://lake/orders/"}
    keys = [{"Name": "year", "Type": "int"}, {"Name": "city", "Type": "string"}]
    table_input = {"Name": "orders", "PartitionKeys": keys, "StorageDescriptor": columns}
    catalog.glue.update_table(DatabaseName="sales", TableInput=table_input)
    index = {"IndexName": "by_year", "Keys": ["year"]}
    catalog.glue.create_partition_index(**ORDERS, PartitionIndex=index)
    catalog.add_partitions(["2025", "Oslo"], ["2026", "Bergen"])
    catalog.glue.update_column_statistics_for_table(**ORDERS, ColumnStatisticsList=[STATISTICS])


def everything(catalog: Any) -> dict[str, Any]:
    """Read all that the table has."""
    glue = catalog.glue
    answers = {
        "table": glue.get_table(DatabaseName="sales", Name="orders"),
        "versions": glue.get_table_versions(**ORDERS),
        "partitions": glue.get_partitions(**ORDERS),
        "by index": glue.get_partitions(**ORDERS, Expression="year = 2026"),
        "indexes": glue.get_partition_indexes(**ORDERS),
        "statistics": glue.get_column_statistics_for_table(**ORDERS, ColumnNames=["id"]),
        "found": glue.search_tables(SearchText="orders"),
    }
    for answer in answers.values():
        del answer["ResponseMetadata"]
    return answers


def test_deleted_table_comes_back_with_everything(catalog: Any, api: Api) -> None:
    furnish(catalog)
    before = everything(catalog)
    catalog.glue.delete_table(DatabaseName="sales", Name="orders")
    answer = {"DatabaseName": "sales", "TableName": "orders", "VersionId": "1"}
    assert call(api, "RestoreTable", {"DatabaseName": "Sales", "TableName": "Orders"}) == (200, answer)
    assert everything(catalog) == before
    assert (
        catalog.add_partitions(["2026", "Bergen"])[0]["ErrorDetail"]["ErrorCode"] == "AlreadyExistsException"
    )
    assert deleted(api) == []


def test_deleted_table_is_in_no_listing_and_its_name_starts_anew(
    catalog: Any, api: Api, error_of: Any
) -> None:
    furnish(catalog)
    catalog.glue.delete_table(DatabaseName="sales", Name="orders")
    glue = catalog.glue
    missing = ("EntityNotFoundException", "Table orders not found.")
    for ask in (glue.get_partitions, glue.get_table_versions, glue.get_partition_indexes):
        assert error_of(ask, **ORDERS) == missing
    assert glue.get_tables(DatabaseName="sales")["TableList"] == []
    assert glue.search_tables(SearchText="orders")["TableList"] == []
    assert deleted(api) == [("TABLE", "sales", "orders", None)]
    catalog.create_table("orders")
    assert catalog.versions() == [("0", "")]
    assert catalog.partitions() == []
    assert glue.get_partition_indexes(**ORDERS)["PartitionIndexDescriptorList"] == []


def test_restore_beside_a_table_of_its_name_takes_another_name(catalog: Any, api: Api) -> None:
    furnish(catalog)
    catalog.glue.delete_table(DatabaseName="sales", Name="orders")
    catalog.create_table("orders", Description="the new one")
    status, answer = call(api, "RestoreTable", ORDERS)
    assert (status, answer["__type"]) == (400, "AlreadyExistsException")
    assert answer["Message"] == ("Table sales.orders exists: give the restored one another name with NewName")
    assert call(api, "RestoreTable", {**ORDERS, "NewName": "Orders_Before"})[0] == 200
    restored = {"DatabaseName": "sales", "TableName": "orders_before"}
    versions = catalog.glue.get_table_versions(**restored)["TableVersions"]
    assert [(one["VersionId"], one["Table"]["Name"]) for one in versions] == [
        ("1", "orders_before"),
        ("0", "orders_before"),
    ]
    assert len(catalog.glue.get_partitions(**restored)["Partitions"]) == 2
    assert (
        catalog.glue.get_table(DatabaseName="sales", Name="orders")["Table"]["Description"] == "the new one"
    )


def test_restore_finds_the_last_one_deleted_or_the_one_of_an_id(catalog: Any, api: Api) -> None:
    for description in ("first", "second"):
        if description == "second":
            catalog.create_table("orders")
        catalog.update_table("orders", description)
        catalog.glue.delete_table(DatabaseName="sales", Name="orders")
    ids = sorted(one["DeletedId"] for one in call(api, "ListDeleted", {})[1]["Deleted"])
    assert call(api, "RestoreTable", ORDERS)[0] == 200
    assert call(api, "RestoreTable", {**ORDERS, "DeletedId": ids[0], "NewName": "older"})[0] == 200
    tables = catalog.glue.get_tables(DatabaseName="sales")["TableList"]
    assert [(one["Name"], one["Description"]) for one in tables] == [("older", "first"), ("orders", "second")]


def test_deleted_database_comes_back_with_its_tables_tags_and_functions(catalog: Any, api: Api) -> None:
    furnish(catalog)
    glue = catalog.glue
    arn = f"arn:aws:glue:eu-west-1:{ROOT_ACCOUNT}:database/sales"
    glue.tag_resource(ResourceArn=arn, TagsToAdd={"team": "shop"})
    function = {"FunctionName": "Rounded", "ClassName": "x", "OwnerName": "o", "OwnerType": "USER"}
    glue.create_user_defined_function(DatabaseName="sales", FunctionInput=function)
    catalog.create_table("gone_before")
    glue.delete_table(DatabaseName="sales", Name="gone_before")
    before = everything(catalog)
    glue.delete_database(Name="sales")
    assert deleted(api) == [
        ("DATABASE", "sales", None, 1),
        ("TABLE", "sales", "gone_before", None),
        ("TABLE", "sales", "orders", None),
    ]
    status, answer = call(api, "RestoreTable", ORDERS)
    assert (status, answer["__type"]) == (400, "EntityNotFoundException")
    assert answer["Message"] == ("Database sales not found: restore or create it before its table orders.")
    assert call(api, "RestoreDatabase", {"Name": "Sales"}) == (200, {"Name": "sales", "Tables": 1})
    assert everything(catalog) == before
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"team": "shop"}
    functions = glue.get_user_defined_functions(DatabaseName="sales", Pattern=".*")["UserDefinedFunctions"]
    assert [one["FunctionName"] for one in functions] == ["rounded"]
    assert deleted(api) == [("TABLE", "sales", "gone_before", None)]


def test_restore_of_a_database_beside_its_namesake_takes_another_name(catalog: Any, api: Api) -> None:
    furnish(catalog)
    catalog.glue.delete_database(Name="sales")
    catalog.glue.create_database(DatabaseInput={"Name": "sales"})
    status, answer = call(api, "RestoreDatabase", {"Name": "sales"})
    assert (status, answer["__type"]) == (400, "AlreadyExistsException")
    assert call(api, "RestoreDatabase", {"Name": "sales", "NewName": "Shop"}) == (
        200,
        {"Name": "shop", "Tables": 1},
    )
    table = catalog.glue.get_table(DatabaseName="shop", Name="orders")["Table"]
    assert (table["DatabaseName"], table["VersionId"]) == ("shop", "1")
    assert catalog.glue.get_tables(DatabaseName="sales")["TableList"] == []


def test_history_of_a_database_tells_of_every_change(catalog: Any, api: Api) -> None:
    catalog.glue.update_database(
        Name="sales", DatabaseInput={"Name": "sales", "Description": "all shops", "Parameters": {"a": "b"}}
    )
    catalog.glue.update_database(Name="sales", DatabaseInput={"Name": "shop", "Description": "all shops"})
    catalog.glue.delete_database(Name="shop")
    call(api, "RestoreDatabase", {"Name": "shop", "Note": "missed"})
    entries = []
    token: dict[str, Any] = {}
    while token is not None:
        _, answer = call(api, "ListDatabaseHistory", {"Name": "shop", "MaxResults": 1, **token})
        entries += answer["Entries"]
        token = {"NextToken": answer["NextToken"]} if "NextToken" in answer else None
    assert [(entry["Event"], entry["Change"]["Operation"]) for entry in entries] == [
        ("RESTORED", "RestoreDatabase"),
        ("DELETED", "DeleteDatabase"),
        ("RENAMED", "UpdateDatabase"),
    ]
    assert entries[0]["Change"]["Note"] == "missed"
    _, answer = call(api, "ListDatabaseHistory", {"Name": "sales"})
    assert [(entry["Event"], entry["Name"], entry["Summary"]) for entry in answer["Entries"]] == [
        ("RENAMED", "shop", ["parameter a removed", "Name changed"]),
        ("UPDATED", "sales", ["parameter a added", "Description added"]),
        ("CREATED", "sales", []),
    ]


def test_deleted_tables_follow_the_new_name_of_their_database(catalog: Any, api: Api) -> None:
    catalog.glue.delete_table(DatabaseName="sales", Name="orders")
    catalog.glue.update_database(Name="sales", DatabaseInput={"Name": "shop"})
    assert call(api, "RestoreTable", {**ORDERS, "DatabaseName": "shop"})[0] == 200
    assert catalog.glue.get_table(DatabaseName="shop", Name="orders")["Table"]["VersionId"] == "0"


def test_purge_ends_restores_at_once_and_the_pruner_removes_the_rest(catalog: Any, api: Api) -> None:
    furnish(catalog)
    glue = catalog.glue
    glue.delete_table(DatabaseName="sales", Name="orders")
    purge = {"Kind": "TABLE", **ORDERS}
    assert call(api, "PurgeDeleted", purge) == (200, {"Databases": 0, "Tables": 1})
    assert deleted(api) == []
    assert call(api, "RestoreTable", ORDERS)[1]["Message"] == "No deleted table sales.orders is kept."
    assert call(api, "PurgeDeleted", purge)[1]["Message"] == "No deleted table sales.orders is kept."
    catalog.create_table("other")
    glue.delete_database(Name="sales")
    assert call(api, "PurgeDeleted", {"Kind": "DATABASE", "DatabaseName": "sales"}) == (
        200,
        {"Databases": 1, "Tables": 1},
    )
    assert call(api, "PurgeDeleted", {"Kind": "ALL"}) == (200, {"Databases": 0, "Tables": 0})
    pruner.run_once(api.store, 0.0, deleted_retention=1.0)
    assert remains(api) == {}


def test_purge_refuses_names_that_its_kind_does_not_take(catalog: Any, api: Api) -> None:
    for request, wanted in [
        ({"Kind": "ALL", "DatabaseName": "sales"}, "Kind ALL takes no name and no DeletedId"),
        ({"Kind": "DATABASE", **ORDERS}, "Kind DATABASE takes DatabaseName"),
        ({"Kind": "TABLE", "TableName": "orders"}, "Kind TABLE takes DatabaseName and TableName"),
    ]:
        status, answer = call(api, "PurgeDeleted", request)
        assert (status, answer["__type"], answer["Message"]) == (400, "InvalidInputException", wanted)


def test_what_is_past_its_retention_goes_and_what_is_not_stays(catalog: Any, api: Api) -> None:
    furnish(catalog)
    catalog.glue.delete_table(DatabaseName="sales", Name="orders")
    [kept] = call(api, "ListDeleted", {})[1]["Deleted"]
    time = kept["Change"]["Time"]
    assert kept["RestorableUntil"] == time + 30 * 86_400
    pruner.run_once(api.store, time + 9.0, deleted_retention=10.0)
    assert len(deleted(api)) == 1
    pruner.run_once(api.store, time + 10.0, deleted_retention=10.0)
    assert deleted(api) == []
    catalog.glue.delete_database(Name="sales")
    pruner.run_once(api.store, time + 1e6, deleted_retention=10.0)
    assert remains(api) == {}


def remains(api: Api) -> dict[str, int]:
    """Count the rows of every table of the catalog that still has some."""
    import sqlalchemy as sa

    from isinglass.store.deleted_remains import CHILDREN
    from isinglass.store.tables.business import assets
    from isinglass.store.tables.history import database_history, deleted_databases, deleted_tables

    tables = [*(child for child, _ in CHILDREN), assets, deleted_tables, deleted_databases, database_history]
    with api.store.read() as tx:
        counts = {
            table.name: tx.connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in tables
        }
    return {name: count for name, count in counts.items() if count}
