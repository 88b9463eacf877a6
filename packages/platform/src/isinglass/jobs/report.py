"""What one execution of a run reports of its work: kept with the run, and summed up at the end of its log."""

from dataclasses import dataclass, field
from typing import Any

from isinglass.jobs.supervisor import Ending
from isinglass.observe.logs import LogWriter
from isinglass.store.job_runs import JobRun
from isinglass.store.work_context import WorkContext

PROGRESS_SECONDS = 2.0
#: Targets that the summary in the log names.
NAMED_TARGETS = 5
_UNITS = ("B", "kB", "MB", "GB", "TB")


@dataclass(slots=True)
class RunReport:
    """Collects a run's events; counts are the last launch's, which replaces others' output."""

    context: WorkContext
    run: JobRun
    _counts: dict[str, Any] = field(default_factory=dict)
    _facts: dict[str, Any] = field(default_factory=dict)
    _stored: float = 0.0

    def launched(self, engine: str) -> None:
        """Note that a process begins."""
        self._counts = {}
        self._facts["engine"] = "spark" if engine.startswith("sc://") else "sail"
        self._facts["launches"] = self._facts.get("launches", 0) + 1

    def on_event(self, event: dict[str, Any]) -> None:
        """Take in an event, and store the progress, not more often than anyone looks."""
        if event.get("event") not in ("progress", "metrics"):
            return
        self._counts.update({name: value for name, value in event.items() if name != "event"})
        now = self.context.now
        if now - self._stored < PROGRESS_SECONDS:
            return
        self._stored = now
        with self.context.store.begin() as tx:
            tx.job_runs.record_progress(self.run.account_id, self.run.run_id, self.progress())

    def progress(self) -> dict[str, Any]:
        """Give all that is known, as JSON can hold it."""
        return {**self._counts, **self._facts}

    def end(self, ending: Ending, writer: LogWriter) -> None:
        """Note how the execution ended, and sum it up in the log when it has read or written anything."""
        self._facts["peak_bytes"] = max(ending.peak_bytes, self._facts.get("peak_bytes", 0))
        text = summary(self._counts, str(self._facts.get("engine", "")), ending.seconds)
        if text:
            writer.write(text, self.context.now, "E")


def summary(counts: dict[str, Any], engine: str, seconds: float) -> str:
    """Write the line that ends a run's log; empty when nothing was read or written."""
    parts = []
    if counts.get("files_written"):
        written = f"wrote {_amount(counts, 'written', rows=True)}"
        targets = counts.get("targets") or []
        names = [str(target["url"]) for target in targets[:NAMED_TARGETS]]
        if len(targets) > NAMED_TARGETS:
            names.append(f"{len(targets) - NAMED_TARGETS} more")
        parts.append(f"{written} to {', '.join(names)}")
    if counts.get("files_read"):
        parts.append(f"read {_amount(counts, 'read')}")
    if not parts:
        return ""
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}; {seconds:.1f} s on {engine.capitalize()}."


def _amount(counts: dict[str, Any], what: str, *, rows: bool = False) -> str:
    files = int(counts[f"files_{what}"])
    text = f"{files:,} file{'' if files == 1 else 's'} ({_size(counts[f'bytes_{what}'])})"
    return f"{int(counts['rows_written']):,} rows in {text}" if rows else text


def _size(count: float) -> str:
    unit = 0
    while count >= 1000 and unit < len(_UNITS) - 1:
        count, unit = count / 1000, unit + 1
    return f"{count:.0f} {_UNITS[unit]}" if unit == 0 else f"{count:.1f} {_UNITS[unit]}"
