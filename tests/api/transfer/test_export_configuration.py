"""The export that the server keeps: what is wanted of it and what is told; tests/e2e has it carried out."""

import pytest
from botocore.exceptions import ClientError

from isinglass.store.work_context import WorkContext
from isinglass.transfer.kept_export import KIND, KeptExport


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


def test_encryption_is_told_and_another_one_asks_for_another_export(glue, api):
    wanted = {"SseAlgorithm": "AES256"}
    answer = glue.put_data_catalog_export_configuration(
        ExportSetting="ENABLED", EncryptionConfiguration=wanted
    )
    found = glue.get_data_catalog_export_configuration()
    assert answer["EncryptionConfiguration"] == found["EncryptionConfiguration"] == wanted
    with api.store.begin() as tx:
        tx.catalog_exports.set_status("123456789012", "ENABLED")
    glue.put_data_catalog_export_configuration(ExportSetting="ENABLED", EncryptionConfiguration=wanted)
    assert shown(glue)["Status"] == "ENABLED"
    key = api.client("kms").create_key()["KeyMetadata"]["Arn"]
    keyed = {"SseAlgorithm": "aws:kms", "KmsKeyArn": key}
    glue.put_data_catalog_export_configuration(ExportSetting="ENABLED", EncryptionConfiguration=keyed)
    found = glue.get_data_catalog_export_configuration()
    assert (found["Status"], found["EncryptionConfiguration"]) == ("ENABLING", keyed)


def test_export_that_ends_after_another_was_asked_for_is_begun_anew(glue, api):
    glue.put_data_catalog_export_configuration(ExportSetting="ENABLED")
    keyed = {"SseAlgorithm": "AES256"}

    class Services:
        """Where objects are, which nobody learns in time."""

        def storage_access(self, _account_id):
            glue.put_data_catalog_export_configuration(ExportSetting="ENABLED", EncryptionConfiguration=keyed)
            raise ConnectionError

    with api.store.begin() as tx:
        [item] = tx.work.claim([KIND], worker="w", now=2e9, lease_seconds=60, limit=9)
    KeptExport(api.url, Services())(WorkContext(api.store, lambda: 2e9), item)
    found = glue.get_data_catalog_export_configuration()
    assert (found["Status"], found["EncryptionConfiguration"]) == ("ENABLING", keyed)
    with api.store.begin() as tx:
        assert [
            again.id for again in tx.work.claim([KIND], worker="w", now=2e9, lease_seconds=60, limit=9)
        ] == [item.id]


def test_encryption_that_cannot_be_carried_out_is_refused(glue, api):
    kms = api.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.disable_key(KeyId=key)
    for wanted, why in (
        ({"SseAlgorithm": "aws:kms", "KmsKeyArn": key}, f"The key {key} is disabled."),
        ({"SseAlgorithm": "AES256", "KmsKeyArn": key}, "A KmsKeyArn is for the SseAlgorithm aws:kms alone"),
    ):
        assert refusal(
            glue.put_data_catalog_export_configuration,
            ExportSetting="ENABLED",
            EncryptionConfiguration=wanted,
        ) == ("InvalidInputException", why)
    assert refusal(glue.get_data_catalog_export_configuration)[0] == "EntityNotFoundException"


def test_setting_that_is_none_refused(glue):
    code, message = refusal(glue.put_data_catalog_export_configuration, ExportSetting="MAYBE")
    assert code in {"ValidationException", "InvalidInputException"}
    assert "[ENABLED, DISABLED]" in message or "ENABLED" in message


def test_export_of_another_account_is_its_own(glue, api):
    glue.put_data_catalog_export_configuration(ExportSetting="ENABLED")
    other = api.client("glue", "210987654321")
    assert refusal(other.get_data_catalog_export_configuration)[0] == "EntityNotFoundException"
