"""Puts the settings of a table's statistics task into a catalog; a schedule that was stopped stays so."""

from collections.abc import Mapping
from typing import Any

from isinglass.transfer import inputs
from isinglass.transfer.inputs import NOT_SCHEDULED
from isinglass.transfer.putting import Target, put_compared
from isinglass.transfer.report import Entry


def put_task(target: Target, names: Mapping[str, Any], entry: Entry) -> None:
    """Make the settings, or bring them to what the record says."""
    given = dict(entry.record.input)
    stopped = entry.record.more.get("ScheduleState") == NOT_SCHEDULED
    wanted = {**given, **({"ScheduleState": NOT_SCHEDULED} if stopped else {})}

    def there() -> dict[str, Any] | None:
        found = target.find("GetColumnStatisticsTaskSettings", names, "ColumnStatisticsTaskSettings")
        if found is None:
            return None
        shown, state = inputs.of_task(found)
        return {**shown, **({"ScheduleState": state} if state else {})}

    def turn(was: str) -> None:
        if stopped != (was == NOT_SCHEDULED) and given.get("Schedule"):
            verb = "Stop" if stopped else "Start"
            target.glue.call(f"{verb}ColumnStatisticsTaskRunSchedule", names)

    def create() -> None:
        target.glue.call("CreateColumnStatisticsTaskSettings", {**names, **given})
        turn("")

    def replace() -> None:
        was = str((there() or {}).get("ScheduleState", ""))
        request = {**names, "Schedule": "", **given}
        target.glue.call("UpdateColumnStatisticsTaskSettings", request)
        turn(was)

    put_compared(target, entry, wanted, there, create, replace)
