"""The export that the server keeps: what is wanted of it and what is told; tests/e2e has it carried out."""

import pytest
from botocore.exceptions import ClientError


def shown(glue):
    answer = glue.get_data_catalog_export_configuration()
    return {key: answer[key] for key in ("ExportSetting", "Status", "S3TableBucketArn") if key in answer}


def refusal(call, **request):
    with pytest.raises(ClientError) as refused:
        call(**request)
    return refused.value.response["Error"]["Code"], refused.value.response["Error"]["Message"]


def waiting(api):
    """List the kinds of work that wait."""
    with api.store.begin() as tx:
        items = tx.work.claim(["catalog_export"], worker="w", now=2e9, lease_seconds=1, limit=9)
        for item in items:
            tx.work.release(item, 0)
    return [(item.kind, item.account_id) for item in items]


def test_export_never_configured_is_not_found(glue):
    assert refusal(glue.get_data_catalog_export_configuration) == (
        "EntityNotFoundException",
        "The export of the data catalog has not been configured.",
    )


def test_export_asked_for_is_enabling_until_it_is_there(glue, api):
    answer = glue.put_data_catalog_export_configuration(ExportSetting="ENABLED")
    assert answer["ExportSetting"] == "ENABLED"
    assert shown(glue) == {"ExportSetting": "ENABLED", "Status": "ENABLING"}
    glue.put_data_catalog_export_configuration(ExportSetting="ENABLED")
    assert waiting(api) == [("catalog_export", "123456789012")]
    glue.put_data_catalog_export_configuration(ExportSetting="DISABLED")
    assert shown(glue) == {"ExportSetting": "DISABLED", "Status": "DISABLING"}
    assert waiting(api) == [("catalog_export", "123456789012")]


def test_encryption_that_nothing_carries_out_is_refused(glue):
    for wanted in ({"SseAlgorithm": "AES256"}, {"SseAlgorithm": "aws:kms"}):
        assert refusal(
            glue.put_data_catalog_export_configuration,
            ExportSetting="ENABLED",
            EncryptionConfiguration=wanted,
        ) == (
            "OperationNotSupportedException",
            "PutDataCatalogExportConfiguration does not support EncryptionConfiguration yet.",
        )
    assert refusal(glue.get_data_catalog_export_configuration)[0] == "EntityNotFoundException"


def test_setting_that_is_none_refused(glue):
    code, message = refusal(glue.put_data_catalog_export_configuration, ExportSetting="MAYBE")
    assert code in {"ValidationException", "InvalidInputException"}
    assert "[ENABLED, DISABLED]" in message or "ENABLED" in message


def test_export_of_another_account_is_its_own(glue, api):
    glue.put_data_catalog_export_configuration(ExportSetting="ENABLED")
    other = api.client("glue", "210987654321")
    assert refusal(other.get_data_catalog_export_configuration)[0] == "EntityNotFoundException"
