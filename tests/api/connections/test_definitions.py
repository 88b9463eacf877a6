"""Connections, as boto3 sees them, and what of them lies in the database."""

from typing import Any

import pytest
import sqlalchemy as sa
from api_fixtures import call
from botocore.exceptions import ClientError

ARN = "arn:aws:glue:eu-west-1:123456789012:connection/pg"
PROPERTIES = {"JDBC_CONNECTION_URL": "jdbc:postgresql://h/db", "USERNAME": "u", "PASSWORD": "hush-hush"}


def _input(name: str = "pg", **members: Any) -> Any:
    return {"Name": name, "ConnectionType": "JDBC", "ConnectionProperties": PROPERTIES, **members}


def _error(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def _properties(glue: Any, **arguments: Any) -> dict[str, str]:
    found: dict[str, str] = glue.get_connection(Name="pg", **arguments)["Connection"]["ConnectionProperties"]
    return found


def test_connection_reads_back_with_its_password(glue: Any) -> None:
    given = _input(
        Description="d",
        MatchCriteria=["a"],
        PhysicalConnectionRequirements={"SubnetId": "s", "SecurityGroupIdList": ["g"]},
    )
    made = glue.create_connection(ConnectionInput=given, Tags={"team": "a"})
    assert made["CreateConnectionStatus"] == "READY"
    connection = glue.get_connection(Name="pg")["Connection"]
    assert connection.pop("CreationTime") == connection.pop("LastUpdatedTime")
    assert connection == {
        **given,
        "LastUpdatedBy": "arn:aws:iam::123456789012:root",
        "Status": "READY",
        "ConnectionSchemaVersion": 1,
    }
    assert glue.get_tags(ResourceArn=ARN)["Tags"] == {"team": "a"}
    again = _error(glue.create_connection, ConnectionInput=given)
    assert again == ("AlreadyExistsException", "Connection pg already exists.")


def test_passwords_can_be_hidden_or_returned_encrypted(glue: Any) -> None:
    properties = {**PROPERTIES, "KAFKA_CLIENT_KEY_PASSWORD": "psst"}
    glue.create_connection(ConnectionInput=_input(ConnectionProperties=properties))
    public = {key: properties[key] for key in ("JDBC_CONNECTION_URL", "USERNAME")}
    assert _properties(glue, HidePassword=True) == public
    assert _properties(glue) == properties
    passwords = {"ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": True}}
    glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings=passwords)
    encrypted = _properties(glue)
    assert encrypted.keys() == {*public, "ENCRYPTED_PASSWORD", "ENCRYPTED_KAFKA_CLIENT_KEY_PASSWORD"}
    assert not {"hush-hush", "psst"} & set(encrypted.values())
    assert _properties(glue) == encrypted  # the same at every read: nothing has changed
    [listed] = glue.get_connections()["ConnectionList"]
    assert listed["ConnectionProperties"] == encrypted
    assert _properties(glue, HidePassword=True) == public


def test_secrets_do_not_lie_in_the_clear(glue: Any, api: Any) -> None:
    oauth2 = {
        "OAuth2GrantType": "AUTHORIZATION_CODE",
        "TokenUrl": "https://h/token",
        "AuthorizationCodeProperties": {"AuthorizationCode": "secret-code"},
        "OAuth2Credentials": {"AccessToken": "secret-token"},
    }
    authentication = {
        "AuthenticationType": "OAUTH2",
        "OAuth2Properties": oauth2,
        "BasicAuthenticationCredentials": {"Username": "u", "Password": "secret-basic"},
        "CustomAuthenticationCredentials": {"k": "secret-custom"},
    }
    spark = {"sfPassword": "secret-spark", "sfUser": "u"}
    glue.create_connection(
        ConnectionInput=_input(AuthenticationConfiguration=authentication, SparkProperties=spark)
    )
    with api.store.read() as tx:
        [row] = tx.connection.execute(sa.text("SELECT document, secrets FROM connections"))
    stored = f"{row.document} {row.secrets}"
    assert not [secret for secret in ("hush-hush", "secret-") if secret in stored]
    connection = glue.get_connection(Name="pg")["Connection"]
    shown = {key: oauth2[key] for key in ("OAuth2GrantType", "TokenUrl")}
    assert connection["AuthenticationConfiguration"] == {
        "AuthenticationType": "OAUTH2",
        "OAuth2Properties": shown,
    }
    assert (connection["SparkProperties"], connection["ConnectionSchemaVersion"]) == (spark, 2)


def test_connection_updated_loses_what_was_left_out(glue: Any) -> None:
    glue.create_connection(ConnectionInput=_input(Description="d"))
    left = {"JDBC_CONNECTION_URL": "jdbc:postgresql://h/db", "USERNAME": "v"}
    glue.update_connection(Name="pg", ConnectionInput=_input(ConnectionProperties=left))
    connection = glue.get_connection(Name="pg")["Connection"]
    assert ("Description" in connection, connection["ConnectionProperties"]) == (False, left)
    assert connection["LastUpdatedTime"] > connection["CreationTime"]
    assert _error(glue.update_connection, Name="pg", ConnectionInput=_input("other")) == (
        "InvalidInputException",
        "Connection pg cannot be renamed to other",
    )


def test_connections_are_listed_by_filter_in_pages(glue: Any, api: Any) -> None:
    glue.create_connection(ConnectionInput=_input("c", MatchCriteria=["x", "y"]))
    glue.create_connection(ConnectionInput=_input("a", MatchCriteria=["x"]))
    network = {"Name": "b", "ConnectionType": "NETWORK", "ConnectionProperties": {}}
    glue.create_connection(ConnectionInput=network)

    def names(**wanted: Any) -> list[str]:
        pages = glue.get_paginator("get_connections").paginate(
            Filter=wanted, PaginationConfig={"PageSize": 1}
        )
        return [connection["Name"] for page in pages for connection in page["ConnectionList"]]

    assert names() == ["a", "b", "c"]
    assert names(ConnectionType="JDBC", MatchCriteria=["x"]) == ["a", "c"]
    assert names(MatchCriteria=["y", "x"]) == ["c"]
    assert names(ConnectionSchemaVersion=2) == []
    assert api.client("glue", "210987654321").get_connections()["ConnectionList"] == []


def test_connections_deleted_are_gone_with_their_tags(glue: Any) -> None:
    missing = ("EntityNotFoundException", "Connection pg not found.")
    for name in ("pg", "other", "third"):
        glue.create_connection(ConnectionInput=_input(name), Tags={"a": "1"})
    glue.delete_connection(ConnectionName="pg")
    assert _error(glue.delete_connection, ConnectionName="pg") == missing
    assert _error(glue.get_connection, Name="pg") == missing
    assert _error(glue.update_connection, Name="pg", ConnectionInput=_input()) == missing
    assert _error(glue.get_tags, ResourceArn=ARN)[0] == "EntityNotFoundException"
    answer = glue.batch_delete_connection(ConnectionNameList=["third", "pg", "other"])
    detail = {"ErrorCode": missing[0], "ErrorMessage": missing[1]}
    assert (answer["Succeeded"], answer["Errors"]) == (["other", "third"], {"pg": detail})
    glue.create_connection(ConnectionInput=_input())
    assert glue.get_tags(ResourceArn=ARN)["Tags"] == {}


def test_secrets_are_known_by_their_names(glue: Any, api: Any) -> None:
    hidden = {
        "KAFKA_SASL_GSSAPI_KEYTAB": "s3cret-keytab",
        "KAFKA_CLIENT_KEY_PASSWORD": "s3cret-key",
    }
    shown = {
        "KAFKA_BOOTSTRAP_SERVERS": "h:9092",
        "SECRET_ID": "an-id",
        "KAFKA_SASL_SCRAM_SECRETS_ARN": "an-arn",
        "KAFKA_CLIENT_KEYSTORE": "s3://b/k",
    }
    spark_hidden = {
        "sfToken": "s3cret-token", "aws_secret_access_key": "s3cret-aws", "private-key": "s3cret-pem",
        "apiKey": "s3cret-api",
    }  # fmt: skip
    spark_shown = {"aws_access_key_id": "AKIA", "token_url": "https://h/token", "dbtable": "t"}
    parameters = {"audience": "a", "client_secret": "s3cret-client"}
    authentication = {
        "AuthenticationType": "OAUTH2",
        "OAuth2Properties": {"TokenUrl": "https://h/token", "TokenUrlParametersMap": parameters},
    }
    glue.create_connection(
        ConnectionInput=_input(
            ConnectionType="KAFKA",
            ConnectionProperties={**hidden, **shown},
            SparkProperties={**spark_hidden, **spark_shown},
            AuthenticationConfiguration=authentication,
        )
    )
    with api.store.read() as tx:
        [row] = tx.connection.execute(sa.text("SELECT document, secrets FROM connections"))
    assert "s3cret" not in f"{row.document} {row.secrets}"
    assert _properties(glue) == {**hidden, **shown}
    assert _properties(glue, HidePassword=True) == shown
    connection = glue.get_connection(Name="pg", HidePassword=True)["Connection"]
    assert connection["SparkProperties"] == spark_shown
    oauth2 = connection["AuthenticationConfiguration"]["OAuth2Properties"]
    assert oauth2["TokenUrlParametersMap"] == {"audience": "a"}


def test_password_within_a_url_is_sealed_and_hidden(glue: Any, api: Any) -> None:
    url = "jdbc:postgresql://u:s3cret@h/db?sslmode=require"
    custom = "mongodb://h/db?password=s3cret&x=1"
    given = _input(
        ConnectionProperties={"JDBC_CONNECTION_URL": url}, SparkProperties={"url": custom, "dbtable": "t"}
    )
    glue.create_connection(ConnectionInput=given)
    with api.store.read() as tx:
        [row] = tx.connection.execute(sa.text("SELECT document, secrets FROM connections"))
    assert "s3cret" not in f"{row.document} {row.secrets}"
    shown = glue.get_connection(Name="pg")["Connection"]
    assert {key: shown[key] for key in given} == given
    hidden = glue.get_connection(Name="pg", HidePassword=True)["Connection"]
    assert (hidden["ConnectionProperties"], hidden["SparkProperties"]) == (
        {"JDBC_CONNECTION_URL": "jdbc:postgresql://u@h/db?sslmode=require"},
        {"url": "mongodb://h/db?password=&x=1", "dbtable": "t"},
    )
    # The log is written a moment after the answer.
    while not call(api, "ListAuditEvents", {"Operation": "CreateConnection"})[1]["Events"]:
        pass
    logs = [path.read_text() for path in (api.access_log.parent / "logs").rglob("*.jsonl")]
    assert any("jdbc:postgresql://u" in text for text in logs)
    assert not any("s3cret" in text for text in logs)
