"""How stored catalog objects look in answers."""

from collections.abc import Sequence
from typing import Any

from isinglass.model.api_error import ApiError
from isinglass.model.glue.errors import InvalidInputException
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.databases import Database
from isinglass.store.partitions import Partition


def database(catalog: str, stored: Database, attributes: Sequence[str] = ()) -> Any:
    """Show a database, or only the attributes asked for."""
    if attributes:
        if "NAME" not in attributes:
            raise InvalidInputException("AttributesToGet must contain NAME")
        shown: dict[str, Any] = {"Name": stored.name}
        if "TARGET_DATABASE" in attributes and "TargetDatabase" in stored.document:
            shown["TargetDatabase"] = stored.document["TargetDatabase"]
        return shown
    return {**stored.document, "CreateTime": stored.created_at, "CatalogId": catalog}


def table(stored: CatalogTable, attributes: Sequence[str] = ()) -> Any:
    """Show a table at one of its versions, or only the attributes asked for."""
    if attributes and "DEFAULT" not in attributes:
        if "NAME" not in attributes:
            raise InvalidInputException("AttributesToGet must contain NAME")
        shown = {"Name": stored.name, "DatabaseName": stored.database_name}
        if "TABLE_TYPE" in attributes and "TableType" in stored.document:
            shown["TableType"] = stored.document["TableType"]
        return shown
    return {
        **stored.document,
        "DatabaseName": stored.database_name,
        "CreateTime": stored.created_at,
        "UpdateTime": stored.updated_at,
        "CreatedBy": stored.created_by,
        "IsRegisteredWithLakeFormation": False,
        "IsMultiDialectView": False,
        "IsMaterializedView": False,
        "CatalogId": stored.catalog_id,
        "VersionId": str(stored.version),
    }


def table_version(stored: CatalogTable) -> Any:
    """Show a version of a table."""
    return {"Table": table(stored), "VersionId": str(stored.version)}


def partition(of: CatalogTable, stored: Partition, *, columns: bool = True) -> Any:
    """Show a partition, on demand without the columns that repeat in every one."""
    document = stored.document
    if not columns and "StorageDescriptor" in document:
        descriptor = {k: v for k, v in document["StorageDescriptor"].items() if k != "Columns"}
        document = {**document, "StorageDescriptor": descriptor}
    return {
        **document,
        "Values": stored.values,
        "DatabaseName": of.database_name,
        "TableName": of.name,
        "CreationTime": stored.created_at,
        "CatalogId": of.catalog_id,
    }


def error_detail(error: ApiError) -> Any:
    """Show an error of one entry of a batch."""
    return {"ErrorCode": error.code, "ErrorMessage": error.message}
