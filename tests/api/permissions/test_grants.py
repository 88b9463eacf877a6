"""Granting, revoking and listing permissions, as boto3 does it."""

from typing import Any

import pytest
from access_fixtures import allow, make_user
from api_fixtures import ROOT_ACCOUNT
from permission_fixtures import ALL_IAM, Lake, cells, columns, lacks, principal, refusal, table

DATABASE = {"Database": {"Name": "sales"}}
ROLE = f"arn:aws:iam::{ROOT_ACCOUNT}:role/analyst"
FILTER = {"TableCatalogId": ROOT_ACCOUNT, "DatabaseName": "sales", "TableName": "orders", "Name": "eu"}
OTHER = "210987654321"


def listed(lake: Lake, **arguments: Any) -> list[tuple[str, str, list[str], list[str]]]:
    """List permissions as principal, kind of resource, permissions, and those that may be passed on."""
    found = lake.lf.list_permissions(**arguments)
    return [
        (
            entry["Principal"]["DataLakePrincipalIdentifier"],
            next(iter(entry["Resource"])),
            entry["Permissions"],
            entry["PermissionsWithGrantOption"],
        )
        for entry in found["PrincipalResourcePermissions"]
    ]


def test_listing_shows_what_everything_begins_with(lake: Lake):
    assert listed(lake) == [
        (ALL_IAM, "Database", ["ALL"], []),
        (ALL_IAM, "Table", ["ALL"], []),
        (ALL_IAM, "Table", ["ALL"], []),
    ]
    assert listed(lake, Resource=table()) == [(ALL_IAM, "Table", ["ALL"], [])]
    assert listed(lake, ResourceType="DATABASE") == [(ALL_IAM, "Database", ["ALL"], [])]
    assert listed(lake, Principal=principal(ROLE)) == []


def test_grants_add_up_and_revoking_leaves_the_rest(lake: Lake):
    lake.restrict(table())
    lake.grant(table(), "SELECT", to=ROLE)
    lake.grant(table(), "INSERT", "DELETE", to=ROLE, PermissionsWithGrantOption=["INSERT"])
    assert listed(lake, Resource=table()) == [(ROLE, "Table", ["DELETE", "INSERT", "SELECT"], ["INSERT"])]
    lake.revoke(table(), "INSERT", of=ROLE)
    assert listed(lake, Resource=table()) == [(ROLE, "Table", ["DELETE", "SELECT"], [])]
    assert refusal(
        lake.lf.revoke_permissions, Principal=principal(ROLE), Resource=table(), Permissions=["DROP"]
    ) == ("InvalidInputException", "No permissions revoked. Grantee has no DROP on sales.orders")
    lake.revoke(table(), "DELETE", "SELECT", of=ROLE)
    assert listed(lake, Resource=table()) == []


def test_revoking_one_of_all_leaves_the_others_by_name(lake: Lake):
    lake.restrict(table())
    lake.grant(table(), "ALL", to=ROLE)
    lake.revoke(table(), "DROP", of=ROLE)
    assert listed(lake, Resource=table()) == [
        (ROLE, "Table", ["ALTER", "DELETE", "DESCRIBE", "INSERT", "SELECT"], [])
    ]


def test_columns_add_up_and_are_revoked_by_name(lake: Lake):
    lake.grant(columns("ID"), "SELECT", to=ROLE)
    lake.grant(columns("region", "day"), "SELECT", to=ROLE)
    found = lake.lf.list_permissions(Resource=columns("id"), Principal=principal(ROLE))
    [entry] = found["PrincipalResourcePermissions"]
    assert entry["Resource"]["TableWithColumns"]["ColumnNames"] == ["day", "id", "region"]
    lake.revoke(columns("day", "id"), "SELECT", of=ROLE)
    [entry] = lake.lf.list_permissions(Principal=principal(ROLE))["PrincipalResourcePermissions"]
    assert entry["Resource"]["TableWithColumns"]["ColumnNames"] == ["region"]
    code, message = refusal(
        lake.lf.grant_permissions,
        Principal=principal(ROLE),
        Resource=columns("id", "nosuch"),
        Permissions=["SELECT"],
    )
    assert (code, message) == ("InvalidInputException", "Table orders has no column nosuch")


def test_leaving_a_table_to_iam_again_opens_it(lake: Lake):
    lake.restrict(table())
    assert listed(lake, Resource=table()) == []
    lake.grant(table(), "ALL", to=ALL_IAM)
    assert listed(lake, Resource=table()) == [(ALL_IAM, "Table", ["ALL"], [])]
    assert lake.ana.client("glue").get_table(DatabaseName="sales", Name="orders")["Table"]["Name"] == "orders"


def test_listing_pages_through_grants_and_what_is_left_to_iam(lake: Lake):
    for name in ("a", "b", "c"):
        lake.grant(DATABASE, "DESCRIBE", to=f"arn:aws:iam::{ROOT_ACCOUNT}:role/{name}")
    found: list[str] = []
    token: dict[str, str] = {}
    sizes = []
    while True:
        page = lake.lf.list_permissions(MaxResults=2, **token)
        found += [
            entry["Principal"]["DataLakePrincipalIdentifier"].rpartition("/")[2]
            for entry in page["PrincipalResourcePermissions"]
        ]
        sizes.append(len(page["PrincipalResourcePermissions"]))
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert found == ["a", "b", "c", ALL_IAM, ALL_IAM, ALL_IAM]
    assert sizes == [2, 2, 2]


def test_listing_of_what_is_gone_is_empty(lake: Lake):
    """As in Lake Formation, whose model has no error for it: Terraform then makes the permission anew."""
    lake.grant(table(), "SELECT", to=ROLE)
    gone = ({"Database": {"Name": "gone"}}, {"Table": {"DatabaseName": "sales", "Name": "gone"}})
    for resource in gone:
        assert listed(lake, Resource=resource, Principal=principal(ROLE)) == []


def test_batches_tell_of_failures_and_do_the_rest(lake: Lake):
    good = {"Id": "1", "Principal": principal(ROLE), "Resource": table(), "Permissions": ["SELECT"]}
    bad = {"Id": "2", "Principal": principal("nobody"), "Resource": table(), "Permissions": ["SELECT"]}
    gone = {**good, "Id": "3", "Resource": table("nosuch")}
    failures = lake.lf.batch_grant_permissions(Entries=[good, bad, gone])["Failures"]
    assert [(each["RequestEntry"]["Id"], each["Error"]["ErrorCode"]) for each in failures] == [
        ("2", "InvalidInputException"),
        ("3", "EntityNotFoundException"),
    ]
    assert listed(lake, Principal=principal(ROLE)) == [(ROLE, "Table", ["SELECT"], [])]
    failures = lake.lf.batch_revoke_permissions(Entries=[good, {**good, "Id": "4"}])["Failures"]
    assert [each["RequestEntry"]["Id"] for each in failures] == ["4"]


def test_only_who_has_the_grant_option_or_administers_grants(lake: Lake):
    lake.restrict(table())
    lake.grant(table(), "SELECT", "INSERT", PermissionsWithGrantOption=["SELECT"])
    own = lake.ana.client("lakeformation")
    request = {"Principal": principal(ROLE), "Resource": table()}
    own.grant_permissions(**request, Permissions=["SELECT"])
    assert refusal(own.grant_permissions, **request, Permissions=["INSERT"]) == lacks(
        "Grantable Insert", "sales.orders"
    )
    code, _ = refusal(own.put_data_lake_settings, DataLakeSettings={})
    assert code == "AccessDeniedException"
    code, _ = refusal(own.register_resource, ResourceArn="arn:aws:s3:::b", UseServiceLinkedRole=True)
    assert code == "AccessDeniedException"
    entries = own.list_permissions()["PrincipalResourcePermissions"]
    assert {each["Principal"]["DataLakePrincipalIdentifier"] for each in entries} == {lake.ana.arn, ALL_IAM}


def test_filters_are_checked_versioned_and_go_with_their_grants(lake: Lake):
    data = {**FILTER, "RowFilter": {"FilterExpression": "region = 'eu'"}, "ColumnNames": ["id", "REGION"]}
    lake.lf.create_data_cells_filter(TableData=data)
    assert refusal(lake.lf.create_data_cells_filter, TableData=data)[0] == "AlreadyExistsException"
    lake.grant(cells("eu"), "SELECT", to=ROLE)
    found = lake.lf.get_data_cells_filter(**FILTER)["DataCellsFilter"]
    version = found.pop("VersionId")
    assert found == {**data, "ColumnNames": ["id", "region"]}
    stale = {**data, "VersionId": "00000000-0000-0000-0000-000000000000"}
    assert refusal(lake.lf.update_data_cells_filter, TableData=stale)[0] == "ConcurrentModificationException"
    everything = {**FILTER, "RowFilter": {"AllRowsWildcard": {}}, "ColumnWildcard": {}}
    lake.lf.update_data_cells_filter(TableData={**everything, "VersionId": version})
    [shown] = lake.lf.list_data_cells_filter(Table=table()["Table"])["DataCellsFilters"]
    assert shown.pop("VersionId") != version
    assert shown == everything
    lake.lf.delete_data_cells_filter(**FILTER)
    assert refusal(lake.lf.get_data_cells_filter, **FILTER)[0] == "EntityNotFoundException"
    assert listed(lake, Principal=principal(ROLE)) == []


@pytest.mark.parametrize(
    "changed", [{"Name": "gone"}, {"DatabaseName": "gone"}, {"CatalogId": f"{ROOT_ACCOUNT}:gone"}]
)
def test_filters_of_what_is_not_there_are_listed_with_an_error_that_the_model_has(
    lake: Lake, changed: dict[str, str]
):
    code, message = refusal(lake.lf.list_data_cells_filter, Table={**table()["Table"], **changed})
    assert (code, "gone" in message) == ("InvalidInputException", True)


def test_filter_of_rows_that_cannot_be_applied_is_refused(lake: Lake):
    data = {**FILTER, "RowFilter": {"FilterExpression": "id = 'x'"}, "ColumnWildcard": {}}
    assert refusal(lake.lf.create_data_cells_filter, TableData=data) == (
        "InvalidInputException",
        "Invalid row filter \"id = 'x'\": 'x' is no value of column id, which is bigint",
    )


def test_root_named_as_administrator_is_the_root_and_nobody_else_of_its_account(lake: Lake):
    root = principal(f"arn:aws:iam::{ROOT_ACCOUNT}:root")
    lake.lf.put_data_lake_settings(DataLakeSettings={"DataLakeAdmins": [root]})
    assert lake.lf.get_data_lake_settings()["DataLakeSettings"]["DataLakeAdmins"] == [root]
    settings = lake.ana.client("lakeformation").put_data_lake_settings
    assert refusal(settings, DataLakeSettings={})[0] == "AccessDeniedException"


@pytest.mark.parametrize("name", [ROOT_ACCOUNT, f"{ROOT_ACCOUNT}:IAMPrincipals", "IAM_ALLOWED_PRINCIPALS"])
def test_administrator_that_is_many_is_refused(lake: Lake, name: str):
    settings = {"DataLakeAdmins": [principal(name)]}
    assert refusal(lake.lf.put_data_lake_settings, DataLakeSettings=settings)[0] == "InvalidInputException"


def test_settings_read_back_and_give_new_things_their_defaults(lake: Lake):
    lake.lf.put_data_lake_settings(
        DataLakeSettings={
            "DataLakeAdmins": [principal(ROLE)],
            "CreateTableDefaultPermissions": [{"Principal": principal(ROLE), "Permissions": ["SELECT"]}],
        }
    )
    found = lake.lf.get_data_lake_settings()["DataLakeSettings"]
    assert found["DataLakeAdmins"] == [principal(ROLE)]
    assert found["CreateDatabaseDefaultPermissions"] == []
    lake.glue.create_database(DatabaseInput={"Name": "new"})
    lake.glue.create_table(DatabaseName="new", TableInput={"Name": "t"})
    assert listed(lake, Resource=table("t", "new")) == [(ROLE, "Table", ["SELECT"], [])]
    assert listed(lake, Resource={"Database": {"Name": "new"}}) == []
    assert refusal(lake.ana.client("glue").get_table, DatabaseName="new", Name="t") == lacks("Describe", "t")


def test_registered_places_are_described_listed_and_given_up(lake: Lake):
    for arn in ("arn:aws:s3:::lake/orders", "arn:aws:s3:::vault"):
        lake.lf.register_resource(ResourceArn=arn, RoleArn=ROLE)
    assert refusal(
        lake.lf.register_resource, ResourceArn="arn:aws:s3:::vault/", UseServiceLinkedRole=True
    ) == ("AlreadyExistsException", "Resource arn:aws:s3:::vault is already registered")
    vault = lake.lf.describe_resource(ResourceArn="arn:aws:s3:::vault")["ResourceInfo"]
    assert vault.pop("LastModified")
    assert vault == {
        "ResourceArn": "arn:aws:s3:::vault",
        "RoleArn": ROLE,
        "WithFederation": False,
        "HybridAccessEnabled": False,
        "WithPrivilegedAccess": False,
    }
    test = {"Field": "RESOURCE_ARN", "ComparisonOperator": "CONTAINS", "StringValueList": ["orders"]}
    [found] = lake.lf.list_resources(FilterConditionList=[test])["ResourceInfoList"]
    assert found["ResourceArn"] == "arn:aws:s3:::lake/orders"
    first = lake.lf.list_resources(MaxResults=1)
    second = lake.lf.list_resources(MaxResults=1, NextToken=first["NextToken"])
    assert [each["ResourceArn"] for each in first["ResourceInfoList"] + second["ResourceInfoList"]] == [
        "arn:aws:s3:::lake/orders",
        "arn:aws:s3:::vault",
    ]
    shown = lake.lf.get_effective_permissions_for_path(ResourceArn="arn:aws:s3:::lake/orders/day=1")
    assert [entry["Resource"]["Table"]["Name"] for entry in shown["Permissions"]] == ["orders"]
    lake.lf.deregister_resource(ResourceArn="arn:aws:s3:::vault")
    assert refusal(lake.lf.deregister_resource, ResourceArn="arn:aws:s3:::vault")[0] == (
        "EntityNotFoundException"
    )


def test_engines_are_told_columns_filters_and_what_they_cannot_apply(lake: Lake):
    lake.restrict(table())
    lake.grant(columns("id"), "SELECT")
    lake.filter("eu", "region = 'eu'", ColumnNames=["id", "region"])
    ask = lake.ana.client("glue").get_unfiltered_table_metadata
    request = {"CatalogId": ROOT_ACCOUNT, "DatabaseName": "sales", "Name": "orders"}
    assert refusal(ask, **request, SupportedPermissionTypes=["COLUMN_PERMISSION"])[0] == (
        "PermissionTypeMismatchException"
    )
    found = ask(**request, SupportedPermissionTypes=["COLUMN_PERMISSION", "CELL_FILTER_PERMISSION"])
    assert found["AuthorizedColumns"] == ["id", "region"]
    assert found["CellFilters"] == [{"ColumnName": "region", "RowFilterExpression": "region = 'eu'"}]
    assert found["Permissions"] == ["SELECT"]
    assert "RowFilter" not in found  # the ids of all rows may be read
    assert [c["Name"] for c in found["Table"]["StorageDescriptor"]["Columns"]] == ["id", "region"]


def test_keys_are_lent_for_tables_permitted_whole(lake: Lake):
    arn = f"arn:aws:glue:eu-west-1:{ROOT_ACCOUNT}:table/sales/orders"
    lake.restrict(table())
    ask = lake.ana.client("lakeformation").get_temporary_glue_table_credentials
    assert refusal(ask, TableArn=arn) == lacks("Select", "sales.orders")
    lake.grant(columns("id"), "SELECT")
    assert refusal(ask, TableArn=arn)[0] == "PermissionTypeMismatchException"
    lake.grant(table(), "SELECT")
    lent = ask(TableArn=arn)
    assert lent["VendedS3Path"] == ["s3://lake/orders/"]
    assert lent["AccessKeyId"].startswith("ASIA")


def test_table_shared_with_another_account_is_seen_as_far_as_it_is_shared(lake: Lake):
    lake.restrict(table())
    other = lake.api.client("glue", OTHER)
    request = {"CatalogId": ROOT_ACCOUNT, "DatabaseName": "sales", "Name": "orders"}
    assert refusal(other.get_table, **request)[0] == "AccessDeniedException"
    lake.grant(columns("id"), "SELECT", to=OTHER)
    found = other.get_table(**request)["Table"]
    assert [column["Name"] for column in found["StorageDescriptor"]["Columns"]] == ["id"]
    assert refusal(other.get_table, **{**request, "Name": "open"})[0] == "AccessDeniedException"
    eve = make_user(lake.api, "eve", OTHER, allow("glue:GetDatabase"))
    assert refusal(eve.client("glue").get_table, **request)[0] == "AccessDeniedException"


@pytest.mark.parametrize(
    ("resource", "more", "code", "message"),
    [
        (
            table(),
            {"Condition": {"Expression": "true"}},
            "InvalidInputException",
            "Condition is not supported: use the conditions of IAM policies",
        ),
        (
            {"LFTag": {"TagKey": "k", "TagValues": ["v"]}},
            {},
            "OperationNotSupportedException",
            "Permissions on LFTag are not supported",
        ),
    ],
)
def test_grant_on_conditions_or_tags_is_refused_by_name(
    lake: Lake, resource: Any, more: Any, code: str, message: str
):
    request = {"Principal": principal(ROLE), "Resource": resource, "Permissions": ["SELECT"], **more}
    raised, said = refusal(lake.lf.grant_permissions, **request)
    [failure] = lake.lf.batch_grant_permissions(Entries=[{"Id": "1", **request}])["Failures"]
    assert (raised, failure["Error"]["ErrorCode"]) == (code, code)
    assert said.startswith(message)
    assert failure["Error"]["ErrorMessage"] == said
    assert listed(lake, Principal=principal(ROLE)) == []


def test_text_that_the_database_cannot_keep_is_the_caller_s_fault(lake: Lake):
    """PostgreSQL has no character U+0000; SQLite keeps it, and finds nothing under it here."""
    place = "arn:aws:s3:::vault/\0"
    told = refusal(lake.lf.describe_resource, ResourceArn=place)
    unfound = ("EntityNotFoundException", f"Resource {place} is not registered")
    message = "A text of the request has the character U+0000, which cannot be stored."
    assert told == (unfound if lake.api.store.embedded else ("ValidationException", message))
