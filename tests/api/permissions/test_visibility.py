"""What a caller sees of the catalog under permissions, as boto3 gets it."""

from typing import Any

from access_fixtures import allow, make_user
from api_fixtures import ROOT_ACCOUNT
from permission_fixtures import ALL_IAM, Lake, columns, lacks, principal, refusal, table
from statement_hooks import statements_told

DATABASE = {"Database": {"Name": "sales"}}
ORDERS = {"DatabaseName": "sales", "Name": "orders"}
OF_ORDERS = {"DatabaseName": "sales", "TableName": "orders"}


def shown(table: Any) -> tuple[list[str], list[str], dict[str, str]]:
    names = [column["Name"] for column in table["StorageDescriptor"]["Columns"]]
    return names, [key["Name"] for key in table["PartitionKeys"]], table["Parameters"]


def test_table_left_to_iam_shows_whole(lake: Lake):
    found = lake.ana.client("glue").get_table(**ORDERS)["Table"]
    assert shown(found) == (
        ["id", "region", "Card"],
        ["day"],
        {"spark.sql.sources.schema": "id, Card", "kept": "yes"},
    )


def test_restricted_table_without_grant_is_hidden_and_names_what_is_missing(lake: Lake):
    lake.restrict(table())
    ana = lake.ana.client("glue")
    assert refusal(ana.get_table, **ORDERS) == lacks("Describe", "orders")
    assert [each["Name"] for each in ana.get_tables(DatabaseName="sales")["TableList"]] == ["open"]
    assert [each["Name"] for each in ana.search_tables(SearchText="card")["TableList"]] == ["open"]
    assert refusal(ana.get_partitions, **OF_ORDERS) == lacks("Describe", "orders")
    assert refusal(ana.get_table_versions, **OF_ORDERS) == lacks("Describe", "orders")
    assert shown(lake.glue.get_table(**ORDERS)["Table"])[0] == ["id", "region", "Card"]


def test_columns_granted_are_all_that_shows(lake: Lake):
    lake.restrict(table())
    lake.grant(columns("ID", "day"), "SELECT")
    ana = lake.ana.client("glue")
    expected = (["id"], ["day"], {"kept": "yes", "isinglass.access": "partial"})
    assert shown(ana.get_table(**ORDERS)["Table"]) == expected
    listed = {each["Name"]: each for each in ana.get_tables(DatabaseName="sales")["TableList"]}
    assert shown(listed["orders"]) == expected
    assert shown(ana.get_table_version(**OF_ORDERS)["TableVersion"]["Table"]) == expected
    versions = ana.get_table_versions(**OF_ORDERS)["TableVersions"]
    assert [shown(each["Table"]) for each in versions] == [expected]
    assert [each["Name"] for each in ana.search_tables(SearchText="card")["TableList"]] == ["open"]
    found = ana.search_tables(SearchText="id")["TableList"]
    assert [each["Name"] for each in found] == ["open", "orders"]
    assert shown(found[1]) == expected


def test_earlier_version_shows_no_column_that_was_not_granted(lake: Lake):
    lake.glue.update_table(
        DatabaseName="sales", TableInput={"Name": "orders", "StorageDescriptor": {"Columns": []}}
    )
    lake.restrict(table())
    lake.glue.update_table(
        DatabaseName="sales",
        TableInput={"Name": "orders", "StorageDescriptor": {"Columns": [{"Name": "id", "Type": "int"}]}},
    )
    lake.grant(columns("id"), "SELECT")
    ana = lake.ana.client("glue")
    old = ana.get_table_version(**OF_ORDERS, VersionId="0")["TableVersion"]["Table"]
    assert shown(old)[:2] == (["id"], [])
    versions = ana.get_table_versions(**OF_ORDERS)["TableVersions"]
    assert [[c["Name"] for c in each["Table"]["StorageDescriptor"]["Columns"]] for each in versions] == [
        ["id"],
        [],
        ["id"],
    ]


def test_wildcard_without_some_columns_hides_those(lake: Lake):
    lake.restrict(table())
    wildcard = {"ColumnWildcard": {"ExcludedColumnNames": ["card"]}}
    lake.grant({"TableWithColumns": {**ORDERS, **wildcard}}, "SELECT")
    assert shown(lake.ana.client("glue").get_table(**ORDERS)["Table"])[0] == ["id", "region"]


def test_partitions_of_cut_table_show_no_hidden_column(lake: Lake):
    partition = {"Values": ["1"], "StorageDescriptor": {"Columns": [{"Name": "Card"}, {"Name": "id"}]}}
    lake.glue.create_partition(**OF_ORDERS, PartitionInput=partition)
    lake.restrict(table())
    lake.grant(columns("id", "day"), "SELECT")
    ana = lake.ana.client("glue")
    for found in (
        ana.get_partition(**OF_ORDERS, PartitionValues=["1"])["Partition"],
        ana.get_partitions(**OF_ORDERS)["Partitions"][0],
        ana.batch_get_partition(**OF_ORDERS, PartitionsToGet=[{"Values": ["1"]}])["Partitions"][0],
    ):
        assert [column["Name"] for column in found["StorageDescriptor"]["Columns"]] == ["id"]
    lake.revoke(columns("day"), "SELECT")
    assert refusal(ana.get_partitions, **OF_ORDERS) == lacks("Select", "orders.day")


def test_row_filter_hides_partitions_that_hold_no_row_of_it(lake: Lake):
    for day in ("2024-01-01", "2025-01-01", "2026-01-01"):
        lake.glue.create_partition(**OF_ORDERS, PartitionInput={"Values": [day]})
    lake.restrict(table())
    lake.filter("late", "day >= '2025' and region = 'eu'")
    ana = lake.ana.client("glue")
    assert [each["Values"] for each in ana.get_partitions(**OF_ORDERS)["Partitions"]] == [
        ["2025-01-01"],
        ["2026-01-01"],
    ]
    chosen = ana.get_partitions(**OF_ORDERS, Expression="day < '2026'")["Partitions"]
    assert [each["Values"] for each in chosen] == [["2025-01-01"]]
    code, _ = refusal(ana.get_partition, **OF_ORDERS, PartitionValues=["2024-01-01"])
    assert code == "EntityNotFoundException"
    wanted = [{"Values": ["2024-01-01"]}, {"Values": ["2025-01-01"]}]
    found = ana.batch_get_partition(**OF_ORDERS, PartitionsToGet=wanted)["Partitions"]
    assert [each["Values"] for each in found] == [["2025-01-01"]]


def test_statistics_show_of_permitted_columns_and_of_all_rows_only(lake: Lake):
    statistics = [
        {
            "ColumnName": name,
            "ColumnType": "bigint",
            "AnalyzedTime": 0,
            "StatisticsData": {
                "Type": "LONG",
                "LongColumnStatisticsData": {"NumberOfNulls": 0, "NumberOfDistinctValues": 7},
            },
        }
        for name in ("id", "card")
    ]
    lake.glue.update_column_statistics_for_table(**OF_ORDERS, ColumnStatisticsList=statistics)
    lake.restrict(table())
    lake.grant(columns("id"), "SELECT")
    ask = lake.ana.client("glue").get_column_statistics_for_table
    found = ask(**OF_ORDERS, ColumnNames=["id", "card"])
    assert [each["ColumnName"] for each in found["ColumnStatisticsList"]] == ["id"]
    assert [each["ColumnName"] for each in found["Errors"]] == ["card"]
    lake.revoke(columns("id"), "SELECT")
    lake.filter("some", "id > 5", ColumnNames=["id"])
    assert refusal(ask, **OF_ORDERS, ColumnNames=["id"]) == lacks("Select", "all rows of orders")


def test_pages_of_a_listing_are_full_and_end_when_tables_are_hidden(lake: Lake):
    for number in range(12):
        lake.glue.create_table(DatabaseName="sales", TableInput={"Name": f"t{number:02}"})
        if number % 3:
            lake.restrict(table(f"t{number:02}"))
    lake.restrict(table("open"))
    ana = lake.ana.client("glue")
    pages = ana.get_paginator("get_tables").paginate(DatabaseName="sales", PaginationConfig={"PageSize": 2})
    assert [[each["Name"] for each in page["TableList"]] for page in pages] == [
        ["orders", "t00"],
        ["t03", "t06"],
        ["t09"],
    ]


def test_restricted_database_shows_to_whoever_has_something_in_it(lake: Lake):
    lake.glue.create_database(DatabaseInput={"Name": "other"})
    lake.restrict(DATABASE)
    ana = lake.ana.client("glue")
    names = lambda: [each["Name"] for each in ana.get_databases()["DatabaseList"]]  # noqa: E731
    assert names() == ["other"]
    assert refusal(ana.get_database, Name="sales") == lacks("Describe", "sales")
    lake.grant(table(), "SELECT")
    assert names() == ["other", "sales"]
    assert ana.get_database(Name="sales")["Database"]["Name"] == "sales"


def test_changes_of_restricted_table_need_their_permission(lake: Lake):
    lake.restrict(table())
    lake.grant(table(), "SELECT")
    ana = lake.ana.client("glue")
    update = {"DatabaseName": "sales", "TableInput": {"Name": "orders"}}
    partition = {**OF_ORDERS, "PartitionInput": {"Values": ["1"]}}
    assert refusal(ana.create_partition, **partition) == lacks("Alter", "orders")
    assert refusal(ana.update_table, **update) == lacks("Alter", "orders")
    assert refusal(ana.delete_table_version, **OF_ORDERS, VersionId="0") == lacks("Alter", "orders")
    assert refusal(ana.delete_table, **ORDERS) == lacks("Drop", "orders")
    batch = ana.batch_delete_table(DatabaseName="sales", TablesToDelete=["orders", "open"])
    assert [(each["TableName"], each["ErrorDetail"]["ErrorCode"]) for each in batch["Errors"]] == [
        ("orders", "AccessDeniedException")
    ]
    lake.grant(table(), "ALTER", "DROP")
    ana.create_partition(**partition)
    ana.update_table(**update)
    ana.delete_table(**ORDERS)


def test_definition_that_shows_in_part_comes_back_whole_from_who_may_alter(lake: Lake):
    lake.restrict(table())
    lake.grant(columns("id"), "SELECT")
    lake.grant(table(), "ALTER")
    ana = lake.ana.client("glue")
    found = ana.get_table(**ORDERS)["Table"]
    assert shown(found)[0] == ["id", "region", "Card"]
    given = {name: found[name] for name in ("Name", "PartitionKeys", "StorageDescriptor", "Parameters")}
    ana.update_table(DatabaseName="sales", TableInput=given)
    assert shown(lake.glue.get_table(**ORDERS)["Table"]) == (
        ["id", "region", "Card"],
        ["day"],
        {"spark.sql.sources.schema": "id, Card", "kept": "yes"},
    )


def test_open_table_costs_one_query_and_a_restricted_one_few(lake: Lake):
    counted: list[str] = []

    def queries(glue: Any) -> int:
        numbers = []
        for _ in range(4):  # who calls is looked up, and remembered for a moment
            counted.clear()
            glue.get_table(**ORDERS)
            numbers.append(len(counted))
        return min(numbers)

    ana = lake.ana.client("glue")
    with statements_told(lake.api.store, counted.append):
        left_to_iam = (queries(lake.glue), queries(ana))
        lake.restrict(table())
        lake.filter("some", "id > 5")
        assert (left_to_iam, queries(lake.glue), queries(ana)) == ((1, 1), 1, 4)


def test_changes_of_restricted_database_need_their_permission(lake: Lake):
    lake.restrict(DATABASE)
    ana = lake.ana.client("glue")
    new = {"DatabaseName": "sales", "TableInput": {"Name": "new"}}
    assert refusal(ana.create_table, **new) == lacks("Create Table", "sales")
    assert refusal(ana.update_database, Name="sales", DatabaseInput={"Name": "sales"}) == lacks(
        "Alter", "sales"
    )
    assert refusal(ana.delete_database, Name="sales") == lacks("Drop", "sales")
    lake.grant(DATABASE, "ALTER", "CREATE_TABLE")
    ana.create_table(**new)
    ana.update_database(Name="sales", DatabaseInput={"Name": "renamed"})
    assert refusal(ana.delete_database, Name="renamed") == lacks("Drop", "renamed")
    lake.lf.grant_permissions(
        Principal=principal(lake.ana.arn), Resource={"Database": {"Name": "renamed"}}, Permissions=["DROP"]
    )
    ana.delete_database(Name="renamed")
    lake.glue.create_database(DatabaseInput={"Name": "renamed"})
    assert lake.lf.list_permissions(Resource={"Database": {"Name": "renamed"}})[
        "PrincipalResourcePermissions"
    ] == [
        {
            "Principal": principal(ALL_IAM),
            "Resource": {"Database": {"CatalogId": ROOT_ACCOUNT, "Name": "renamed"}},
            "Permissions": ["ALL"],
            "PermissionsWithGrantOption": [],
        }
    ]


def test_databases_can_be_made_by_whom_the_catalog_is_open_to(lake: Lake):
    ana = lake.ana.client("glue")
    ana.create_database(DatabaseInput={"Name": "first"})
    lake.lf.revoke_permissions(
        Principal=principal(ALL_IAM), Resource={"Catalog": {}}, Permissions=["CREATE_DATABASE"]
    )
    assert refusal(ana.create_database, DatabaseInput={"Name": "second"}) == lacks(
        "Create Database", "the catalog"
    )
    lake.grant({"Catalog": {}}, "CREATE_DATABASE")
    ana.create_database(DatabaseInput={"Name": "second"})


def test_whoever_makes_a_table_has_everything_on_it_and_may_pass_it_on(lake: Lake):
    lake.lf.put_data_lake_settings(
        DataLakeSettings={"DataLakeAdmins": [], "CreateDatabaseDefaultPermissions": []}
    )
    ana = lake.ana.client("glue")
    ana.create_database(DatabaseInput={"Name": "own"})
    ana.create_table(DatabaseName="own", TableInput={"Name": "t"})
    ben = make_user(lake.api, "ben", ROOT_ACCOUNT, allow("*"))
    assert refusal(ben.client("glue").get_table, DatabaseName="own", Name="t") == lacks("Describe", "t")
    lake.ana.client("lakeformation").grant_permissions(
        Principal=principal(ben.arn), Resource=table("t", "own"), Permissions=["SELECT"]
    )
    assert ben.client("glue").get_table(DatabaseName="own", Name="t")["Table"]["Name"] == "t"
    ana.delete_table(DatabaseName="own", Name="t")


def test_table_made_again_under_its_name_has_none_of_the_old_grants(lake: Lake):
    lake.restrict(table())
    lake.grant(table(), "SELECT")
    lake.glue.delete_table(**ORDERS)
    lake.glue.create_table(DatabaseName="sales", TableInput={"Name": "orders"})
    lake.restrict(table())
    assert refusal(lake.ana.client("glue").get_table, **ORDERS) == lacks("Describe", "orders")


def test_administrator_sees_and_changes_all_and_read_only_one_sees(lake: Lake):
    lake.restrict(table())
    ana = lake.ana.client("glue")
    settings: dict[str, Any] = {"ReadOnlyAdmins": [principal(lake.ana.arn)]}
    lake.lf.put_data_lake_settings(DataLakeSettings=settings)
    assert shown(ana.get_table(**ORDERS)["Table"])[0] == ["id", "region", "Card"]
    assert refusal(ana.delete_table, **ORDERS) == lacks("Drop", "orders")
    settings = {"DataLakeAdmins": [principal(lake.ana.arn)]}
    lake.lf.put_data_lake_settings(DataLakeSettings=settings)
    lake.ana.client("lakeformation").grant_permissions(
        Principal=principal(lake.ana.arn), Resource=table(), Permissions=["SELECT"]
    )
    ana.delete_table(**ORDERS)


def test_definition_of_registered_location_needs_the_location(lake: Lake):
    lake.lf.register_resource(ResourceArn="arn:aws:s3:::vault/hr", UseServiceLinkedRole=True)
    ana = lake.ana.client("glue")
    new = {"Name": "spy", "StorageDescriptor": {"Location": "s3://vault/hr/pay/"}}
    wanted = lacks("Data Location Access", "s3://vault/hr/pay/")
    assert refusal(ana.create_table, DatabaseName="sales", TableInput=new) == wanted
    assert refusal(ana.update_table, DatabaseName="sales", TableInput={**new, "Name": "open"}) == wanted
    location = {"DataLocation": {"ResourceArn": "arn:aws:s3:::vault/hr"}}
    lake.grant(location, "DATA_LOCATION_ACCESS")
    ana.create_table(DatabaseName="sales", TableInput=new)
    found = ana.get_table(DatabaseName="sales", Name="spy")["Table"]
    assert found["IsRegisteredWithLakeFormation"] is True
    lake.lf.deregister_resource(ResourceArn="arn:aws:s3:::vault/hr")
    assert ana.get_table(DatabaseName="sales", Name="spy")["Table"]["IsRegisteredWithLakeFormation"] is False


def test_partition_or_metadata_of_registered_location_needs_the_location(lake: Lake):
    lake.lf.register_resource(ResourceArn="arn:aws:s3:::vault/hr", UseServiceLinkedRole=True)
    lake.restrict(table())
    lake.grant(columns("id"), "SELECT")
    lake.grant(table(), "ALTER")
    ana = lake.ana.client("glue")
    wanted = lacks("Data Location Access", "s3://vault/hr/pay/")
    spying = {"Values": ["1"], "StorageDescriptor": {"Location": "s3://vault/hr/pay/"}}
    assert refusal(ana.create_partition, **OF_ORDERS, PartitionInput=spying) == wanted
    assert refusal(ana.batch_create_partition, **OF_ORDERS, PartitionInputList=[spying]) == wanted
    metadata = {"table_type": "ICEBERG", "metadata_location": "s3://vault/hr/pay"}
    iceberg = {"Name": "orders", "Parameters": metadata}
    assert refusal(ana.update_table, DatabaseName="sales", TableInput=iceberg) == wanted
    above = {"Name": "orders", "StorageDescriptor": {"Location": "s3://vault/"}}
    assert refusal(ana.update_table, DatabaseName="sales", TableInput=above) == lacks(
        "Data Location Access", "s3://vault/"
    )
    inside = {"Values": ["1"], "StorageDescriptor": {"Location": "s3://lake/orders/day=1/"}}
    ana.create_partition(**OF_ORDERS, PartitionInput=inside)
    assert (
        refusal(ana.update_partition, **OF_ORDERS, PartitionValueList=["1"], PartitionInput=spying) == wanted
    )


def test_definition_of_files_on_the_servers_disk_is_the_accounts_alone(lake: Lake):
    ana = lake.ana.client("glue")
    said = "is on the server's own disk, which nobody limited by policies may use"
    for place in ("file:///etc/", "/etc", "file:/etc"):
        held = {"StorageDescriptor": {"Columns": [], "Location": place}}
        partition = {"Values": ["1"], **held}
        for change, given in (
            (ana.create_table, {"DatabaseName": "sales", "TableInput": {"Name": "etc", **held}}),
            (ana.update_table, {"DatabaseName": "sales", "TableInput": {"Name": "orders", **held}}),
            (ana.create_partition, {**OF_ORDERS, "PartitionInput": partition}),
            (ana.create_database, {"DatabaseInput": {"Name": "etc", "LocationUri": place}}),
        ):
            code, message = refusal(change, **given)
            assert (code, said in message) == ("AccessDeniedException", True), change
    failed = ana.batch_create_partition
    held = {"StorageDescriptor": {"Columns": [], "Location": "file:///etc/"}}
    assert (
        refusal(failed, **OF_ORDERS, PartitionInputList=[{"Values": ["1"], **held}])[0]
        == "AccessDeniedException"
    )
    lake.glue.create_table(DatabaseName="sales", TableInput={"Name": "etc", **held})
    ana.update_table(DatabaseName="sales", TableInput={"Name": "etc", "Description": "kept", **held})
