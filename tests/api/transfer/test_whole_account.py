"""What an account has beside databases and tables moves with them: permissions, words, policies, crawlers."""

import itertools
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from api_fixtures import REGION
from transfer_fixtures import EVERYTHING, Mover, without_header

from isinglass import transfer
from isinglass.domain.signature import Credentials
from isinglass.gateway.service import operation_names
from isinglass.operations.registry import load
from isinglass.transfer.account.registry import KINDS
from isinglass.transfer.aws_glue import open_account
from isinglass.transfer.calling import CallFailed, Patient
from isinglass.transfer.files import UnreadableFile, lines_of
from isinglass.transfer.mapping import parse_remap
from isinglass.transfer.reading import CatalogReader, Origin
from isinglass.transfer.records import ASSET, SHAPES, Record, decode, encode
from isinglass.transfer.secrets import PassphraseSeal
from isinglass.transfer.server_glue import ServerGlue
from isinglass.transfer.wanted import BUSINESS, TAGS, USUAL, Wanted
from isinglass.transfer.writing import Written, write_file, write_folder

DATABASES = ["sqlite"]
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
        "ConnectionType",
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
        "ConnectionType",
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


#: Operations that make something and that no import calls.
NOT_MOVED = {
    "BatchGrantPermissions": "GrantPermissions does it one by one, and tells of each",
    "CreateGlueIdentityCenterConfiguration": "of the account's sign-on, not of its catalog",
    "CreateJob": "jobs are no part of the catalog",
    "CreatePartition": "BatchCreatePartition does it",
    "ImportCatalogToGlue": "asks for an import of another kind",
    "PutDataCatalogExportConfiguration": "of the server, which keeps a file of its own",
}


def test_whatever_makes_something_of_a_catalog_is_called_by_imports_or_said_not_to_be():
    makes = re.compile(
        r"(?:lakeformation:)?((?:BatchCreate|Create|Put|Register|Grant|BatchGrant|Associate|Import)\w+)"
    )
    registered = {found[1] for name in load(operation_names()) if (found := makes.fullmatch(name))}
    folder = Path(transfer.__file__).parent
    called = {
        found
        for file in folder.rglob("*.py")
        for found in re.findall(r'"(?:\w+:)?([A-Z]\w+)"', file.read_text())
    }
    assert {name for name in registered if name not in called} == set(NOT_MOVED)


def test_account_read_through_boto3_is_the_same_file(api, whole, account, monkeypatch):
    mover, exported = whole
    keys = api.credentials_of(account)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys.secret_access_key)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    live = open_account(None, REGION, api.url)
    assert mover.export(account, glue=Patient(live.glue)) == exported


def test_export_that_broke_off_anywhere_goes_on_to_the_same_file(whole, account, tmp_path):
    mover, exported = whole
    path = tmp_path / "c.jsonl"
    reader = CatalogReader(mover.glue(account), Origin(account, REGION, account), EVERYTHING)
    lines = exported.splitlines(keepends=True)
    ends = [len(b"".join(lines[:number])) for number in range(0, len(lines), 5)]
    for at in (*ends, *(end - 3 for end in ends[1:]), len(exported)):
        (tmp_path / "c.jsonl.partial").write_bytes(exported[:at])
        written = Written()
        write_file(reader, str(path), written, resume=True)
        assert path.read_bytes() == exported, at
        assert written.counts == Counter(decode(line).kind for line in lines)


def test_export_does_not_go_on_with_the_file_of_another_catalog(whole, account, tmp_path):
    mover, exported = whole
    partial = tmp_path / "c.jsonl.partial"
    partial.write_bytes(exported)
    other = str(next(ACCOUNTS))
    reader = CatalogReader(mover.glue(other), Origin(other, REGION, other), EVERYTHING)
    with pytest.raises(
        UnreadableFile, match=f"it is of catalog {account} in {REGION}, not of {other} in {REGION}"
    ):
        write_file(reader, str(tmp_path / "c.jsonl"), Written(), resume=True)
    assert partial.read_bytes() == exported


def test_folder_holds_what_a_file_holds_and_forgets_what_is_gone(whole, account, tmp_path):
    mover, exported = whole
    folder = tmp_path / "catalog"
    reader = CatalogReader(mover.glue(account), Origin(account, REGION, account), EVERYTHING)
    write_folder(reader, folder, Written())
    assert b"".join(line.text for line in lines_of(str(folder))) == exported
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*.jsonl")} == {0o600}
    (folder / "sales" / "tables" / ".77.orders.jsonl").write_bytes(b"half a li")  # a killed export's
    assert b"".join(line.text for line in lines_of(str(folder))) == exported
    other = str(next(ACCOUNTS))
    write_folder(
        CatalogReader(mover.glue(other), Origin(other, REGION, other), EVERYTHING), folder, Written()
    )
    assert [path.name for path in folder.rglob("*.jsonl")] == ["catalog.jsonl"]


def test_things_that_differ_are_replaced_and_then_alike(api, whole, account):
    mover, exported = whole
    changed = exported
    for old, new in [
        (b'"ReturnConnectionPasswordEncrypted":true', b'"AwsKmsKeyId":"alias/aws/glue","ReturnConnectionPasswordEncrypted":true'),
        (b"few workers", b"many workers"), (b'"SampleSize":10.5', b'"SampleSize":11'), (b"cron(0 2", b"cron(0 4"),
        (b"of Europe", b"of the north"), (b"is revenue", b"is all revenue"), (b'{\\"owner\\":\\"bob\\"}', b'{\\"owner\\":\\"eve\\"}'),
        (b"id > 3", b"id > 4"), (b"user/boss", b"user/chief"), (b'"glue:GetTable"', b'"glue:GetTables"'),
        (b'"Permissions":["DESCRIBE"],"PermissionsWithGrantOption":["DESCRIBE"]', b'"Permissions":["ALTER","DESCRIBE"],"PermissionsWithGrantOption":["ALTER"]'),
    ]:  # fmt: skip
        assert old in changed, old
        changed = changed.replace(old, new)
    told = mover.put(account, changed, on_conflict="skip")
    kinds = [
        "EncryptionSettings", "NestedCatalog", "StatisticsTask", "GlossaryTerm", "Asset", "UsageProfile", "DataCellsFilter",
        "Permission", "DataLakeSettings", "ResourcePolicy", "Crawler",
    ]  # fmt: skip
    assert {kind for kind, outcome in told.counts if outcome == "skipped"} == set(kinds)
    assert mover.export(account) == exported
    report = mover.put(account, changed, on_conflict="replace", go_on=True)
    assert report.problems == []
    assert {kind for kind, outcome in report.counts if outcome == "replaced"} == set(kinds)
    assert mover.export(account) == changed
    back = mover.put(account, exported, on_conflict="replace", go_on=True)
    assert back.problems == []


def test_terms_and_attachments_that_a_file_does_not_speak_of_stay_and_are_no_difference(api, whole, account):
    mover, exported = whole
    mover.put(account, exported)
    assets = [
        record for line in exported.splitlines() if (record := decode(line)).kind == ASSET and record.more
    ]
    less = b"".join(
        encode(Record(ASSET, said.names, said.input, {member: value}))
        for said in assets
        for member, value in said.more.items()
    )
    assert {"Attachments", "Items"} <= {member for said in assets for member in said.more}
    assert mover.put(account, less).counts.keys() == {(ASSET, "unchanged")}


def test_encrypted_catalog_is_exported_in_the_clear_and_encrypted_again_where_its_key_is(api, account):
    glue, mover, other = api.client("glue", account), Mover(api), str(next(ACCOUNTS))
    at_rest = {"CatalogEncryptionMode": "SSE-KMS", "SseAwsKmsKeyId": "alias/aws/glue"}
    passwords = {"ReturnConnectionPasswordEncrypted": True, "AwsKmsKeyId": "alias/aws/glue"}
    settings = {"EncryptionAtRest": at_rest, "ConnectionPasswordEncryption": passwords}
    glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings=settings)
    glue.create_database(DatabaseInput={"Name": "d"})
    glue.create_table(DatabaseName="d", TableInput={"Name": "t", "Description": "hush"})
    properties = {"JDBC_CONNECTION_URL": "jdbc:postgresql://h/d", "USERNAME": "u", "PASSWORD": "hunter2"}
    glue.create_connection(
        ConnectionInput={"Name": "c", "ConnectionType": "JDBC", "ConnectionProperties": properties}
    )
    exported = mover.export(account, seal=PassphraseSeal("open sesame", account))
    assert b'"Description":"hush"' in exported
    assert b"PASSWORD" not in exported
    assert b"SealedSecrets" not in exported
    assert mover.put(other, exported).failures == 0
    moved = api.client("glue", other).get_data_catalog_encryption_settings()["DataCatalogEncryptionSettings"]
    assert moved["EncryptionAtRest"]["CatalogEncryptionMode"] == "SSE-KMS"
    assert mover.export(other)[-200:] == mover.export(account)[-200:]
    gone = f"arn:aws:kms:{REGION}:{other}:key/6f1d7b9e-0000-4000-8000-000000000000"
    report = mover.put(str(next(ACCOUNTS)), exported.replace(b"alias/aws/glue", gone.encode()), go_on=True)
    assert [problem.what for problem in report.problems] == ["EncryptionSettings"]
    assert report.counts["Table", "created"] == 1
