"""What scripts do around their data: name tables, delete old files, stamp the time of ingestion."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pyspark.sql import functions as F

_DEFAULT_RETENTION_HOURS = 168
_GRANULARITIES = ("year", "month", "day", "hour", "minute")


def table_names(spark: Any, database: str | None) -> list[str]:
    """Name the tables of a catalog database and the session's views."""
    from isinglass_runtime.io.metastore import CURRENT, client, is_configured

    views = {row.name for row in spark.catalog.listTables() if row.isTemporary}
    # Statements over catalog tables leave views of our own in the session.
    names = {name for name in views if not name.startswith("isinglass_")}
    if is_configured():
        pages = (
            client().get_paginator("get_tables").paginate(DatabaseName=(database or CURRENT.database).lower())
        )
        names |= {each["Name"] for page in pages for each in page["TableList"]}
    elif database:
        names |= {row.name for row in spark.catalog.listTables(database)}
    return sorted(names)


def add_ingestion_time_columns(frame: Any, granularity: str, now: datetime | None = None) -> Any:
    """Add `ingest_year`, `ingest_month` … down to day, hour or minute."""
    if granularity not in ("day", "hour", "minute"):
        message = f"the granularity must be day, hour or minute, not {granularity!r}"
        raise ValueError(message)
    now = now or datetime.now(UTC)
    for part in _GRANULARITIES[: _GRANULARITIES.index(granularity) + 1]:
        frame = frame.withColumn(f"ingest_{part}", F.lit(getattr(now, part)))
    return frame


def purge_path(path: str, options: Mapping[str, Any], now: datetime | None = None) -> list[str]:
    """Delete the files below a path that are older than `retentionPeriod` hours; gives their addresses."""
    from isinglass_connectors.storage.errors import StorageError
    from isinglass_runtime.io.read import storage

    opened = storage()
    kept_since = (now or datetime.now(UTC)) - _retention(options)
    old = [each.url for each in opened.list(path) if each.modified < kept_since.timestamp()]
    try:
        opened.delete(old)
    except StorageError:
        still_there = [url for url in old if opened.stat(url) is not None]
        _write_manifest(opened, options, sorted(set(old) - set(still_there)), still_there)
        raise
    _write_manifest(opened, options, old, [])
    return old


def purge_table(
    spark: Any, database: str, name: str, options: Mapping[str, Any], now: datetime | None = None
) -> None:
    """Delete a table's old files; a partition with none left leaves the catalog."""
    from isinglass_runtime.io.catalog import selected_partitions
    from isinglass_runtime.io.metastore import client, partitions, table
    from isinglass_runtime.io.read import storage

    found = table(database, name)
    if not found.partition_keys:
        purge_path(found.location, options, now)
        return
    emptied = []
    entries = partitions(found)
    predicate = str(options.get("partitionPredicate", ""))
    for entry in selected_partitions(spark, found, entries, predicate) if predicate.strip() else entries:
        purge_path(entry.location, options, now)
        if next(iter(storage().list(entry.location)), None) is None:
            emptied.append(list(entry.values))
    for batch in _batches(emptied, 25):
        client().batch_delete_partition(
            DatabaseName=found.database,
            TableName=found.name,
            PartitionsToDelete=[{"Values": values} for values in batch],
        )


def _retention(options: Mapping[str, Any]) -> timedelta:
    hours = options.get("retentionPeriod", _DEFAULT_RETENTION_HOURS)
    try:
        return timedelta(hours=float(hours))
    except (TypeError, ValueError) as failure:
        message = f"retentionPeriod must be a number of hours, not {hours!r}"
        raise ValueError(message) from failure


def _write_manifest(
    opened: Any, options: Mapping[str, Any], done: Iterable[str], failed: Iterable[str]
) -> None:
    folder = str(options.get("manifestFilePath") or "")
    if not folder:
        return
    for name, urls in (("Success.csv", done), ("Failed.csv", failed)):
        text = io.StringIO()
        csv.writer(text).writerows([url] for url in urls)
        opened.write(f"{folder.rstrip('/')}/{name}", text.getvalue().encode())


def _batches(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
