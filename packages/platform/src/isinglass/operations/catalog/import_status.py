"""Operations about the import of an older catalog: Glue moved Athena's once; here there never was one."""

from isinglass.model.glue.shapes import (
    GetCatalogImportStatusRequest,
    GetCatalogImportStatusResponse,
    ImportCatalogToGlueRequest,
    ImportCatalogToGlueResponse,
)
from isinglass.operations.catalog.scope import catalog_of
from isinglass.operations.context import Context
from isinglass.operations.registry import implements


@implements("GetCatalogImportStatus")
def get_catalog_import_status(
    ctx: Context, request: GetCatalogImportStatusRequest
) -> GetCatalogImportStatusResponse:
    """Tell that there is nothing left to import, as on a new account of Glue."""
    catalog_of(ctx, request)
    return {"ImportStatus": {"ImportCompleted": True}}


@implements("ImportCatalogToGlue")
def import_catalog_to_glue(ctx: Context, request: ImportCatalogToGlueRequest) -> ImportCatalogToGlueResponse:
    """Import nothing, as all is here already."""
    catalog_of(ctx, request)
    return {}
