"""The calls that Terraform's AWS provider makes for its resources of the catalog, and what it looks at after each."""

import json
from pathlib import Path
from typing import Any

import pytest
from api_fixtures import REGION, ROOT_ACCOUNT, Api

from isinglass.flow import index_building
from isinglass.store.work_context import WorkContext

#: What is tried here depends on no database.
DATABASES = ["sqlite"]

CATALOG = {"CatalogId": ROOT_ACCOUNT}
ARN = f"arn:aws:glue:{REGION}:{ROOT_ACCOUNT}"
KEYS = [{"Name": "day", "Type": "string"}]
TABLE = {
    "Name": "orders",
    "TableType": "EXTERNAL_TABLE",
    "Parameters": {"EXTERNAL": "TRUE"},
    "PartitionKeys": KEYS,
    "StorageDescriptor": {
        "Columns": [{"Name": "amount", "Type": "bigint", "Comment": ""}],
        "Location": "s3://nowhere/orders/",
        "SerdeInfo": {"Name": "s", "Parameters": {"serialization.format": "1"}},
    },
}


class Provider:
    """Sends what the provider sends, and reads as it refreshes its state."""

    def __init__(self, api: Api) -> None:
        self.glue = api.client("glue")
        self.kms = api.client("kms")
        self._store = api.store

    def tags(self, resource: str) -> dict[str, str]:
        found: dict[str, str] = self.glue.get_tags(ResourceArn=f"{ARN}:{resource}")["Tags"]
        return found

    def change_tags(self, resource: str, gone: list[str], new: dict[str, str]) -> None:
        arn = f"{ARN}:{resource}"
        self.glue.untag_resource(ResourceArn=arn, TagsToRemove=gone)
        self.glue.tag_resource(ResourceArn=arn, TagsToAdd=new)

    def work(self) -> None:
        """Let the worker build and drop indexes, which the provider waits for."""
        with self._store.begin() as tx:
            items = tx.work.claim([index_building.KIND], worker="w", now=9e9, lease_seconds=60, limit=100)
        for item in items:
            index_building.handle(WorkContext(self._store, lambda: 9e9), item)

    def is_gone(self, operation: str, **arguments: Any) -> bool:
        with pytest.raises(self.glue.exceptions.EntityNotFoundException):
            getattr(self.glue, operation)(**arguments)
        return True


@pytest.fixture
def provider(api: Api) -> Provider:
    return Provider(api)


@pytest.fixture
def table(provider: Provider) -> Provider:
    """A provider that has applied a database and a table."""
    provider.glue.create_database(**CATALOG, DatabaseInput={"Name": "sales"})
    provider.glue.create_table(**CATALOG, DatabaseName="sales", TableInput=TABLE)
    return provider


def test_catalog_database(provider: Provider) -> None:
    glue = provider.glue
    glue.create_database(**CATALOG, DatabaseInput={"Name": "sales"}, Tags={"a": "1", "b": "2"})
    database = glue.get_database(**CATALOG, Name="sales")["Database"]
    assert (database["Name"], database["CatalogId"]) == ("sales", ROOT_ACCOUNT)
    assert database["CreateTableDefaultPermissions"] == [
        {"Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}, "Permissions": ["ALL"]}
    ]
    assert provider.tags("database/sales") == {"a": "1", "b": "2"}
    given = {"Name": "sales", "Description": "d", "LocationUri": "s3://x/", "Parameters": {"p": "v"}}
    glue.update_database(**CATALOG, Name="sales", DatabaseInput=given)
    provider.change_tags("database/sales", ["a"], {"b": "3"})
    database = glue.get_database(**CATALOG, Name="sales")["Database"]
    assert {key: database[key] for key in given} == given
    assert provider.tags("database/sales") == {"b": "3"}
    glue.delete_database(**CATALOG, Name="sales")
    assert provider.is_gone("get_database", **CATALOG, Name="sales")


def test_catalog_table_with_indexes(provider: Provider) -> None:
    glue, place = provider.glue, {**CATALOG, "DatabaseName": "sales"}
    glue.create_database(**CATALOG, DatabaseInput={"Name": "sales"})
    glue.create_table(**place, TableInput=TABLE, PartitionIndexes=[{"IndexName": "by_day", "Keys": ["day"]}])

    def read() -> Any:
        shown = glue.get_table(**place, Name="orders")["Table"]
        indexes = glue.get_partition_indexes(
            CatalogId=shown["CatalogId"], DatabaseName=shown["DatabaseName"], TableName=shown["Name"]
        )
        return shown, indexes["PartitionIndexDescriptorList"]

    shown, indexes = read()
    assert indexes == [{"IndexName": "by_day", "Keys": KEYS, "IndexStatus": "ACTIVE"}]
    assert {key: shown[key] for key in TABLE if key != "StorageDescriptor"} == {
        key: TABLE[key] for key in TABLE if key != "StorageDescriptor"
    }
    assert shown["StorageDescriptor"].items() >= TABLE["StorageDescriptor"].items()  # type: ignore[attr-defined]
    glue.update_table(**place, TableInput={**TABLE, "Owner": "me"}, SkipArchive=False)
    shown, indexes = read()
    assert (shown["Owner"], len(indexes)) == ("me", 1)
    glue.delete_table(**place, Name="orders")
    assert provider.is_gone("get_table", **place, Name="orders")


def test_catalog_table_of_iceberg(provider: Provider, tmp_path: Path) -> None:
    glue, place = provider.glue, {**CATALOG, "DatabaseName": "lake"}
    glue.create_database(**CATALOG, DatabaseInput={"Name": "lake"})
    given = {
        "Name": "events",
        "TableType": "EXTERNAL_TABLE",
        "StorageDescriptor": {
            "Columns": [{"Name": "id", "Type": "int", "Comment": ""}],
            "Location": f"file://{tmp_path}/events/",
        },
    }
    iceberg = {"IcebergInput": {"MetadataOperation": "CREATE", "Version": "2"}}
    glue.create_table(**place, TableInput=given, OpenTableFormatInput=iceberg)
    parameters = glue.get_table(**place, Name="events")["Table"]["Parameters"]
    assert (parameters["table_type"], "metadata_location" in parameters) == ("ICEBERG", True)
    # An update adds back what the configuration does not have.
    kept = {"table_type": parameters["table_type"], "metadata_location": parameters["metadata_location"]}
    glue.update_table(**place, TableInput={**given, "Parameters": {"mine": "1", **kept}})
    assert glue.get_table(**place, Name="events")["Table"]["Parameters"] == {"mine": "1", **kept}
    glue.delete_table(**place, Name="events")
    assert provider.is_gone("get_table", **place, Name="events")


def test_catalog_table_of_a_view_is_done_at_once(provider: Provider) -> None:
    glue, place = provider.glue, {**CATALOG, "DatabaseName": "sales"}
    glue.create_database(**CATALOG, DatabaseInput={"Name": "sales"})
    representation = {"Dialect": "SPARK", "DialectVersion": "1.0", "ViewOriginalText": "select 1"}
    view = {
        "Name": "v",
        "TableType": "VIRTUAL_VIEW",
        "ViewDefinition": {"IsProtected": False, "Representations": [representation]},
    }
    glue.create_table(**place, TableInput=view)
    waited_for = glue.get_table(**place, Name="v", IncludeStatusDetails=True)["Table"]
    assert waited_for["Status"]["State"] == "SUCCESS"


def test_partition(table: Provider) -> None:
    glue, place = table.glue, {**CATALOG, "DatabaseName": "sales", "TableName": "orders"}
    glue.create_partition(**place, PartitionInput={"Values": ["1"], "Parameters": {"a": "1"}})
    partition = glue.get_partition(**place, PartitionValues=["1"])["Partition"]
    assert partition.pop("CreationTime")
    assert partition == {**place, "Values": ["1"], "Parameters": {"a": "1"}}
    glue.update_partition(
        **place, PartitionValueList=["1"], PartitionInput={"Values": ["1"], "Parameters": {"b": "2"}}
    )
    assert glue.get_partition(**place, PartitionValues=["1"])["Partition"]["Parameters"] == {"b": "2"}
    glue.delete_partition(**place, PartitionValues=["1"])
    assert table.is_gone("get_partition", **place, PartitionValues=["1"])


def test_partition_index(table: Provider) -> None:
    glue, place = table.glue, {**CATALOG, "DatabaseName": "sales", "TableName": "orders"}

    def listed() -> list[tuple[str, str]]:
        found = glue.get_partition_indexes(**place)["PartitionIndexDescriptorList"]
        return [(each["IndexName"], each["IndexStatus"]) for each in found]

    glue.create_partition_index(**place, PartitionIndex={"IndexName": "by_day", "Keys": ["day"]})
    assert listed() == [("by_day", "CREATING")]
    table.work()
    assert listed() == [("by_day", "ACTIVE")]
    glue.delete_partition_index(**place, IndexName="by_day")
    assert listed() == [("by_day", "DELETING")]
    table.work()
    assert listed() == []


def test_user_defined_function(table: Provider) -> None:
    glue, place = table.glue, {**CATALOG, "DatabaseName": "sales"}
    given = {
        "FunctionName": "f",
        "ClassName": "C",
        "OwnerName": "o",
        "OwnerType": "GROUP",
        "ResourceUris": [{"ResourceType": "JAR", "Uri": "s3://x/f.jar"}],
    }
    glue.create_user_defined_function(**place, FunctionInput=given)
    function = glue.get_user_defined_function(**place, FunctionName="f")["UserDefinedFunction"]
    assert {key: function[key] for key in given} == given
    assert (function["CatalogId"], function["DatabaseName"]) == (ROOT_ACCOUNT, "sales")
    assert function["CreateTime"]
    glue.update_user_defined_function(**place, FunctionName="f", FunctionInput={**given, "ClassName": "D"})
    function = glue.get_user_defined_function(**place, FunctionName="f")["UserDefinedFunction"]
    assert function["ClassName"] == "D"
    glue.delete_user_defined_function(**place, FunctionName="f")
    assert table.is_gone("get_user_defined_function", **place, FunctionName="f")


def test_connection(provider: Provider) -> None:
    glue = provider.glue
    properties = {"JDBC_CONNECTION_URL": "jdbc:mysql://h/d", "USERNAME": "u", "PASSWORD": "p"}
    given = {"Name": "db", "ConnectionType": "JDBC", "ConnectionProperties": properties}
    glue.create_connection(**CATALOG, ConnectionInput=given, Tags={"a": "1"})
    connection = glue.get_connection(**CATALOG, Name="db")["Connection"]
    assert {key: connection[key] for key in given} == given
    assert provider.tags("connection/db") == {"a": "1"}
    changed = {**given, "Description": "d", "ConnectionProperties": {**properties, "USERNAME": "v"}}
    glue.update_connection(**CATALOG, Name="db", ConnectionInput=changed)
    connection = glue.get_connection(**CATALOG, Name="db")["Connection"]
    assert {key: connection[key] for key in changed} == changed
    glue.delete_connection(**CATALOG, ConnectionName="db")
    assert provider.is_gone("get_connection", **CATALOG, Name="db")


def test_security_configuration(provider: Provider) -> None:
    glue = provider.glue
    given = {
        "CloudWatchEncryption": {"CloudWatchEncryptionMode": "DISABLED"},
        "JobBookmarksEncryption": {"JobBookmarksEncryptionMode": "DISABLED"},
        "S3Encryption": [{"S3EncryptionMode": "DISABLED"}],
    }
    glue.create_security_configuration(Name="s", EncryptionConfiguration=given)
    shown = glue.get_security_configuration(Name="s")["SecurityConfiguration"]
    assert (shown["Name"], shown["EncryptionConfiguration"]) == ("s", given)
    glue.delete_security_configuration(Name="s")
    assert provider.is_gone("get_security_configuration", Name="s")


def test_data_catalog_encryption_settings(provider: Provider) -> None:
    glue = provider.glue
    given = {
        "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": False},
        "EncryptionAtRest": {"CatalogEncryptionMode": "DISABLED"},
    }
    glue.put_data_catalog_encryption_settings(**CATALOG, DataCatalogEncryptionSettings=given)
    shown = glue.get_data_catalog_encryption_settings(**CATALOG)["DataCatalogEncryptionSettings"]
    assert shown == given
    key = provider.kms.create_key()["KeyMetadata"]["Arn"]
    for mode in ("SSE-KMS", "SSE-KMS-WITH-SERVICE-ROLE"):
        at_rest = {"CatalogEncryptionMode": mode, "SseAwsKmsKeyId": key}
        if mode.endswith("ROLE"):
            at_rest["CatalogEncryptionServiceRole"] = f"arn:aws:iam::{ROOT_ACCOUNT}:role/catalog"
        passwords = {"ReturnConnectionPasswordEncrypted": True, "AwsKmsKeyId": key}
        given = {"ConnectionPasswordEncryption": passwords, "EncryptionAtRest": at_rest}
        glue.put_data_catalog_encryption_settings(**CATALOG, DataCatalogEncryptionSettings=given)
        shown = glue.get_data_catalog_encryption_settings(**CATALOG)["DataCatalogEncryptionSettings"]
        assert shown == given
    glue.put_data_catalog_encryption_settings(**CATALOG, DataCatalogEncryptionSettings={})
    shown = glue.get_data_catalog_encryption_settings(**CATALOG)["DataCatalogEncryptionSettings"]
    assert shown["EncryptionAtRest"]["CatalogEncryptionMode"] == "DISABLED"


def test_resource_policy(provider: Provider) -> None:
    glue = provider.glue

    def policy(action: str) -> str:
        statement = {
            "Effect": "Allow",
            "Action": [action],
            "Resource": [f"{ARN}:*"],
            "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    assert provider.is_gone("get_resource_policy")
    glue.put_resource_policy(PolicyInJson=policy("glue:GetTable"), PolicyExistsCondition="NOT_EXIST")
    assert json.loads(glue.get_resource_policy()["PolicyInJson"]) == json.loads(policy("glue:GetTable"))
    glue.put_resource_policy(PolicyInJson=policy("glue:GetTables"), PolicyExistsCondition="MUST_EXIST")
    assert json.loads(glue.get_resource_policy()["PolicyInJson"]) == json.loads(policy("glue:GetTables"))
    glue.delete_resource_policy()
    assert provider.is_gone("get_resource_policy")
