"""Who changed what in the catalog and why, what differs between versions, and the way back to one of them."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from isinglass.domain.catalog_changes import Origin, Through
from isinglass.domain.catalog_objects import FIRST_VERSION, fold, version_number
from isinglass.domain.schema_diff import database_differences, differences, worst
from isinglass.model.glue.errors import (
    ConcurrentModificationException,
    EntityNotFoundException,
    InvalidInputException,
)
from isinglass.model.isinglass.shapes import (
    DiffTableVersionsRequest,
    DiffTableVersionsResponse,
    ListDatabaseHistoryRequest,
    ListDatabaseHistoryResponse,
    ListTableHistoryRequest,
    ListTableHistoryResponse,
    RestoreTableVersionRequest,
    RestoreTableVersionResponse,
)
from isinglass.operations.catalog import render
from isinglass.operations.catalog.events import table_changed
from isinglass.operations.catalog.links import lock_table, read_table
from isinglass.operations.catalog.scope import catalog_of
from isinglass.operations.catalog.tables import check_version_limit
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.operations.visibility import (
    place_url,
    place_urls,
    require_location,
    visible_database,
    visible_table,
    visible_tables,
)
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.history import DatabaseEvent
from isinglass.store.paging import PageRequest
from isinglass.store.store import Transaction

#: Differences told in a summary; DiffTableVersions has all of them.
_MOST_TOLD = 20


@implements("isinglass:ListTableHistory")
def list_table_history(ctx: Context, request: ListTableHistoryRequest) -> ListTableHistoryResponse:
    """List the versions of a table, its deletions and its restores, newest first, with who made them."""
    catalog = catalog_of(ctx, request)
    size, after = ctx.page.size, ctx.page.after
    with ctx.store.read() as tx:
        table, is_there = _table_or_deleted(ctx, tx, catalog, request)
        # One more than asked for: the last one shown is compared with it.
        versions = visible_tables(ctx, tx, _versions_before(tx, table, after, size + 1))
        events = tx.history.of_table(table, after, size + 1)
    entries: list[tuple[tuple[int, int], Any]] = [
        ((event.version, event.order), render.table_event(event)) for event in events
    ]
    for version, before in zip_longest(versions, versions[1:]):
        current = is_there and version.version == table.version
        entries.append(((version.version, 0), _version_entry(version, before, current=current)))
    entries.sort(key=lambda each: each[0], reverse=True)
    last = entries[size - 1][0] if len(entries) > size else None
    return {"Entries": [entry for _, entry in entries[:size]], "NextToken": ctx.token(last)}


def _table_or_deleted(
    ctx: Context, tx: Transaction, catalog: str, request: ListTableHistoryRequest
) -> tuple[CatalogTable, bool]:
    """Find the table of a name, or else the last one deleted; tells whether it is there."""
    database, name, deleted_id = request["DatabaseName"], request["TableName"], request.get("DeletedId")
    if deleted_id is None:
        try:
            return read_table(ctx, tx, catalog, database, name), True
        except EntityNotFoundException:
            deleted = tx.deleted_tables.find(catalog, fold(database), fold(name), None)
            if deleted is None:
                raise
            return visible_table(ctx, tx, deleted.table), False
    deleted = tx.deleted_tables.require(catalog, fold(database), fold(name), deleted_id)
    return visible_table(ctx, tx, deleted.table), False


def _versions_before(
    tx: Transaction, table: CatalogTable, after: tuple[int, int] | None, size: int
) -> list[CatalogTable]:
    """List versions, newest first, that come after an entry of the history: a version, or an event of one."""
    if after is None:
        return tx.table_versions.page(table, PageRequest(size))[0]
    version, event = after
    below = version + 1 if event else version
    page = PageRequest(size) if below > table.version else PageRequest(size, (below,))
    return tx.table_versions.page(table, page)[0]


def _version_entry(version: CatalogTable, before: CatalogTable | None, *, current: bool) -> Any:
    entry: dict[str, Any] = {
        "Event": "CREATED" if version.version == FIRST_VERSION else "UPDATED",
        "VersionId": str(version.version),
        "Current": current,
        "Change": render.change(version.made),
    }
    if before is not None:
        found = differences(before.document, version.document)
        entry["ComparedWithVersionId"] = str(before.version)
        entry["Compatibility"] = worst(found).value
        entry["Summary"] = _summary(found)
    return entry


def _summary(found: Sequence[Any]) -> list[str]:
    told = [str(each) for each in found[:_MOST_TOLD]]
    return [*told, f"and {len(found) - _MOST_TOLD} more"] if len(found) > _MOST_TOLD else told


@implements("isinglass:ListDatabaseHistory")
def list_database_history(ctx: Context, request: ListDatabaseHistoryRequest) -> ListDatabaseHistoryResponse:
    """List what happened to a database, and to those before it of its name, newest first."""
    catalog, name = catalog_of(ctx, request), fold(request["Name"])
    page = PageRequest(ctx.page.size + 1, ctx.page.after)
    with ctx.store.read() as tx:
        found, _ = tx.history.of_database(catalog, name, page)
        database = tx.databases.find(catalog, name)
        if database is not None:
            visible_database(ctx, tx, catalog, database)
        elif not found:
            raise EntityNotFoundException(f"Database {name} not found.")
        else:
            for deleted in tx.deleted_databases.page(catalog, name, PageRequest(100))[0]:
                visible_database(ctx, tx, catalog, deleted.database)
    shown = found[: ctx.page.size]
    entries = [_database_entry(event, before) for event, before in zip_longest(shown, found[1:])]
    after = (shown[-1].id,) if len(found) > len(shown) else None
    return {"Entries": entries, "NextToken": ctx.token(after)}


def _database_entry(event: DatabaseEvent, before: DatabaseEvent | None) -> Any:
    summary: list[str] = []
    if event.event in {"UPDATED", "RENAMED"} and before is not None:
        summary = _summary(database_differences(before.document, event.document))
    return {
        "Event": event.event,
        "Name": event.document["Name"],
        "Change": render.change(event.change),
        "Summary": summary,
    }


@implements("isinglass:DiffTableVersions")
def diff_table_versions(ctx: Context, request: DiffTableVersionsRequest) -> DiffTableVersionsResponse:
    """Tell what differs between two versions; by default between the current one and the one before it."""
    catalog = catalog_of(ctx, request)
    with ctx.store.read() as tx:
        table = read_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        after = _version(tx, table, request.get("ToVersionId", str(table.version)))
        before = _version(tx, table, request.get("FromVersionId") or _before(tx, after))
        before, after = (visible_table(ctx, tx, each) for each in (before, after))
    found = differences(before.document, after.document)
    return {
        "FromVersionId": str(before.version),
        "ToVersionId": str(after.version),
        "Compatibility": worst(found).value,
        "Differences": [render.difference(each) for each in found],
    }


def _before(tx: Transaction, version: CatalogTable) -> str:
    kept, _ = tx.table_versions.page(version, PageRequest(1, (version.version,)))
    if not kept:
        raise EntityNotFoundException(
            f"No version of table {version.name} before {version.version} is kept to compare it with."
        )
    return str(kept[0].version)


def _version(tx: Transaction, table: CatalogTable, version_id: str) -> CatalogTable:
    found = tx.table_versions.find(table, version_number(version_id))
    if found is None:
        raise EntityNotFoundException(
            f"Version {version_id} of table {table.name} is not kept; the current one is {table.version}."
        )
    return found


@implements("isinglass:RestoreTableVersion")
def restore_table_version(ctx: Context, request: RestoreTableVersionRequest) -> RestoreTableVersionResponse:
    """Give a table the definition of an earlier version, as its next version."""
    catalog, version_id = catalog_of(ctx, request), request["VersionId"]
    with ctx.store.begin() as tx:
        table = lock_table(ctx, tx, catalog, request["DatabaseName"], request["TableName"])
        expected = request.get("ExpectedVersionId")
        if expected is not None and version_number(expected) != table.version:
            raise ConcurrentModificationException(
                f"Table {table.name} is at version {table.version}, not at {expected}"
            )
        old = _version(tx, table, version_id)
        if old.version == table.version:
            raise InvalidInputException(f"Version {version_id} is the current version of table {table.name}")
        place = place_url(table.document)
        require_location(ctx, tx, table.catalog_id, place_urls(old.document), under=place)
        _check_partitions(tx, table, old)
        check_version_limit(tx, table)
        origin = Origin(Through.RESTORE, str(old.version))
        change = ctx.change("RestoreTableVersion", origin, request.get("Note", ""))
        tx.tables.replace(table, old.document, change)
        table_changed(ctx, tx, "UpdateTable", table)
    return {"VersionId": str(table.version + 1), "RestoredVersionId": str(old.version)}


def _check_partitions(tx: Transaction, table: CatalogTable, old: CatalogTable) -> None:
    """Refuse other keys than partitions that are there have values for."""
    keys, old_keys = len(table.partition_keys), len(old.partition_keys)
    if keys != old_keys and tx.partitions.page(table, PageRequest(1))[0]:
        raise InvalidInputException(
            f"Table {table.name} has partitions with {keys} values, and version {old.version} has {old_keys} "
            "partition keys: delete the partitions first"
        )
