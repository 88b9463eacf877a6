"""Write a crawl's tables and partitions to the catalog in bounded transactions.

Each step compares with what is there before it writes, so a crawl that died goes on where it was: what is
written already is found equal.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from isinglass.crawl import changes
from isinglass.crawl.owned import gone, known_tables, settle_names
from isinglass.crawl.permits import check_database, check_own, check_table, own_database, own_table
from isinglass.crawl.plan import PlannedTable
from isinglass.crawl.settings import CrawlSettings
from isinglass.domain.catalog_changes import Change, Origin, Through
from isinglass.domain.catalog_events import database_event, table_event
from isinglass.domain.catalog_objects import database_document, partition_document, table_document
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.paging import PageRequest
from isinglass.store.store import Store, Transaction

#: Partitions written in one transaction at most: others get their turn in between.
_BATCH = 500


class LostWork(Exception):
    """The crawl has passed to another worker: nothing more may be written."""


@dataclass(slots=True)
class Counts:
    """What a crawl changed, in the words of a crawl's summary."""

    tables_added: int = 0
    tables_updated: int = 0
    tables_deleted: int = 0
    partitions_added: int = 0
    partitions_updated: int = 0
    partitions_deleted: int = 0
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where and as whom a crawl writes; `fence` raises LostWork inside the transaction when it may not."""

    store: Store
    account_id: str
    region: str
    database: str
    crawler: str
    crawl_id: str
    actor: str
    clock: Callable[[], float]
    fence: Callable[[Transaction], None]

    def change(self, operation: str) -> Change:
        """Say that this crawl changes the catalog, in the word of the operation it stands for."""
        origin = Origin(Through.CRAWLER, self.crawler, self.crawl_id)
        return Change(self.clock(), self.actor, operation, origin=origin)


class Applier:
    """Applies one crawl's plan, table by table."""

    def __init__(self, scope: Scope, settings: CrawlSettings) -> None:
        self._scope = scope
        self._settings = settings
        self.counts = Counts()

    def prepare(
        self, tables: Sequence[PlannedTable], roots: Sequence[str]
    ) -> tuple[list[PlannedTable], list[str]]:
        """Make the database if it is missing; settle names, and list the tables whose files are gone."""
        scope = self._scope
        with scope.store.begin() as tx:
            scope.fence(tx)
            document = database_document({"Name": scope.database})
            if tx.databases.insert(scope.account_id, document, scope.change("CreateDatabase")):
                own_database(tx, scope.account_id, scope.database, scope.actor, scope.clock())
                event = database_event(scope.region, scope.account_id, "CreateDatabase", scope.database)
                tx.outbox.add(scope.account_id, event.kind, event.payload, scope.clock())
            check_own(tx.databases.hold(scope.account_id, scope.database))
            known = known_tables(tx, scope.account_id, scope.database)
        settled = settle_names(tables, known, scope.crawler)
        return settled, gone(settled, known, scope.crawler, roots)

    def apply(self, planned: PlannedTable) -> None:
        """Bring one table and its partitions to what was found."""
        wanted = table_document(planned.table_input())
        partitions = planned.partitions()
        scope = self._scope
        with scope.store.begin() as tx:
            scope.fence(tx)
            written = self._write_table(tx, wanted)
            if written is None or not _fits(written, planned):
                return
            self._write_partitions(tx, written, list(islice(partitions, _BATCH)))
        while batch := list(islice(partitions, _BATCH)):
            with self._table(planned.name) as (tx, table):
                self._write_partitions(tx, table, batch)
        if planned.keys.columns and not self._settings.new_folders_only:
            self._drop_partitions(planned)

    def remove(self, name: str) -> None:
        """Do to a table whose files are gone what the crawler's DeleteBehavior says."""
        behavior, scope = self._settings.delete_behavior, self._scope
        with scope.store.begin() as tx:
            scope.fence(tx)
            if tx.tables.find(scope.account_id, scope.database, name) is None:
                return
            table = tx.tables.lock(scope.account_id, scope.database, name)
            check_table(tx, table, scope.actor)
            if behavior == "DELETE_FROM_DATABASE":
                tx.deleted_tables.keep(table, scope.change("DeleteTable"))
                self._tell_database(tx, "DeleteTable", name)
                self.counts.tables_deleted += 1
                self._note(f"Table {name} was deleted: its files are gone.")
            elif behavior == "LOG":
                self._note(f"The files of table {name} are gone; DeleteBehavior is LOG, the table stays.")
            elif changes.DEPRECATED not in (table.document.get("Parameters") or {}):
                self._replace(tx, table, changes.deprecated(table.document, scope.clock()))
                self.counts.tables_updated += 1
                self._note(f"Table {name} was marked deprecated: its files are gone.")

    def _write_table(self, tx: Transaction, wanted: dict[str, Any]) -> CatalogTable | None:
        """Create or update the table row; None when the table must be left alone entirely."""
        scope, now = self._scope, self._scope.clock()
        name = wanted["Name"]
        database = tx.databases.hold(scope.account_id, scope.database)
        if tx.tables.find(scope.account_id, scope.database, name) is None:
            change = changes.created(wanted, scope.crawl_id)
            check_database(tx, scope.account_id, database, scope.actor)
            tx.tables.insert(scope.account_id, scope.database, change.document, scope.change("CreateTable"))
            own_table(tx, scope.account_id, database, name, scope.actor, now)
            self.counts.tables_added += 1
            self._tell_database(tx, "CreateTable", name)
            self._note(f"Table {name} was created.")
            return tx.tables.hold(scope.account_id, scope.database, name)
        table = tx.tables.lock(scope.account_id, scope.database, name)
        if "TargetTable" in table.document:
            self._note(f"Table {name} is a link and was left alone.")
            return None
        check_table(tx, table, scope.actor)
        change = changes.updated(table.document, wanted, self._settings, now=now, crawl_id=scope.crawl_id)
        if change.note:
            self._note(f"Table {name}: {change.note}.")
        if change.action in {"update", "refresh", "deprecate"}:
            if change.keys_changed:
                self._clear_partitions(tx, table)
            self._replace(tx, table, change.document, archive=change.action != "refresh")
            table = tx.tables.lock(scope.account_id, scope.database, name)
        if change.action in {"update", "deprecate"}:
            self.counts.tables_updated += 1
            self._note(f"Table {name} was updated: {_described(change)}.")
        return None if change.action == "deprecate" else table

    def _replace(
        self, tx: Transaction, table: CatalogTable, document: dict[str, Any], *, archive: bool = True
    ) -> None:
        tx.tables.replace(table, document, self._scope.change("UpdateTable"), archive=archive)
        self._tell(tx, "UpdateTable", table.name)

    def _clear_partitions(self, tx: Transaction, table: CatalogTable) -> None:
        partitions, after = tx.partitions.page(table, PageRequest(_BATCH))
        while partitions:
            for partition in partitions:
                tx.partitions.delete(table, partition.values)
            self._tell(tx, "BatchDeletePartition", table.name, [one.values for one in partitions])
            self.counts.partitions_deleted += len(partitions)
            partitions, after = tx.partitions.page(table, PageRequest(_BATCH, after)) if after else ([], None)

    def _write_partitions(self, tx: Transaction, table: CatalogTable, batch: list[dict[str, Any]]) -> None:
        if not batch:
            return
        wanted = {tuple(one["Values"]): self._partition(table, one) for one in batch}
        existing = {tuple(one.values): one.document for one in tx.partitions.find_all(table, wanted)}
        new = [(list(values), document) for values, document in wanted.items() if values not in existing]
        tx.partitions.insert(table, new, self._scope.clock())
        changed = [
            values
            for values, document in existing.items()
            if self._settings.update_behavior != "LOG" and changes.partition_differs(document, wanted[values])
        ]
        for values in changed:
            tx.partitions.replace(table, list(values), list(values), wanted[values])
        self.counts.partitions_added += len(new)
        self.counts.partitions_updated += len(changed)
        if new:
            self._tell(tx, "BatchCreatePartition", table.name, [values for values, _ in new])
        if changed:
            self._tell(tx, "BatchUpdatePartition", table.name, changed)

    def _partition(self, table: CatalogTable, wanted: dict[str, Any]) -> dict[str, Any]:
        document = partition_document(wanted)
        return changes.inheriting(document, table.document) if self._settings.inherit_from_table else document

    def _drop_partitions(self, planned: PlannedTable) -> None:
        """Do to partitions whose files are gone what the crawler's DeleteBehavior says."""
        if self._settings.delete_behavior == "LOG":
            return
        found = {tuple(one) for one in planned.partition_values()}
        missing = [values for values in self._partition_values(planned) if tuple(values) not in found]
        batches = iter(missing)
        while batch := list(islice(batches, _BATCH)):
            with self._table(planned.name) as (tx, table):
                self._drop_batch(tx, table, batch)

    def _drop_batch(self, tx: Transaction, table: CatalogTable, batch: list[list[str]]) -> None:
        now = self._scope.clock()
        deleted: list[list[str]] = []
        updated: list[list[str]] = []
        for partition in tx.partitions.find_all(table, batch):
            if self._settings.delete_behavior == "DELETE_FROM_DATABASE":
                tx.partitions.delete(table, partition.values)
                deleted.append(partition.values)
            elif changes.DEPRECATED not in (partition.document.get("Parameters") or {}):
                document = changes.deprecated(partition.document, now)
                tx.partitions.replace(table, partition.values, partition.values, document)
                updated.append(partition.values)
        self.counts.partitions_deleted += len(deleted)
        self.counts.partitions_updated += len(updated)
        if deleted:
            self._tell(tx, "BatchDeletePartition", table.name, deleted)
        if updated:
            self._tell(tx, "BatchUpdatePartition", table.name, updated)

    def _partition_values(self, planned: PlannedTable) -> Iterator[list[str]]:
        """List the partitions of a table that lie below its folder; others somebody put there by hand."""
        scope = self._scope
        after: tuple[Any, ...] | None = None
        with scope.store.read() as tx:
            table = tx.tables.require(scope.account_id, scope.database, planned.name)
            while True:
                partitions, after = tx.partitions.page(table, PageRequest(_BATCH, after))
                for partition in partitions:
                    location = (partition.document.get("StorageDescriptor") or {}).get("Location", "")
                    if location.startswith(planned.location):
                        yield partition.values
                if after is None:
                    return

    @contextmanager
    def _table(self, name: str) -> Iterator[tuple[Transaction, CatalogTable]]:
        """Begin a transaction that writes below a table."""
        scope = self._scope
        with scope.store.begin() as tx:
            scope.fence(tx)
            yield tx, tx.tables.hold(scope.account_id, scope.database, name)

    def _tell_database(self, tx: Transaction, change: str, table: str) -> None:
        """Tell that a table came or went, which is a change of its database."""
        scope = self._scope
        event = database_event(scope.region, scope.account_id, change, scope.database, [table])
        tx.outbox.add(scope.account_id, event.kind, event.payload, scope.clock())

    def _tell(
        self, tx: Transaction, change: str, table: str, partitions: Sequence[Sequence[str]] = ()
    ) -> None:
        scope = self._scope
        event = table_event(scope.region, scope.account_id, change, scope.database, table, partitions)
        tx.outbox.add(scope.account_id, event.kind, event.payload, scope.clock())

    def _note(self, line: str) -> None:
        self.counts.lines.append(line)


def _fits(table: CatalogTable, planned: PlannedTable) -> bool:
    """Tell whether the planned partitions have a value for each key of the table as it now is."""
    return len(table.partition_keys) == len(planned.keys.columns)


def _described(change: changes.TableChange) -> str:
    return ", ".join(map(_column_change, change.columns)) or "parameters"


def _column_change(column: changes.ColumnChange) -> str:
    if column.before is None:
        return f"{column.name} {column.after} added"
    return f"{column.name} removed" if column.after is None else f"{column.name} is {column.after} now"
