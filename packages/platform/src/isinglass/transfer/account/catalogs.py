"""Catalogs nested in an account's own, as a transfer reads and puts them, without what they hold."""

from collections.abc import Iterator
from typing import Any

from isinglass.domain import arns, catalog_ids
from isinglass.transfer import inputs, records
from isinglass.transfer.account.kind import AccountKind, Source, putting, said_by
from isinglass.transfer.putting import Target, put_compared, put_tags, tagged, tags_there
from isinglass.transfer.records import Record
from isinglass.transfer.report import Entry

_CATALOG_INPUT = (
    "Description", "FederatedCatalog", "Parameters", "TargetRedshiftCatalog", "CatalogProperties",
    "CreateTableDefaultPermissions", "CreateDatabaseDefaultPermissions", "AllowFullTableExternalDataAccess",
)  # fmt: skip
#: What a service tells of a catalog's properties, and nobody gives it.
_TOLD = ("ManagedWorkgroupName", "ManagedWorkgroupStatus", "RedshiftDatabaseName", "StatusMessage")


def _read(source: Source) -> Iterator[Record]:
    for found in source.listed("GetCatalogs", "CatalogList", {"Recursive": True}):
        path = catalog_ids.path_of(found["CatalogId"])
        if not path or catalog_ids.account_of(found["CatalogId"]) != source.account_id:
            continue
        tags = source.tags(arns.build(source.region, source.account_id, "catalog", *path))
        yield Record(records.NESTED_CATALOG, {"CatalogName": "/".join(path)}, _input(found), {"Tags": tags})
        if not {"FederatedCatalog", "TargetRedshiftCatalog"} & found.keys():
            catalog_id = found["CatalogId"]
            source.note(f"what catalog {catalog_id} holds is exported with --catalog-id {catalog_id}")


def _input(found: Any) -> dict[str, Any]:
    taken = inputs.of(found, _CATALOG_INPUT)
    properties = taken.get("CatalogProperties", {})
    properties.get("IcebergOptimizationProperties", {}).pop("LastUpdatedTime", None)
    for name in _TOLD:
        properties.get("DataLakeAccessProperties", {}).pop(name, None)
    return taken


def _put(target: Target, entry: Entry) -> None:
    name, tags = str(entry.record.names["CatalogName"]), entry.record.more.get("Tags", {})
    given = dict(entry.record.input)
    catalog_id = catalog_ids.join(target.account_id, name)
    path = name.split("/")

    def there() -> dict[str, Any] | None:
        found = target.find("GetCatalog", {"CatalogId": catalog_id}, "Catalog")
        if found is None:
            return None
        return {**said_by(given, _input(found)), **tags_there(target, "catalog", *path, tags=tags)}

    def create() -> None:
        target.glue.call("CreateCatalog", {"Name": name, "CatalogInput": given, **tagged(tags)})

    def replace() -> None:
        target.glue.call("UpdateCatalog", {"CatalogId": catalog_id, "CatalogInput": given})
        put_tags(target, "catalog", *path, tags=tags)

    put_compared(target, entry, {**given, **tagged(tags)}, there, create, replace)


#: One that lies in another is made after it.
NESTED = AccountKind(records.NESTED_CATALOG, _read, putting(_put), in_order=True)
