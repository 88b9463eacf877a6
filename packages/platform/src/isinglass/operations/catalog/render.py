"""How stored catalog objects look in answers."""

from collections.abc import Sequence
from typing import Any

from isinglass.domain.catalog_changes import Change, Origin, Through
from isinglass.domain.catalog_objects import FIRST_VERSION
from isinglass.domain.permissions.cutting import RESTRICTED, cut_to, names_of
from isinglass.domain.schema_diff import Difference
from isinglass.model.api_error import ApiError
from isinglass.model.glue.errors import InvalidInputException
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.databases import Database
from isinglass.store.history import TableEvent
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


def table(
    stored: CatalogTable,
    attributes: Sequence[str] = (),
    *,
    link: CatalogTable | None = None,
    status: bool = False,
) -> Any:
    """Show a table at one of its versions, or only the attributes asked for.

    Behind a link it goes by the link's names; `status` asks how the last change of a view went.
    """
    named = stored if link is None else link
    shown: dict[str, Any] = {"Name": named.name, "DatabaseName": named.database_name}
    if link is not None:
        shown |= {"CatalogId": link.catalog_id, "TargetTable": link.document["TargetTable"]}
    document = stored.document
    if attributes and "DEFAULT" not in attributes:
        if "NAME" not in attributes:
            raise InvalidInputException("AttributesToGet must contain NAME")
        if "TABLE_TYPE" in attributes and "TableType" in document:
            shown["TableType"] = document["TableType"]
        return shown
    is_view = "ViewDefinition" in document
    if status and is_view:
        shown["Status"] = _status(stored)
    return {
        **document,
        "CreateTime": stored.created_at,
        "UpdateTime": stored.updated_at,
        "CreatedBy": stored.created_by,
        "IsRegisteredWithLakeFormation": bool(stored.registered),
        "IsMultiDialectView": is_view,
        "IsMaterializedView": False,
        "CatalogId": stored.catalog_id,
        "VersionId": str(stored.version),
        **shown,
    }


def _status(view: CatalogTable) -> Any:
    """Tell how a view's last change went: it is stored at once, or was refused."""
    return {
        "RequestedBy": view.updated_by,
        "UpdatedBy": view.updated_by,
        "RequestTime": view.updated_at,
        "UpdateTime": view.updated_at,
        "Action": "CREATE" if view.version == FIRST_VERSION else "UPDATE",
        "State": "SUCCESS",
    }


def table_version(stored: CatalogTable) -> Any:
    """Show a version of a table."""
    return {"Table": table(stored), "VersionId": str(stored.version)}


def partition(of: CatalogTable, stored: Partition, *, columns: bool = True) -> Any:
    """Show a partition, on demand without the columns that repeat in every one."""
    document = stored.document
    if of.restricted > RESTRICTED and "StorageDescriptor" in document:
        shown = cut_to(document["StorageDescriptor"], names_of(of.document))
        document = {**document, "StorageDescriptor": shown}
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


def change(made: Change) -> Any:
    """Show who made a change, through what and why, as far as that is known."""
    shown: dict[str, Any] = {
        "Time": made.at,
        "Principal": made.by,
        "Origin": {"Through": made.origin.through.value, **_origin(made.origin)},
    }
    told = {
        "Operation": made.operation,
        "RequestId": made.request_id,
        "Client": made.client,
        "Note": made.note,
    }
    return {**shown, **{member: value for member, value in told.items() if value}}


def _origin(origin: Origin) -> dict[str, str]:
    match origin.through:
        case Through.CRAWLER:
            return {"CrawlerName": origin.name, "CrawlId": origin.id}
        case Through.JOB:
            return {"JobName": origin.name, "JobRunId": origin.id}
        case Through.RESTORE:
            return {"RestoredFrom": origin.name}
        case Through.IMPORT:
            return {"ImportedFrom": origin.name}
        case Through.API:
            return {}


def table_event(event: TableEvent) -> Any:
    """Show what happened to a table besides its versions."""
    return {
        "Event": event.event,
        "VersionId": str(event.version),
        "Current": False,
        "Change": change(event.change),
    }


def difference(found: Difference) -> Any:
    """Show what differs between two definitions."""
    shown = {
        "Kind": found.kind,
        "Change": found.change,
        "Path": found.path,
        "Compatibility": found.compatibility.value,
        "Reason": found.reason,
        "Before": found.before,
        "After": found.after,
    }
    return {member: value for member, value in shown.items() if value is not None}


def error_detail(error: ApiError) -> Any:
    """Show an error of one entry of a batch."""
    return {"ErrorCode": error.code, "ErrorMessage": error.message}
