"""Imports the records of a catalog in the order of their file, several requests in flight."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from isinglass.domain.catalog_ids import account_of
from isinglass.transfer import records
from isinglass.transfer.account.kind import Putter
from isinglass.transfer.account.registry import BY_NAME
from isinglass.transfer.calling import CallFailed
from isinglass.transfer.files import Line
from isinglass.transfer.putting import Target, put_database, put_function
from isinglass.transfer.putting_partitions import MOST, put_partitions
from isinglass.transfer.putting_tables import Fate, TableParts, put_statistics, put_table
from isinglass.transfer.records import Malformed, Record, decode
from isinglass.transfer.report import Entry, Problem, Report
from isinglass.transfer.unknown_members import check_known
from isinglass.transfer.wanted import Wanted

#: Bytes of partitions in one request: the server takes 10 MB.
_MOST_BYTES = 2_000_000


def entries_of(lines: Iterable[Line], report: Report) -> Iterator[Entry]:
    """Read lines as records; a bad line is a problem of the report."""
    for line in lines:
        try:
            yield Entry(line.where, check_known(decode(line.text)), len(line.text))
        except Malformed as error:
            report.add("Line", "failed")
            report.problem(Problem(line.where, "", str(error)))


def is_wanted(record: Record, chosen: Wanted) -> bool:
    """Tell whether a record is among what was chosen."""
    part = records.SHAPES[record.kind].part
    if part and part not in chosen.parts:
        return False
    if record.stage != "data":
        return chosen.everything
    if record.kind == records.FUNCTION:
        return chosen.everything_of(record.database)
    if record.table:
        return chosen.table(record.database, record.table)
    return chosen.database(record.database)


@dataclass(slots=True)
class _Table:
    """The table whose records are being read."""

    parts: TableParts
    fate: "Future[Fate] | None" = None


@dataclass(slots=True)
class Importer:
    """Puts records into a catalog; what is there already and alike is left as it is, so it can run again."""

    target: Target
    pool: ThreadPoolExecutor
    _putters: dict[str, Putter] = field(default_factory=dict)
    _stage: str = ""
    _table: _Table | None = None
    _batch: list[Entry] = field(default_factory=list)
    _batch_size: int = 0
    _flying: "deque[Future[Any]]" = field(default_factory=deque)

    def run(self, entries: Iterable[Entry]) -> None:
        """Import every record; raises Stopped when one is bad and the import is not to go on."""
        choices = self.target.report.choices
        try:
            for entry in entries:
                if is_wanted(entry.record, choices.wanted) and self._is_for(entry.record):
                    self._take(entry)
            self._end_table()
            self._land(0)
        except BaseException:
            # What is in flight ends; what waits must not begin.
            self.pool.shutdown(wait=True, cancel_futures=True)
            raise

    def _is_for(self, record: Record) -> bool:
        """Tell whether the catalog has such things: one nested in the account's has little of its own."""
        kind, target = BY_NAME.get(record.kind), self.target
        if kind is None or target.catalog_id == target.account_id:
            return True
        return kind.of_catalog and account_of(target.catalog_id) == target.account_id

    def _take(self, entry: Entry) -> None:
        record = entry.record
        stage = record.kind if record.kind in BY_NAME else record.stage
        if stage != self._stage:
            # What comes may need, or be about, anything that came before.
            self._end_table()
            self._land(0)
            self._stage = stage
        if stage == record.kind:
            self._take_of_account(entry)
        elif record.table:
            self._take_of_table(entry)
        else:
            self._end_table()
            if record.kind == records.DATABASE:
                put_database(self.target, entry)  # its tables come next
            elif record.kind == records.FUNCTION:
                self._fly(put_function, self.target, entry)

    def _take_of_account(self, entry: Entry) -> None:
        kind = BY_NAME[entry.record.kind]
        try:
            if kind.name not in self._putters:
                self._putters[kind.name] = kind.putter(self.target)
        except CallFailed as error:
            self.target.report.failed(entry, f"{error.code}: {error.message}")
            return
        flying = self._fly(self._putters[kind.name], entry)
        if kind.in_order:
            flying.result()

    def _take_of_table(self, entry: Entry) -> None:
        record = entry.record
        table = self._table
        if table is None or (record.database, record.table) != (table.parts.database, table.parts.name):
            self._end_table()
            table = self._table = _Table(TableParts(record.database, record.table))
        match record.kind:
            case records.TABLE_VERSION:
                table.parts.versions.append(entry)
            case records.TABLE:
                table.parts.table = entry
            case records.TABLE_STATISTICS:
                table.parts.statistics.append(entry)
            case records.STATISTICS_TASK:
                table.parts.tasks.append(entry)
            case _:
                self._put_table(table)
                self._take_partition(entry)

    def _put_table(self, table: _Table) -> Fate:
        """Put a table, unless it was put, and wait for it; tells what becomes of its partitions."""
        fate: Fate = self._begin_table(table).result()
        return fate

    def _begin_table(self, table: _Table) -> "Future[Fate]":
        if table.fate is None:
            if table.parts.is_link:
                self._land(0)  # what it leads to may be in flight: whether that is a link itself decides
            table.fate = self._fly(put_table, self.target, table.parts)
        return table.fate

    def _take_partition(self, entry: Entry) -> None:
        batch = self._batch
        starts_other = batch and (
            batch[0].record.kind != entry.record.kind
            or (
                entry.record.kind == records.PARTITION_STATISTICS
                and batch[0].record.names["Values"] != entry.record.names["Values"]
            )
        )
        if starts_other or len(batch) >= MOST or self._batch_size + entry.size > _MOST_BYTES:
            self._put_batch()
        self._batch.append(entry)
        self._batch_size += entry.size

    def _put_batch(self) -> None:
        batch, self._batch, self._batch_size = self._batch, [], 0
        if not batch or self._table is None:
            return
        fate = self._put_table(self._table)
        kind, names = batch[0].record.kind, self._table.parts.names
        if fate == "leave":
            self.target.report.add(kind, "skipped", len(batch))
        elif fate == "new":
            self.target.report.add(kind, "created", len(batch))
        elif kind == records.PARTITION:
            self._fly(partial(put_partitions, made=fate == "made"), self.target, names, batch)
        else:
            self._land(0)  # they belong to partitions that may be in flight
            values = batch[0].record.names["Values"]
            of_partition = {**names, "PartitionValues": values}
            self._fly(_put_partition_statistics, self.target, of_partition, batch)

    def _end_table(self) -> None:
        self._put_batch()
        if self._table is not None:
            self._begin_table(self._table)
        self._table = None

    def _fly(self, work: Any, *arguments: Any) -> "Future[Any]":
        self._land(self.target.report.choices.threads * 2)
        flying = self.pool.submit(work, *arguments)
        self._flying.append(flying)
        return flying

    def _land(self, most: int) -> None:
        """Wait until no more than so many are in flight; raises what one of them raised."""
        while len(self._flying) > most:
            self._flying.popleft().result()


def _put_partition_statistics(target: Target, names: dict[str, Any], entries: list[Entry]) -> None:
    try:
        put_statistics(target, names, entries, is_new=False)
    except CallFailed as error:
        for entry in entries:
            target.report.failed(entry, f"{error.code}: {error.message}")


def import_records(target: Target, entries: Iterable[Entry]) -> None:
    """Import records; raises Stopped when one is bad and the import is not to go on."""
    threads = target.report.choices.threads
    with ThreadPoolExecutor(threads, thread_name_prefix="catalog-import") as pool:
        Importer(target, pool).run(entries)
