"""What an account has beside databases and tables moves with them: permissions, words, policies, crawlers."""

import itertools
import json
from collections import Counter

import pytest
from api_fixtures import REGION
from transfer_fixtures import Mover, without_header

from isinglass.domain.signature import Credentials
from isinglass.transfer.account.registry import KINDS
from isinglass.transfer.calling import CallFailed
from isinglass.transfer.mapping import parse_remap
from isinglass.transfer.records import SHAPES, decode, encode
from isinglass.transfer.server_glue import ServerGlue
from isinglass.transfer.wanted import BUSINESS, TAGS, USUAL, Wanted

ACCOUNTS = itertools.count(500_000_000_000)
FORM = '$version: "2.0"\n\nstructure Care {\n    owner: String\n    rules: Rules\n}\n\nlist Rules {\n    member: String\n}\n'


@pytest.fixture
def account() -> str:
    return str(next(ACCOUNTS))


@pytest.fixture
def whole(api, account):
    """Fill an account with one of everything that a transfer takes, and give its export."""
    glue, lake = api.client("glue", account), api.client("lakeformation", account)
    define_data(glue, account)
    define_words(glue, account)
    define_permissions(lake, account)
    glue.put_resource_policy(PolicyInJson=json.dumps(policy(account)), EnableHybrid="TRUE")
    glue.create_usage_profile(
        Name="small",
        Description="few workers",
        Configuration={"JobConfiguration": {"numberOfWorkers": {"DefaultValue": "2", "MaxValue": "4"}}},
        Tags={"a": "b"},
    )
    mover = Mover(api)
    return mover, mover.export(account)


def define_data(glue, account):
    glue.create_security_configuration(
        Name="plain", EncryptionConfiguration={"S3Encryption": [{"S3EncryptionMode": "DISABLED"}]}
    )
    glue.put_data_catalog_encryption_settings(
        DataCatalogEncryptionSettings={
            "EncryptionAtRest": {"CatalogEncryptionMode": "DISABLED"},
            "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": True},
        }
    )
    glue.create_connection(
        ConnectionInput={
            "Name": "db",
            "ConnectionType": "JDBC",
            "ConnectionProperties": {"JDBC_CONNECTION_URL": "jdbc:postgresql://h/d", "USERNAME": "u"},
        },
        Tags={"c": "d"},
    )
    glue.create_catalog(Name="emea", CatalogInput={"Description": "of Europe"}, Tags={"e": "f"})
    glue.create_catalog(Name="emea/north", CatalogInput={"Parameters": {"x": "y"}})
    glue.create_database(DatabaseInput={"Name": "sales"})
    for name in ("orders", "plain"):
        columns = [{"Name": "id", "Type": "int"}, {"Name": "secret", "Type": "string"}]
        descriptor = {"Columns": columns, "Location": f"s3://lake/{name}/"}
        table = {"Name": name, "Description": "as it is", "StorageDescriptor": descriptor}
        glue.create_table(DatabaseName="sales", TableInput=table)
    role = f"arn:aws:iam::{account}:role/stats"
    glue.create_column_statistics_task_settings(
        DatabaseName="sales", TableName="orders", Role=role, ColumnNameList=["id"], SampleSize=10.5,
        Schedule="cron(0 3 * * ? *)",
    )  # fmt: skip
    glue.stop_column_statistics_task_run_schedule(DatabaseName="sales", TableName="orders")
    for name, schedule in (("nightly", {"Schedule": "cron(0 2 * * ? *)"}), ("by_hand", {})):
        targets = {"S3Targets": [{"Path": "s3://lake/raw/"}]}
        glue.create_crawler(
            Name=name, Role=role, DatabaseName="sales", Targets=targets, Tags={"g": "h"}, **schedule
        )
    glue.stop_crawler_schedule(CrawlerName="nightly")


def define_words(glue, account):
    glue.put_form_type(Name="Care", Schema=FORM)
    glue.put_asset_type(Name="Report", Forms={"care": {"FormTypeIdentifier": "Care"}})
    glossary = glue.create_glossary(Name="Büro", Description="words")["Id"]
    terms = [
        glue.create_glossary_term(GlossaryIdentifier=glossary, Name=name, ShortDescription=f"is {name}")["Id"]
        for name in ("revenue", "order")
    ]
    forms = {"care": {"FormTypeId": "Care", "Content": '{"owner":"ann","rules":["a","b"]}'}}
    glue.put_asset(Identifier="reports/q1", AssetTypeId="Report", Name="Q1", Forms=forms)
    glue.associate_glossary_terms(AssetIdentifier="reports/q1", GlossaryTermIdentifiers=terms)
    table = f"arn:aws:glue:{REGION}:{account}:table/sales/orders"
    glue.update_asset(Identifier=table, Description="what was sold")
    glue.put_attachment(
        AssetIdentifier=table, AttachmentName="care", FormTypeId="Care", Content='{"owner":"bob"}'
    )
    column = {"IterableFormName": "columns", "ItemIdentifier": "id"}
    glue.associate_glossary_terms(AssetIdentifier=table, GlossaryTermIdentifiers=terms[:1], **column)


def define_permissions(lake, account):
    ann, everybody = f"arn:aws:iam::{account}:user/ann", "IAM_ALLOWED_PRINCIPALS"
    orders = {"DatabaseName": "sales", "Name": "orders"}

    def grant(principal, resource, permissions, option=()):
        lake.grant_permissions(
            Principal={"DataLakePrincipalIdentifier": principal}, Resource=resource,
            Permissions=permissions, PermissionsWithGrantOption=list(option),
        )  # fmt: skip

    lake.register_resource(ResourceArn="arn:aws:s3:::lake/raw", UseServiceLinkedRole=True)
    lake.create_data_cells_filter(
        TableData={
            "TableCatalogId": account, "DatabaseName": "sales", "TableName": "orders", "Name": "few",
            "RowFilter": {"FilterExpression": "id > 3"}, "ColumnNames": ["id"],
        }
    )  # fmt: skip
    lake.revoke_permissions(
        Principal={"DataLakePrincipalIdentifier": everybody}, Resource={"Table": orders}, Permissions=["ALL"]
    )
    grant(ann, {"Catalog": {}}, ["CREATE_DATABASE"])
    grant(ann, {"Database": {"Name": "sales"}}, ["DESCRIBE"], ["DESCRIBE"])
    grant(ann, {"Table": {"DatabaseName": "sales", "TableWildcard": {}}}, ["SELECT"])
    grant(
        ann,
        {"TableWithColumns": {**orders, "ColumnWildcard": {"ExcludedColumnNames": ["secret"]}}},
        ["SELECT"],
    )
    cells = {"TableCatalogId": account, "DatabaseName": "sales", "TableName": "orders", "Name": "few"}
    grant(f"arn:aws:iam::{account}:user/bob", {"DataCellsFilter": cells}, ["SELECT"])
    grant(ann, {"DataLocation": {"ResourceArn": "arn:aws:s3:::lake/raw"}}, ["DATA_LOCATION_ACCESS"])
    lake.put_data_lake_settings(
        DataLakeSettings={
            "DataLakeAdmins": [{"DataLakePrincipalIdentifier": f"arn:aws:iam::{account}:user/boss"}],
            "CreateTableDefaultPermissions": [],
            "CreateDatabaseDefaultPermissions": [],
        }
    )


def policy(account):
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "glue:GetTable",
        "Resource": f"arn:aws:glue:{REGION}:{account}:*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def told_anew(text, old, new):
    """Tell a file of one account anew for another, as the command line does."""
    remap = parse_remap([], [f"{old}={new}"])
    return b"".join(encode(remap.apply(decode(line))) for line in text.splitlines())


def test_registry_has_every_kind_that_is_of_an_account_in_the_order_of_files():
    assert [kind.name for kind in KINDS] == [
        name for name, shape in SHAPES.items() if shape.stage != "data" and name != "Catalog"
    ]


def test_account_with_one_of_everything_is_exported_whole(whole):
    _, exported = whole
    kinds = Counter(decode(line).kind for line in exported.splitlines())
    assert set(kinds) | {
        "Function",
        "Partition",
        "PartitionStatistics",
        "TableStatistics",
        "TableVersion",
    } == set(SHAPES)
    assert kinds["Asset"] == 2  # a table of which nothing is said is none
    assert kinds["Restriction"] == 1
    assert kinds["Permission"] == 6


def test_account_moved_to_another_is_the_same_and_then_unchanged(whole, account):
    mover, exported = whole
    other = str(next(ACCOUNTS))
    moved = told_anew(exported, account, other)
    told = mover.put(other, moved, dry_run=True, go_on=True)
    assert {outcome for _, outcome in told.counts} == {"created"}, told.problems
    report = mover.put(other, moved, go_on=True)
    assert report.problems == []
    assert {outcome for _, outcome in report.counts} == {"created"}
    assert without_header(mover.export(other)).replace(other.encode(), account.encode()) == without_header(
        exported
    )
    again = mover.put(other, moved)
    assert {outcome for _, outcome in again.counts} == {"unchanged"}


def test_kinds_that_may_not_be_read_are_told_of_and_left_out(api, whole, account):
    mover, _ = whole
    iam = api.client("iam", account)
    iam.create_user(UserName="reader")
    statements = [
        {"Effect": "Allow", "Action": ["glue:Get*", "lakeformation:ListPermissions"], "Resource": "*"},
        {"Effect": "Deny", "Action": "glue:GetUserDefinedFunctions", "Resource": "*"},
        {"Effect": "Deny", "Action": "glue:GetColumnStatisticsForTable", "Resource": "*"},
    ]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_user_policy(UserName="reader", PolicyName="p", PolicyDocument=document)
    grant = {"DatabaseName": "sales", "Name": "orders"}
    api.client("lakeformation", account).grant_permissions(
        Principal={"DataLakePrincipalIdentifier": f"arn:aws:iam::{account}:user/reader"},
        Resource={"Table": grant}, Permissions=["SELECT", "DESCRIBE"],
    )  # fmt: skip
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    glue = ServerGlue(api.url, REGION, Credentials(key["AccessKeyId"], key["SecretAccessKey"]))
    told: list[str] = []
    parts = frozenset(USUAL) - {TAGS}
    read = mover.export(account, Wanted(parts=parts), glue, refused=told.append)
    left_out = {text.partition(" ")[0]: text for text in told}
    assert set(left_out) == {
        "FormType", "AssetType", "Glossary", "GlossaryTerm", "Asset", "UsageProfile", "Location",
        "DataCellsFilter", "Restriction", "Permission", "DataLakeSettings", "functions", "statistics",
    }  # fmt: skip
    assert left_out["Glossary"].startswith(
        "Glossary is left out, and --without business says so: ListGlossaries: AccessDeniedException: User: "
    )
    kinds = {decode(line).kind for line in read.splitlines()}
    assert kinds == {
        "Catalog", "EncryptionSettings", "SecurityConfiguration", "Connection", "NestedCatalog", "Database", "Table",
        "ResourcePolicy",
    }  # fmt: skip
    with pytest.raises(CallFailed, match="ListFormTypes: AccessDeniedException"):
        mover.export(account, Wanted(parts=frozenset({BUSINESS})), glue)
