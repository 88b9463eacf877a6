"""Puts partitions into a table, many in one request: looked at first, unless the import made the table."""

from collections.abc import Mapping, Sequence
from typing import Any

from isinglass.transfer import inputs, records
from isinglass.transfer.calling import CallFailed
from isinglass.transfer.differences import differences
from isinglass.transfer.putting import TAKEN, Target
from isinglass.transfer.report import Entry
from isinglass.transfer.stored_forms import stored

#: Partitions in one request to make them.
MOST = 100


def put_partitions(
    target: Target, names: Mapping[str, Any], entries: Sequence[Entry], *, made: bool = False
) -> None:
    """Put partitions of one table; `made` says that the import made it, so that it can hardly have them."""
    if target.dry:
        _plan(target, names, entries)
        return
    # To look costs a fraction of what it costs to be refused: what is unchanged is not written at all.
    there = {} if made else _seen(target, names, entries)
    present, new = _parted(entries, there)
    taken = _create(target, names, new) if new else []
    try:
        if taken:
            there.update(_there(target, names, taken))
        _compare(target, names, there, [*present, *taken])
    except CallFailed as error:
        _all_failed(target, [*present, *taken], error)


def _seen(target: Target, names: Mapping[str, Any], entries: Sequence[Entry]) -> dict[tuple[str, ...], Any]:
    """Read those that are there; none when that is refused: making them tells which of them is wrong."""
    try:
        return _there(target, names, entries)
    except CallFailed:
        return {}


def _parted(
    entries: Sequence[Entry], there: Mapping[tuple[str, ...], Any]
) -> tuple[list[Entry], list[Entry]]:
    """Tell those that are there from those that are not."""
    parts: tuple[list[Entry], list[Entry]] = ([], [])
    for entry in entries:
        parts[tuple(entry.record.names["Values"]) not in there].append(entry)
    return parts


def _all_failed(target: Target, entries: Sequence[Entry], error: CallFailed) -> None:
    for entry in entries:
        target.report.failed(entry, f"{error.code}: {error.message}")


def _create(target: Target, names: Mapping[str, Any], entries: Sequence[Entry]) -> list[Entry]:
    """Make partitions; returns those that are there already."""
    made = [{"Values": entry.record.names["Values"], **entry.record.input} for entry in entries]
    try:
        answer = target.glue.call("BatchCreatePartition", {**names, "PartitionInputList": made})
    except CallFailed as error:
        if len(entries) == 1:
            target.report.failed(entries[0], f"{error.code}: {error.message}")
            return []
        # One entry that cannot be read refuses the whole request.
        half = len(entries) // 2
        return [*_create(target, names, entries[:half]), *_create(target, names, entries[half:])]
    refused: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for each in answer.get("Errors", []):
        refused.setdefault(tuple(each["PartitionValues"]), []).append(each["ErrorDetail"])
    target.report.add(records.PARTITION, "created", len(entries) - sum(map(len, refused.values())))
    return _sorted_out(target, entries, refused)


def _sorted_out(
    target: Target, entries: Sequence[Entry], refused: Mapping[tuple[str, ...], list[Mapping[str, Any]]]
) -> list[Entry]:
    taken: list[Entry] = []
    # Of lines that a file has twice, the last are those refused.
    for entry in reversed(entries) if refused else ():
        details = refused.get(tuple(entry.record.names["Values"]))
        if not details:
            continue
        detail = details.pop()
        if detail["ErrorCode"] == TAKEN:
            taken.append(entry)
        else:
            target.report.failed(entry, f"{detail['ErrorCode']}: {detail['ErrorMessage']}")
    return taken[::-1]


def _there(target: Target, names: Mapping[str, Any], entries: Sequence[Entry]) -> dict[tuple[str, ...], Any]:
    asked = [{"Values": entry.record.names["Values"]} for entry in entries]
    answer = target.glue.call("BatchGetPartition", {**names, "PartitionsToGet": asked})
    return {tuple(each["Values"]): each for each in answer.get("Partitions", [])}


def _plan(target: Target, names: Mapping[str, Any], entries: Sequence[Entry]) -> None:
    try:
        there = _there(target, names, entries)
    except CallFailed as error:
        _all_failed(target, entries, error)
        return
    present, new = _parted(entries, there)
    target.report.add(records.PARTITION, "created", len(new))
    _changed(target, there, present)


def _compare(
    target: Target,
    names: Mapping[str, Any],
    there: Mapping[tuple[str, ...], Any],
    entries: Sequence[Entry],
) -> None:
    changed = _changed(target, there, entries)
    if not changed:
        return
    made = [
        {
            "PartitionValueList": entry.record.names["Values"],
            "PartitionInput": {"Values": entry.record.names["Values"], **entry.record.input},
        }
        for entry in changed
    ]
    answer = target.glue.call("BatchUpdatePartition", {**names, "Entries": made})
    by_values = {tuple(entry.record.names["Values"]): entry for entry in changed}
    for each in answer.get("Errors", []):
        entry = by_values[tuple(each["PartitionValueList"])]
        target.report.failed(
            entry, f"{each['ErrorDetail']['ErrorCode']}: {each['ErrorDetail']['ErrorMessage']}"
        )


def _changed(target: Target, there: Mapping[tuple[str, ...], Any], entries: Sequence[Entry]) -> list[Entry]:
    """Sort out the partitions that are there: those that are to be replaced are returned."""
    changed: list[Entry] = []
    unchanged = 0
    for entry in entries:
        shown = there.get(tuple(entry.record.names["Values"]), {})
        if _is_alike(shown, entry.record.input):
            unchanged += 1
            continue
        present = stored(records.PARTITION, "", inputs.of(shown, inputs.PARTITION_INPUT))
        found = differences(present, stored(records.PARTITION, "", entry.record.input))
        if not found:
            unchanged += 1
        elif target.report.conflict(entry, found):
            changed.append(entry)
    target.report.add(records.PARTITION, "unchanged", unchanged)
    return changed


def _is_alike(shown: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Tell at a glance what is surely alike: what an export wrote is, and there are many of them."""
    return all(shown.get(name) == given.get(name) for name in inputs.PARTITION_INPUT)
