"""What permissions are about: the catalog, a database, tables, columns, cells, or a place of data."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from isinglass.domain.catalog_objects import fold
from isinglass.model.lakeformation.errors import InvalidInputException, OperationNotSupportedException

Kind = Literal["catalog", "database", "table", "tables", "columns", "cells", "location"]

#: What can be given on each kind of resource, ALL left aside.
PERMISSIONS: Mapping[Kind, frozenset[str]] = {
    "catalog": frozenset({"CREATE_DATABASE"}),
    "database": frozenset({"ALTER", "CREATE_TABLE", "DESCRIBE", "DROP"}),
    "table": frozenset({"ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"}),
    "tables": frozenset({"ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"}),
    "columns": frozenset({"SELECT"}),
    "cells": frozenset({"SELECT"}),
    "location": frozenset({"DATA_LOCATION_ACCESS"}),
}
#: Kinds on which ALL is a permission of its own, beyond the sum of the others.
HAS_ALL = frozenset({"database", "table", "tables"})

_SLASHES = re.compile("/{2,}")
_MEMBERS = ("Catalog", "Database", "Table", "TableWithColumns", "DataLocation", "DataCellsFilter")


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a catalog; names are folded.

    `item` is a cells filter's name or a location's path. `columns` are those given by name; None means all
    but `excluded`.
    """

    kind: Kind
    database: str = ""
    table: str = ""
    item: str = ""
    columns: tuple[str, ...] | None = None
    excluded: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.kind == "location":
            return self.item
        return ".".join(part for part in (self.database, self.table, self.item) if part) or "the catalog"


def catalog_named(document: Mapping[str, Any]) -> str | None:
    """Read the catalog that a resource names, if it names one."""
    for member in _MEMBERS:
        given = document.get(member)
        if given:
            found: str | None = given.get("CatalogId") or given.get("TableCatalogId") or given.get("Id")
            return found
    return None


def parse(document: Mapping[str, Any]) -> Resource:
    """Read a resource; exactly one member of it must be given."""
    given = [name for name, value in document.items() if value is not None]
    if len(given) != 1:
        raise InvalidInputException(
            f"Resource must have exactly one member, not {', '.join(given) or 'none'}"
        )
    [name] = given
    found: Mapping[str, Any] = document[name]
    match name:
        case "Catalog":
            return Resource("catalog")
        case "Database":
            return Resource("database", fold(found["Name"]))
        case "Table":
            return _table(found)
        case "TableWithColumns":
            return _columns(found)
        case "DataLocation":
            return Resource("location", item=location_of(found["ResourceArn"]))
        case "DataCellsFilter":
            return _cells(found)
    raise OperationNotSupportedException(
        f"Permissions on {name} are not supported; use {', '.join(_MEMBERS)}"
    )


def _table(found: Mapping[str, Any]) -> Resource:
    database = fold(found["DatabaseName"])
    if ("Name" in found) == ("TableWildcard" in found):
        raise InvalidInputException("Table needs either Name or TableWildcard")
    if "Name" in found:
        return Resource("table", database, fold(found["Name"]))
    return Resource("tables", database)


def _columns(found: Mapping[str, Any]) -> Resource:
    database, table = fold(found["DatabaseName"]), fold(found["Name"])
    names, excluded = columns_of(found)
    return Resource("columns", database, table, columns=names, excluded=excluded)


def columns_of(found: Mapping[str, Any]) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """Read ColumnNames or ColumnWildcard: the names, None for all, and those excluded."""
    if bool(found.get("ColumnNames")) == ("ColumnWildcard" in found):
        raise InvalidInputException("Either ColumnNames or ColumnWildcard must be given")
    if "ColumnWildcard" in found:
        return None, _names(found["ColumnWildcard"].get("ExcludedColumnNames") or ())
    return _names(found["ColumnNames"]), ()


def _names(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({name.lower() for name in given}))


def _cells(found: Mapping[str, Any]) -> Resource:
    missing = [name for name in ("DatabaseName", "TableName", "Name") if not found.get(name)]
    if missing:
        raise InvalidInputException(f"DataCellsFilter needs {', '.join(missing)}")
    return Resource("cells", fold(found["DatabaseName"]), fold(found["TableName"]), found["Name"])


def render(resource: Resource, catalog_id: str) -> dict[str, Any]:
    """Show a resource as the API does."""
    at = {"CatalogId": catalog_id}
    in_database = {**at, "DatabaseName": resource.database}
    match resource.kind:
        case "catalog":
            return {"Catalog": {"Id": catalog_id}}
        case "database":
            return {"Database": {**at, "Name": resource.database}}
        case "table":
            return {"Table": {**in_database, "Name": resource.table}}
        case "tables":
            return {"Table": {**in_database, "Name": "ALL_TABLES", "TableWildcard": {}}}
        case "columns":
            return {"TableWithColumns": {**in_database, "Name": resource.table, **_shown_columns(resource)}}
        case "cells":
            return {
                "DataCellsFilter": {
                    "TableCatalogId": catalog_id,
                    "DatabaseName": resource.database,
                    "TableName": resource.table,
                    "Name": resource.item,
                }
            }
        case _:
            return {"DataLocation": {**at, "ResourceArn": location_arn(resource.item)}}


def _shown_columns(resource: Resource) -> dict[str, Any]:
    if resource.columns is not None:
        return {"ColumnNames": list(resource.columns)}
    wildcard = {"ExcludedColumnNames": list(resource.excluded)} if resource.excluded else {}
    return {"ColumnWildcard": wildcard}


def location_of(arn: str) -> str:
    """Read `arn:aws:s3:::bucket/prefix` as the path `bucket/prefix/`, under which its objects are."""
    prefix, _, path = arn.partition(":::")
    bucket = path.partition("/")[0]
    if prefix != "arn:aws:s3" or not bucket:
        raise InvalidInputException(f"Invalid resource ARN {arn!r}: it must be arn:aws:s3:::BUCKET[/PREFIX]")
    return path.rstrip("/") + "/"


def location_arn(path: str) -> str:
    """Write a location's path as an ARN."""
    return f"arn:aws:s3:::{path.rstrip('/')}"


def location_of_url(url: str | None) -> str | None:
    """Give the path of a table's or database's place on S3; None for what is elsewhere."""
    scheme, separator, path = (url or "").partition("://")
    if not separator or scheme.lower() not in {"s3", "s3a", "s3n"} or not path.strip("/"):
        return None
    # The object store takes several slashes for one.
    return _SLASHES.sub("/", path.strip("/") + "/")


def above(path: str) -> list[str]:
    """List a path and all that it lies under, the bucket first: `b/x/` gives `b/` and `b/x/`."""
    parts = path.rstrip("/").split("/")
    return ["/".join(parts[: count + 1]) + "/" for count in range(len(parts))]
