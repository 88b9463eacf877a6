"""Reads one table: its versions, its definition, its statistics, and its partitions in their order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from queue import Queue
from threading import Thread
from typing import Any

from isinglass.transfer import inputs, records, wanted
from isinglass.transfer.calling import CallFailed, Glue, pages
from isinglass.transfer.records import Record, encode
from isinglass.transfer.sorting import SortedLines
from isinglass.transfer.wanted import Wanted

_LIVE_INDEXES = frozenset({"ACTIVE", "CREATING"})
_PAGE = 1000
#: Column names that one request for statistics may have.
_COLUMNS = 100
#: Pages that wait for the reader of a table read in segments.
_PAGES_AHEAD = 8


@dataclass(frozen=True, slots=True)
class TableStart:
    """What is fetched of a table ahead of its turn; `token` is set when it has more partitions."""

    database: str
    name: str
    table: Mapping[str, Any]
    indexes: list[Any]
    statistics: list[Any]
    task: Mapping[str, Any] | None
    partitions: list[Any]
    token: str | None

    @property
    def names(self) -> dict[str, Any]:
        """What names the table in requests and records."""
        return {"DatabaseName": self.database, "TableName": self.name}


@dataclass(frozen=True, slots=True)
class TableReader:
    """Reads tables of one catalog; `pool` fetches ahead."""

    glue: Glue
    wanted: Wanted
    pool: Executor
    segments: int
    note: Callable[[str], None]
    refused: Callable[[str], None] | None = None

    def begin(self, database: str, table: Mapping[str, Any]) -> "Future[TableStart | None]":
        """Begin to fetch a table; the answer is None when it is deleted meanwhile."""
        return self.pool.submit(self._begin, database, table)

    def _begin(self, database: str, table: Mapping[str, Any]) -> TableStart | None:
        names = {"DatabaseName": database, "TableName": table["Name"]}
        indexes, partitions, token = list[Any](), list[Any](), None
        if _is_link(table):
            return TableStart(database, table["Name"], table, [], [], None, [], None)
        try:
            if table.get("PartitionKeys"):
                listed = pages(self.glue, "GetPartitionIndexes", names, "PartitionIndexDescriptorList")
                indexes = [
                    _index(each) for page in listed for each in page if each["IndexStatus"] in _LIVE_INDEXES
                ]
                if wanted.PARTITIONS in self.wanted.parts:
                    answer = self.glue.call("GetPartitions", {**names, "MaxResults": _PAGE})
                    partitions, token = answer.get("Partitions", []), answer.get("NextToken")
            statistics = self._allowed_statistics(names, _columns(table))
            task = self._task(names) if wanted.STATISTICS_TASKS in self.wanted.parts else None
        except CallFailed as error:
            if error.gone:
                return None
            raise
        indexes.sort(key=lambda index: str(index["IndexName"]))
        return TableStart(database, table["Name"], table, indexes, statistics, task, partitions, token)

    def _allowed_statistics(self, names: Mapping[str, Any], columns: Sequence[str]) -> list[Any]:
        try:
            return self._statistics("GetColumnStatisticsForTable", names, columns)
        except CallFailed as error:
            if self.refused is None or not error.denied:
                raise
            table = f"{names['DatabaseName']}.{names['TableName']}"
            self.refused(f"statistics of {table} are left out, and --without statistics says so: {error}")
            return []

    def _task(self, names: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Read how a table's statistics are computed, where somebody said so of this table."""
        try:
            found = self.glue.call("GetColumnStatisticsTaskSettings", names)["ColumnStatisticsTaskSettings"]
        except CallFailed as error:
            if not error.gone:
                raise
            return None
        return None if found.get("SettingSource") == "CATALOG" else dict(found)

    def _statistics(self, operation: str, names: Mapping[str, Any], columns: Sequence[str]) -> list[Any]:
        if wanted.STATISTICS not in self.wanted.parts:
            return []
        found: list[Any] = []
        for first in range(0, len(columns), _COLUMNS):
            request = {**names, "ColumnNames": columns[first : first + _COLUMNS]}
            found += self.glue.call(operation, request).get("ColumnStatisticsList", [])
        return sorted(found, key=lambda statistics: str(statistics["ColumnName"]))

    def lines(self, begun: TableStart) -> Iterator[bytes]:
        """Yield the lines of a table."""
        try:
            if wanted.VERSIONS in self.wanted.parts and not _is_link(begun.table):
                yield from self._versions(begun)
            made = inputs.of(begun.table, inputs.TABLE_INPUT)
            yield encode(Record(records.TABLE, begun.names, made, {"PartitionIndexes": begun.indexes}))
            for statistics in begun.statistics:
                yield _statistics_line(records.TABLE_STATISTICS, begun.names, statistics)
            if begun.task is not None:
                given, state = inputs.of_task(begun.task)
                yield encode(Record(records.STATISTICS_TASK, begun.names, given, {"ScheduleState": state}))
            yield from self._partition_lines(begun)
        except CallFailed as error:
            if not error.gone:
                raise
            self.note(f"table {begun.database}.{begun.name} was deleted while it was read: what came is kept")

    def _versions(self, begun: TableStart) -> Iterator[bytes]:
        """Yield the archived versions, oldest first; the API lists the newest first."""
        lines = SortedLines()
        current = begun.table.get("VersionId")
        for page in pages(self.glue, "GetTableVersions", {**begun.names, "MaxResults": 100}, "TableVersions"):
            for version in page:
                if version["VersionId"] != current:
                    made = inputs.of(version["Table"], inputs.TABLE_INPUT)
                    record = Record(
                        records.TABLE_VERSION, {**begun.names, "VersionId": version["VersionId"]}, made
                    )
                    lines.add(b"%012d" % int(version["VersionId"]) + encode(record))
        yield from (line[12:] for line in lines.drain())

    def _partition_lines(self, begun: TableStart) -> Iterator[bytes]:
        lines = SortedLines()
        for page in self._pages(begun):
            for partition in page:
                names = {**begun.names, "Values": partition["Values"]}
                lines.add(
                    encode(Record(records.PARTITION, names, inputs.of(partition, inputs.PARTITION_INPUT)))
                )
            if wanted.PARTITION_STATISTICS in self.wanted.parts:
                for found in self.pool.map(lambda partition: self._of_partition(begun, partition), page):
                    for line in found:
                        lines.add(line)
        return lines.drain()

    def _of_partition(self, begun: TableStart, partition: Mapping[str, Any]) -> list[bytes]:
        asked = {**begun.names, "PartitionValues": partition["Values"]}
        columns = _columns(partition) or _columns(begun.table)
        found = self._statistics("GetColumnStatisticsForPartition", asked, columns)
        names = {**begun.names, "Values": partition["Values"]}
        return [_statistics_line(records.PARTITION_STATISTICS, names, statistics) for statistics in found]

    def _pages(self, begun: TableStart) -> Iterator[list[Any]]:
        if begun.token is None or self.segments == 1:
            yield begun.partitions
            request: dict[str, Any] = {**begun.names, "MaxResults": _PAGE}
            if begun.token is not None:
                yield from pages(
                    self.glue, "GetPartitions", {**request, "NextToken": begun.token}, "Partitions"
                )
            return
        yield from self._pages_of_segments(begun)

    def _pages_of_segments(self, begun: TableStart) -> Iterator[list[Any]]:
        """Yield the pages of all segments as they come; each segment is read by a thread of its own."""
        ready: Queue[list[Any] | BaseException | None] = Queue(_PAGES_AHEAD)

        def read(segment: int) -> None:
            part = {"SegmentNumber": segment, "TotalSegments": self.segments}
            try:
                request = {**begun.names, "MaxResults": _PAGE, "Segment": part}
                for page in pages(self.glue, "GetPartitions", request, "Partitions"):
                    ready.put(page)
                ready.put(None)
            except BaseException as error:
                ready.put(error)

        for segment in range(self.segments):
            Thread(target=read, args=(segment,), name=f"segment-{segment}", daemon=True).start()
        reading = self.segments
        while reading:
            page = ready.get()
            if page is None:
                reading -= 1
            elif isinstance(page, BaseException):
                raise page
            else:
                yield page


def _is_link(table: Mapping[str, Any]) -> bool:
    """Tell whether all that a table has is another's, with which it is exported."""
    return "TargetTable" in table


def _index(shown: Mapping[str, Any]) -> dict[str, Any]:
    return {"IndexName": shown["IndexName"], "Keys": [key["Name"] for key in shown["Keys"]]}


def _columns(thing: Mapping[str, Any]) -> list[str]:
    return [column["Name"] for column in thing.get("StorageDescriptor", {}).get("Columns", [])]


def _statistics_line(kind: str, names: Mapping[str, Any], statistics: Mapping[str, Any]) -> bytes:
    made = inputs.of(statistics, inputs.STATISTICS_INPUT)
    return encode(Record(kind, {**names, "ColumnName": statistics["ColumnName"]}, made))
