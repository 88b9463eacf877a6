"""Security configurations and catalog encryption settings, as boto3 sees them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

KEY = "arn:aws:kms:eu-west-1:123456789012:key/k"
DEFAULTS = {
    "EncryptionAtRest": {"CatalogEncryptionMode": "DISABLED"},
    "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": False},
}


def _code(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["Error"]["Code"])


def test_security_configuration_reads_back_only_what_was_given(glue: Any) -> None:
    given = {
        "S3Encryption": [{"S3EncryptionMode": "DISABLED", "KmsKeyArn": KEY}],
        "JobBookmarksEncryption": {"JobBookmarksEncryptionMode": "DISABLED"},
    }
    made = glue.create_security_configuration(Name="strict", EncryptionConfiguration=given)
    found = glue.get_security_configuration(Name="strict")["SecurityConfiguration"]
    created = made["CreatedTimestamp"]
    assert made["Name"] == "strict"
    assert found == {"Name": "strict", "CreatedTimeStamp": created, "EncryptionConfiguration": given}
    again = _code(glue.create_security_configuration, Name="strict", EncryptionConfiguration={})
    assert again == "AlreadyExistsException"


def test_security_configurations_are_listed_in_pages_and_deleted(glue: Any, api: Any) -> None:
    for name in ("c", "a", "b"):
        glue.create_security_configuration(Name=name, EncryptionConfiguration={})
    other = api.client("glue", "210987654321")
    assert other.get_security_configurations()["SecurityConfigurations"] == []
    pages = glue.get_paginator("get_security_configurations").paginate(PaginationConfig={"PageSize": 1})
    assert [each["Name"] for page in pages for each in page["SecurityConfigurations"]] == ["a", "b", "c"]
    glue.delete_security_configuration(Name="b")
    for call in (glue.delete_security_configuration, glue.get_security_configuration):
        assert _code(call, Name="b") == "EntityNotFoundException"


def test_catalog_encryption_settings_are_replaced_as_a_whole(api: Any, glue: Any) -> None:
    made = api.client("kms").create_key()["KeyMetadata"]["Arn"]

    def settings() -> Any:
        return glue.get_data_catalog_encryption_settings()["DataCatalogEncryptionSettings"]

    assert settings() == DEFAULTS
    at_rest = {"CatalogEncryptionMode": "DISABLED", "SseAwsKmsKeyId": KEY}
    glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings={"EncryptionAtRest": at_rest})
    assert settings() == {**DEFAULTS, "EncryptionAtRest": at_rest}
    passwords = {"ReturnConnectionPasswordEncrypted": True, "AwsKmsKeyId": made}
    changed = {"ConnectionPasswordEncryption": passwords}
    glue.put_data_catalog_encryption_settings(CatalogId="123456789012", DataCatalogEncryptionSettings=changed)
    assert settings() == {**DEFAULTS, **changed}
    glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings={})
    assert settings() == DEFAULTS
    foreign = _code(glue.get_data_catalog_encryption_settings, CatalogId="210987654321")
    assert foreign == "AccessDeniedException"
