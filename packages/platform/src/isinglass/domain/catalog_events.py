"""Events of the catalog, in the fields that EventBridge rules match on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from isinglass.domain import catalog_ids

DATABASE_CHANGE = "Glue Data Catalog Database State Change"
TABLE_CHANGE = "Glue Data Catalog Table State Change"

#: An event lists at most so many tables or partitions.
_MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class CatalogEvent:
    """What an outbox row holds: the detail-type, and the envelope's fields that differ between events."""

    kind: str
    payload: dict[str, Any]


def database_event(
    region: str, catalog_id: str, change: str, database: str, tables: Iterable[str] = ()
) -> CatalogEvent:
    """Tell of a change to a database or of tables that came or went: CreateTable, BatchDeleteTable …"""
    detail = {
        "databaseName": database,
        "typeOfChange": change,
        "changedTables": list(tables)[:_MOST_LISTED],
    }
    return _event(DATABASE_CHANGE, catalog_ids.arn(region, catalog_id, "database", database), detail)


def table_event(
    region: str,
    catalog_id: str,
    change: str,
    database: str,
    table: str,
    partitions: Iterable[Sequence[str]] = (),
) -> CatalogEvent:
    """Tell of a change inside a table: UpdateTable, BatchCreatePartition …"""
    detail = {
        "databaseName": database,
        "tableName": table,
        "typeOfChange": change,
        "changedPartitions": [",".join(values) for values in list(partitions)[:_MOST_LISTED]],
    }
    return _event(TABLE_CHANGE, catalog_ids.arn(region, catalog_id, "table", database, table), detail)


def _event(kind: str, resource: str, detail: dict[str, Any]) -> CatalogEvent:
    return CatalogEvent(kind, {"source": "aws.glue", "resources": [resource], "detail": detail})
