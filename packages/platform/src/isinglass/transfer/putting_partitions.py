"""Puts partitions into a table, many in one request: made first, compared only where they are there."""

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


def put_partitions(target: Target, names: Mapping[str, Any], entries: Sequence[Entry]) -> None:
    """Put partitions of one table."""
    if target.dry:
        _plan(target, names, entries)
        return
    taken = _create(target, names, entries)
    try:
        if taken:
            _compare(target, names, taken)
    except CallFailed as error:
        _all_failed(target, taken, error)


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
    refused = {tuple(each["PartitionValues"]): each["ErrorDetail"] for each in answer.get("Errors", [])}
    target.report.add(records.PARTITION, "created", len(entries) - len(refused))
    return _sorted_out(target, entries, refused)


def _sorted_out(
    target: Target, entries: Sequence[Entry], refused: Mapping[tuple[str, ...], Mapping[str, Any]]
) -> list[Entry]:
    taken: list[Entry] = []
    for entry in entries if refused else ():
        detail = refused.get(tuple(entry.record.names["Values"]))
        if detail is not None and detail["ErrorCode"] == TAKEN:
            taken.append(entry)
        elif detail is not None:
            target.report.failed(entry, f"{detail['ErrorCode']}: {detail['ErrorMessage']}")
    return taken


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
    new = [entry for entry in entries if tuple(entry.record.names["Values"]) not in there]
    target.report.add(records.PARTITION, "created", len(new))
    _changed(target, there, [entry for entry in entries if tuple(entry.record.names["Values"]) in there])


def _compare(target: Target, names: Mapping[str, Any], entries: Sequence[Entry]) -> None:
    changed = _changed(target, _there(target, names, entries), entries)
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
