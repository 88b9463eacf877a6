"""Puts a table into a catalog: its versions in their order, its definition, indexes and statistics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from isinglass.transfer import inputs, records
from isinglass.transfer.calling import CallFailed, pages
from isinglass.transfer.differences import differences
from isinglass.transfer.putting import TAKEN, Target
from isinglass.transfer.putting_tasks import put_task
from isinglass.transfer.report import Entry, Problem
from isinglass.transfer.stored_forms import stored

#: Columns that one update of statistics may have, and one request for them.
_UPDATED, _ASKED = 25, 100

#: What became of a table, and so what becomes of its partitions: it was there, and they are put; it was made;
#: it would have been made, so that they are only counted; or both are left alone.
Fate = Literal["put", "made", "new", "leave"]


@dataclass(slots=True)
class TableParts:
    """What a file says of a table before its partitions."""

    database: str
    name: str
    versions: list[Entry] = field(default_factory=list)
    table: Entry | None = None
    statistics: list[Entry] = field(default_factory=list)
    tasks: list[Entry] = field(default_factory=list)

    @property
    def names(self) -> dict[str, Any]:
        """What names the table in requests."""
        return {"DatabaseName": self.database, "TableName": self.name}

    @property
    def is_link(self) -> bool:
        """Whether it leads to another table."""
        return self.table is not None and "TargetTable" in self.table.record.input


def put_table(target: Target, parts: TableParts) -> Fate:
    """Make a table, or bring it to what the records say; tells what becomes of its partitions."""
    try:
        # A file may hold partitions and statistics of a table that it does not hold.
        outcome: Literal["created", "put", "leave"] = "put"
        for entry in parts.versions if parts.table is None else ():
            target.report.failed(entry, "the table that it is a version of does not follow")
        if parts.table is not None:
            outcome = _put_definition(target, parts, parts.table)
        if outcome != "leave" and parts.statistics:
            put_statistics(target, parts.names, parts.statistics, is_new=outcome == "created")
        for entry in parts.tasks if outcome != "leave" else ():
            put_task(target, parts.names, entry)
    except CallFailed as error:
        for entry in [parts.table] if parts.table is not None else parts.statistics:
            target.report.failed(entry, f"{error.code}: {error.message}")
        return "leave"
    if outcome == "created":
        return "new" if target.dry else "made"
    return outcome


def _put_definition(target: Target, parts: TableParts, entry: Entry) -> Literal["created", "put", "leave"]:
    report = target.report
    asked = {"DatabaseName": parts.database, "Name": parts.name}
    found = target.find("GetTable", asked, "Table")
    if found is None and (target.dry or _create(target, parts, entry)):
        report.add(records.TABLE, "created")
        report.add(records.TABLE_VERSION, "created", len(parts.versions))
        return "created"
    if found is None:
        found = target.glue.call("GetTable", asked)["Table"]
    shown = stored(records.TABLE, parts.name, inputs.of(found, inputs.TABLE_INPUT))
    wanted = stored(records.TABLE, parts.name, entry.record.input)
    begun = _begun(target, parts, entry) if parts.versions else 0
    if begun:
        if not target.dry:
            _continue(target, parts, entry, begun)
        report.add(records.TABLE, "created")
        report.add(records.TABLE_VERSION, "created", len(parts.versions) - begun + 1)
    elif not (found_differences := differences(shown, wanted)):
        report.add(records.TABLE, "unchanged")
    elif not report.conflict(entry, found_differences):
        return "leave"
    elif not target.dry:
        _update(target, parts, entry.record.input)
    _put_indexes(target, parts, entry)
    return "put"


def _create(target: Target, parts: TableParts, entry: Entry) -> bool:
    """Make a table; False when it is there: somebody, or a try whose answer was lost, was faster."""
    first, *_ = [*parts.versions, entry]
    made = {"Name": parts.name, **first.record.input}
    request: dict[str, Any] = {"DatabaseName": parts.database, "TableInput": made}
    if first is entry and entry.record.more.get("PartitionIndexes"):
        request["PartitionIndexes"] = entry.record.more["PartitionIndexes"]
    try:
        target.glue.call("CreateTable", request)
    except CallFailed as error:
        if error.code != TAKEN:
            raise
        return False
    if parts.versions:
        _continue(target, parts, entry, 1)
        _put_indexes(target, parts, entry)
    return True


def _begun(target: Target, parts: TableParts, entry: Entry) -> int:
    """Tell how many of the versions are there already, when an import was interrupted between them."""
    listed = pages(target.glue, "GetTableVersions", {**parts.names, "MaxResults": 100}, "TableVersions")
    shown = [version for page in listed for version in page]
    shown.sort(key=lambda version: int(version["VersionId"]))
    there = [
        stored(records.TABLE, parts.name, inputs.of(version["Table"], inputs.TABLE_INPUT))
        for version in shown
    ]
    wanted = [stored(records.TABLE, parts.name, each.record.input) for each in [*parts.versions, entry]]
    return len(there) if len(there) < len(wanted) and there == wanted[: len(there)] else 0


def _continue(target: Target, parts: TableParts, entry: Entry, begun: int) -> None:
    for each in [*parts.versions, entry][begun:]:
        _update(target, parts, each.record.input)


def _update(target: Target, parts: TableParts, given: Mapping[str, Any]) -> None:
    request = {"DatabaseName": parts.database, "TableInput": {"Name": parts.name, **given}}
    target.glue.call("UpdateTable", request)


def _put_indexes(target: Target, parts: TableParts, entry: Entry) -> None:
    """Add the indexes that a table lacks; one of the same name and other keys stays and is told of."""
    wanted = entry.record.more.get("PartitionIndexes", ())
    if not wanted or target.dry:
        return
    listed = pages(target.glue, "GetPartitionIndexes", parts.names, "PartitionIndexDescriptorList")
    there = {index["IndexName"]: [key["Name"] for key in index["Keys"]] for page in listed for index in page}
    for index in wanted:
        present = there.get(index.get("IndexName"))
        if present is None:
            target.glue.call("CreatePartitionIndex", {**parts.names, "PartitionIndex": index})
        elif present != index.get("Keys"):
            why = f"index {index['IndexName']} is there already and has the keys {', '.join(present)}"
            target.report.problem(Problem(entry.where, str(entry.record), why))


def put_statistics(
    target: Target, names: Mapping[str, Any], entries: Sequence[Entry], *, is_new: bool
) -> None:
    """Put statistics of one table's columns, or of one partition's where `names` has PartitionValues."""
    operation = "ColumnStatisticsForPartition" if "PartitionValues" in names else "ColumnStatisticsForTable"
    report = target.report
    if is_new:
        due, replaced = list(entries), set[str]()
    else:
        due, replaced = _due(target, names, entries, f"Get{operation}")
    for first in range(0, len(due), _UPDATED):
        part = due[first : first + _UPDATED]
        errors: dict[str, str] = {}
        if not target.dry:
            errors = _update_statistics(target, names, part, f"Update{operation}")
        for entry in part:
            column = str(entry.record.names["ColumnName"])
            if column in errors:
                report.failed(entry, errors[column])
            elif column not in replaced:
                report.add(entry.record.kind, "created")


def _due(
    target: Target, names: Mapping[str, Any], entries: Sequence[Entry], operation: str
) -> tuple[list[Entry], set[str]]:
    """Sort out which statistics are to be written, and the columns whose present ones they replace."""
    columns = [str(entry.record.names["ColumnName"]) for entry in entries]
    there: dict[str, Any] = {}
    for first in range(0, len(columns), _ASKED):
        request = {**names, "ColumnNames": columns[first : first + _ASKED]}
        for statistics in target.glue.call(operation, request).get("ColumnStatisticsList", []):
            there[statistics["ColumnName"].lower()] = inputs.of(statistics, inputs.STATISTICS_INPUT)
    due: list[Entry] = []
    replaced: set[str] = set()
    for entry, column in zip(entries, columns, strict=True):
        present = there.get(column.lower())
        if present is None:
            due.append(entry)
        elif not (found := differences(present, inputs.plain(dict(entry.record.input)))):
            target.report.add(entry.record.kind, "unchanged")
        elif target.report.conflict(entry, found):
            due.append(entry)
            replaced.add(column)
    return due, replaced


def _update_statistics(
    target: Target, names: Mapping[str, Any], entries: Sequence[Entry], operation: str
) -> dict[str, str]:
    """Write statistics; returns why some columns were refused."""
    made = [{"ColumnName": entry.record.names["ColumnName"], **entry.record.input} for entry in entries]
    try:
        answer = target.glue.call(operation, {**names, "ColumnStatisticsList": made})
    except CallFailed as error:
        if len(entries) == 1:
            return {str(entries[0].record.names["ColumnName"]): f"{error.code}: {error.message}"}
        # One bad entry must not take the others with it.
        half = len(entries) // 2
        return {
            **_update_statistics(target, names, entries[:half], operation),
            **_update_statistics(target, names, entries[half:], operation),
        }
    return {
        refused["ColumnStatistics"]["ColumnName"]: refused["Error"]["ErrorMessage"]
        for refused in answer.get("Errors", [])
    }
