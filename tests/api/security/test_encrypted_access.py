"""Who can read and write an encrypted catalog: whoever may use its key, or everyone through a role."""

import base64
import json
from typing import Any

import pytest
from access_fixtures import allow, make_user
from api_fixtures import ROOT_ACCOUNT, Api
from identity_clients import allowing, error_of, trust

OTHER = "210987654321"
TABLE = {"Name": "t", "StorageDescriptor": {"Columns": [{"Name": "c", "Type": "int"}]}}
OF_TABLE = {"DatabaseName": "d", "Name": "t"}


@pytest.fixture
def key(api: Api) -> str:
    """The ARN of a key of the root account."""
    made: str = api.client("kms").create_key()["KeyMetadata"]["Arn"]
    return made


def _settings(mode: str = "SSE-KMS", **at_rest: str) -> dict[str, Any]:
    return {"DataCatalogEncryptionSettings": {"EncryptionAtRest": {"CatalogEncryptionMode": mode, **at_rest}}}


def _fill(glue: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "d"})
    glue.create_table(DatabaseName="d", TableInput=TABLE)


def _denied(arn: str, action: str, resource: str) -> tuple[str, str]:
    message = f"User: {arn} is not authorized to perform: {action} on resource: {resource} "
    return "AccessDeniedException", f"{message}because no identity-based policy allows the {action} action"


def test_caller_needs_the_permissions_that_glue_names_on_the_key(api: Api, glue: Any, key: str):
    reader = make_user(api, "reader", ROOT_ACCOUNT, allow("glue:*"), allow("kms:Decrypt", on=key))
    nobody = make_user(api, "nobody", ROOT_ACCOUNT, allow("glue:*"))
    refused = error_of(
        nobody.client("glue").put_data_catalog_encryption_settings, **_settings(SseAwsKmsKeyId=key)
    )
    assert refused == _denied(nobody.arn, "kms:GenerateDataKey", key)
    glue.put_data_catalog_encryption_settings(**_settings(SseAwsKmsKeyId=key))
    _fill(glue)
    mine = nobody.client("glue")
    assert error_of(mine.get_table, **OF_TABLE) == _denied(nobody.arn, "kms:Decrypt", key)
    assert error_of(mine.get_tables, DatabaseName="d") == _denied(nobody.arn, "kms:Decrypt", key)
    assert error_of(mine.search_tables) == _denied(nobody.arn, "kms:Decrypt", key)
    # Refused only where there is something to find, a search would tell which words there are.
    assert [mine.search_tables(SearchText=text)["TableList"] for text in ("t", "nothing")] == [[], []]
    theirs = reader.client("glue")
    found = [each.search_assets(SearchText="c")["Items"] for each in (mine, theirs)]
    assert [[item["AssetName"] for item in items] for items in found] == [[], ["t"]]
    assert [table["Name"] for table in theirs.search_tables(SearchText="t")["TableList"]] == ["t"]
    assert theirs.get_table(**OF_TABLE)["Table"]["Name"] == "t"
    refused = error_of(theirs.create_table, DatabaseName="d", TableInput=TABLE | {"Name": "u"})
    assert refused == _denied(reader.arn, "kms:GenerateDataKey", key)
    assert [table["Name"] for table in glue.get_tables(DatabaseName="d")["TableList"]] == ["t"]


def test_own_key_of_the_service_serves_everyone_whom_glue_lets_in(api: Api, glue: Any):
    ana = make_user(api, "ana", ROOT_ACCOUNT, allow("glue:*"))
    glue.put_data_catalog_encryption_settings(**_settings())
    _fill(glue)
    assert ana.client("glue").get_table(**OF_TABLE)["Table"]["Name"] == "t"


def test_service_role_is_what_needs_the_key_and_whoever_names_it_must_be_allowed_to(
    api: Api, glue: Any, key: str
):
    iam = api.client("iam")
    trusted = trust({"Service": "glue.amazonaws.com"})
    role = iam.create_role(RoleName="keeper", AssumeRolePolicyDocument=trusted)["Role"]["Arn"]
    ana = make_user(api, "ana", ROOT_ACCOUNT, allow("glue:*"))
    settings = _settings("SSE-KMS-WITH-SERVICE-ROLE", SseAwsKmsKeyId=key, CatalogEncryptionServiceRole=role)
    refused = error_of(ana.client("glue").put_data_catalog_encryption_settings, **settings)
    assert refused == _denied(ana.arn, "iam:PassRole", role)
    acting = f"arn:aws:sts::{ROOT_ACCOUNT}:assumed-role/keeper/glue"
    refused = error_of(glue.put_data_catalog_encryption_settings, **settings)
    assert refused == _denied(acting, "kms:GenerateDataKey", key)
    iam.put_role_policy(RoleName="keeper", PolicyName="key", PolicyDocument=allowing("kms:*", key))
    glue.put_data_catalog_encryption_settings(**settings)
    _fill(ana.client("glue"))
    assert ana.client("glue").get_table(**OF_TABLE)["Table"]["Name"] == "t"
    iam.delete_role_policy(RoleName="keeper", PolicyName="key")
    assert error_of(glue.get_table, **OF_TABLE) == _denied(acting, "kms:Decrypt", key)


def test_other_account_needs_the_key_of_a_catalog_that_is_shared_with_it(api: Api, glue: Any, key: str):
    glue.put_data_catalog_encryption_settings(**_settings(SseAwsKmsKeyId=key))
    _fill(glue)
    shared = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"},
        "Action": "glue:*",
        "Resource": f"arn:aws:glue:eu-west-1:{ROOT_ACCOUNT}:*",
    }
    glue.put_resource_policy(PolicyInJson=json.dumps({"Version": "2012-10-17", "Statement": [shared]}))
    theirs = api.client("glue", OTHER)
    code, message = error_of(theirs.get_table, CatalogId=ROOT_ACCOUNT, **OF_TABLE)
    assert (code, "kms:Decrypt" in message) == ("AccessDeniedException", True)
    kms = api.client("kms")
    policy = json.loads(kms.get_key_policy(KeyId=key)["Policy"])
    policy["Statement"].append(
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"},
            "Action": "kms:Decrypt",
            "Resource": "*",
        }
    )
    kms.put_key_policy(KeyId=key, Policy=json.dumps(policy))
    assert theirs.get_table(CatalogId=ROOT_ACCOUNT, **OF_TABLE)["Table"]["Name"] == "t"
    # Its own catalog has its own settings.
    theirs.create_database(DatabaseInput={"Name": "own", "Description": "in the clear"})
    assert theirs.get_database(Name="own")["Database"]["Description"] == "in the clear"


def test_connection_passwords_are_encrypted_with_the_key_and_open_with_kms_alone(
    api: Api, glue: Any, key: str
):
    properties = {"JDBC_CONNECTION_URL": "jdbc:postgresql://h/d", "USERNAME": "u", "PASSWORD": "zqsecret"}
    before = {"Name": "before", "ConnectionType": "JDBC", "ConnectionProperties": properties}
    glue.create_connection(ConnectionInput=before)
    passwords = {"ReturnConnectionPasswordEncrypted": True, "AwsKmsKeyId": key}
    settings = {"DataCatalogEncryptionSettings": {"ConnectionPasswordEncryption": passwords}}
    glue.put_data_catalog_encryption_settings(**settings)
    glue.create_connection(ConnectionInput=before | {"Name": "after"})
    kms = api.client("kms")
    listed = {each["Name"]: each["ConnectionProperties"] for each in glue.get_connections()["ConnectionList"]}
    for name in ("before", "after"):
        shown = glue.get_connection(Name=name)["Connection"]["ConnectionProperties"]
        assert shown == listed[name]
        blob = base64.b64decode(shown.pop("ENCRYPTED_PASSWORD"))
        assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"zqsecret"
        assert shown == {key: value for key, value in properties.items() if key != "PASSWORD"}
    hidden = glue.get_connection(Name="after", HidePassword=True)["Connection"]["ConnectionProperties"]
    assert "PASSWORD" not in str(hidden)
    ana = make_user(api, "ana", ROOT_ACCOUNT, allow("glue:*"))
    refused = error_of(ana.client("glue").create_connection, ConnectionInput=before | {"Name": "hers"})
    assert refused == _denied(ana.arn, "kms:Encrypt", key)
    glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings={})
    opened = glue.get_connection(Name="before")["Connection"]["ConnectionProperties"]
    assert opened == properties
    refused = error_of(ana.client("glue").get_connection, Name="before")
    assert refused == _denied(ana.arn, "kms:Decrypt", key)
    kms.disable_key(KeyId=key)
    code, message = error_of(glue.get_connection, Name="before")
    assert (code, message.startswith(f"The key {key} is disabled.")) == ("GlueEncryptionException", True)
