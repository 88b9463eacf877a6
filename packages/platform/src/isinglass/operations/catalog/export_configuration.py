"""Operations on the export of an account's catalog that the server keeps up to date."""

from collections.abc import Mapping
from typing import Any

from isinglass.domain.permissions.copies import EXPORT_KEY
from isinglass.model.glue.errors import EntityNotFoundException, InvalidInputException
from isinglass.model.glue.shapes import (
    GetDataCatalogExportConfigurationInput,
    GetDataCatalogExportConfigurationOutput,
    PutDataCatalogExportConfigurationInput,
    PutDataCatalogExportConfigurationOutput,
)
from isinglass.operations.context import Context
from isinglass.operations.key_names import usable_key
from isinglass.operations.registry import implements
from isinglass.store.catalog_exports import CatalogExport, Status
from isinglass.store.key_use import KeyUnavailable
from isinglass.store.store import Transaction
from isinglass.transfer.kept_export import KIND, bucket_of, work_key

#: What encrypts with aws:kms where no key is named.
_OWN_KEY = "alias/aws/s3"


@implements("PutDataCatalogExportConfiguration")
def put_data_catalog_export_configuration(
    ctx: Context, request: PutDataCatalogExportConfigurationInput
) -> PutDataCatalogExportConfigurationOutput:
    """Say whether the catalog is exported; the answer does not wait until that is so."""
    setting = request["ExportSetting"]
    encryption: Any = request.get("EncryptionConfiguration")
    status: Status = "ENABLING" if setting == "ENABLED" else "DISABLING"
    with ctx.store.begin() as tx:
        _check_encryption(ctx, tx, encryption or {})
        export = CatalogExport(
            ctx.account_id, setting, status, ctx.region, ctx.now, ctx.now, encryption=encryption
        )
        if not tx.catalog_exports.insert(export):
            present = tx.catalog_exports.find(ctx.account_id, lock=True)
            asked = present is not None and (present.setting, present.encryption) == (setting, encryption)
            if present is not None and asked and present.status != "FAILED":
                return _answer(present)
            tx.catalog_exports.ask(
                ctx.account_id, setting=setting, status=status, encryption=encryption, now=ctx.now
            )
        # What waits for its next look begins now; what runs looks at the setting when it ends.
        tx.work.cancel(work_key(ctx.account_id))
        tx.work.enqueue(KIND, ctx.account_id, {}, now=ctx.now, dedupe_key=work_key(ctx.account_id))
    return _answer(export)


def _check_encryption(ctx: Context, tx: Transaction, given: Mapping[str, str]) -> None:
    """Refuse a key that the export could not be encrypted with, or not for this caller."""
    reference = given.get("KmsKeyArn")
    if given.get("SseAlgorithm") != "aws:kms":
        if reference:
            raise InvalidInputException("A KmsKeyArn is for the SseAlgorithm aws:kms alone")
        return
    context = {"aws:s3:arn": f"arn:aws:s3:::{bucket_of(ctx.account_id)}/{EXPORT_KEY}"}
    try:
        usable_key(ctx, tx, reference or _OWN_KEY, "kms:GenerateDataKey", context, via="s3")
    except KeyUnavailable as error:
        raise InvalidInputException(str(error)) from error


def _answer(export: CatalogExport) -> PutDataCatalogExportConfigurationOutput:
    answer: PutDataCatalogExportConfigurationOutput = {"ExportSetting": export.setting}
    if export.encryption is not None:
        encryption: Any = export.encryption  # as the shape that was put
        answer["EncryptionConfiguration"] = encryption
    return answer


@implements("GetDataCatalogExportConfiguration")
def get_data_catalog_export_configuration(
    ctx: Context,
    request: GetDataCatalogExportConfigurationInput,  # noqa: ARG001 - it asks for nothing in particular
) -> GetDataCatalogExportConfigurationOutput:
    with ctx.store.read() as tx:
        export = tx.catalog_exports.find(ctx.account_id)
    if export is None:
        raise EntityNotFoundException("The export of the data catalog has not been configured.")
    shown: GetDataCatalogExportConfigurationOutput = {
        "ExportSetting": export.setting,
        "Status": export.status,
        "CreatedAt": export.created_at,
        "UpdatedAt": export.updated_at,
    }
    if export.encryption is not None:
        encryption: Any = export.encryption  # as the shape that was put
        shown["EncryptionConfiguration"] = encryption
    if export.exported_at is not None:
        shown["S3TableBucketArn"] = f"arn:aws:s3:::{bucket_of(ctx.account_id)}"
    return shown
