"""Operations on the export of an account's catalog that the server keeps up to date."""

from isinglass.model.glue.errors import EntityNotFoundException
from isinglass.model.glue.shapes import (
    GetDataCatalogExportConfigurationInput,
    GetDataCatalogExportConfigurationOutput,
    PutDataCatalogExportConfigurationInput,
    PutDataCatalogExportConfigurationOutput,
)
from isinglass.operations.catalog.scope import refuse
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.catalog_exports import CatalogExport, Status
from isinglass.transfer.kept_export import KIND, bucket_of, work_key


@implements("PutDataCatalogExportConfiguration")
def put_data_catalog_export_configuration(
    ctx: Context, request: PutDataCatalogExportConfigurationInput
) -> PutDataCatalogExportConfigurationOutput:
    """Say whether the catalog is exported; the answer does not wait until that is so."""
    refuse("PutDataCatalogExportConfiguration", request, "EncryptionConfiguration")
    setting = request["ExportSetting"]
    status: Status = "ENABLING" if setting == "ENABLED" else "DISABLING"
    with ctx.store.begin() as tx:
        export = CatalogExport(ctx.account_id, setting, status, ctx.region, ctx.now, ctx.now)
        if not tx.catalog_exports.insert(export):
            present = tx.catalog_exports.find(ctx.account_id, lock=True)
            if present is not None and present.setting == setting and present.status != "FAILED":
                return {"ExportSetting": setting}
            tx.catalog_exports.ask(ctx.account_id, setting=setting, status=status, now=ctx.now)
        # What waits for its next look begins now; what runs looks at the setting when it ends.
        tx.work.cancel(work_key(ctx.account_id))
        tx.work.enqueue(KIND, ctx.account_id, {}, now=ctx.now, dedupe_key=work_key(ctx.account_id))
    return {"ExportSetting": setting}


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
    if export.exported_at is not None:
        shown["S3TableBucketArn"] = f"arn:aws:s3:::{bucket_of(ctx.account_id)}"
    return shown
