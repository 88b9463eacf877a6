"""What an import is told to do, and what it tells of what it did."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from isinglass.transfer.records import Record
from isinglass.transfer.wanted import Wanted

#: Problems and changes beyond so many are counted, not kept.
_MOST_KEPT = 1000

Outcome = Literal["created", "replaced", "unchanged", "skipped", "failed"]
OUTCOMES: tuple[Outcome, ...] = ("created", "replaced", "unchanged", "skipped", "failed")


@dataclass(frozen=True, slots=True)
class Entry:
    """A record and where it stands in its file; `size` is the length of its line."""

    where: str
    record: Record
    size: int = 0


@dataclass(frozen=True, slots=True)
class Choices:
    """How an import treats what it meets."""

    wanted: Wanted = field(default_factory=Wanted)
    on_conflict: Literal["skip", "replace", "fail"] = "skip"
    dry_run: bool = False
    go_on: bool = False
    threads: int = 4


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was not imported, and why."""

    where: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.why}" if self.what else f"{self.where}: {self.why}"


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is there already and differs: what happens to it, and in what it differs."""

    what: str
    outcome: Outcome
    differences: Sequence[str]


@dataclass(eq=False)
class Stopped(Exception):
    """The import ends here: a record is bad, or what is there is not to be touched."""

    problem: Problem
    conflict: bool = False

    def __str__(self) -> str:
        return str(self.problem)


@dataclass(slots=True)
class Report:
    """Counts outcomes by kind; many threads may add to it."""

    choices: Choices
    tell: Callable[["Report"], None] = lambda _: None
    told_problem: Callable[[Problem], None] = lambda _: None
    counts: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, outcome: Outcome, number: int = 1) -> None:
        """Count things that had an outcome."""
        if not number:
            return
        with self._lock:
            self.counts[kind, outcome] += number
        self.tell(self)

    def failed(self, entry: Entry, why: str, *, number: int = 1) -> None:
        """Note that a record could not be imported; raises Stopped unless the import is to go on."""
        self.add(entry.record.kind, "failed", number)
        self.problem(Problem(entry.where, str(entry.record), why))

    def problem(self, problem: Problem) -> None:
        """Note a problem; raises Stopped unless the import is to go on."""
        with self._lock:
            if len(self.problems) < _MOST_KEPT:
                self.problems.append(problem)
        self.told_problem(problem)
        if not self.choices.go_on:
            raise Stopped(problem)

    def conflict(self, entry: Entry, differences: Sequence[str]) -> bool:
        """Note that something is there and differs; tells whether to replace it, or raises Stopped."""
        what = str(entry.record)
        if self.choices.on_conflict == "fail":
            why = f"it is there already and differs in {'; '.join(differences[:3])}"
            self.add(entry.record.kind, "failed")
            raise Stopped(Problem(entry.where, what, why), conflict=True)
        outcome: Outcome = "replaced" if self.choices.on_conflict == "replace" else "skipped"
        with self._lock:
            if len(self.changes) < _MOST_KEPT:
                self.changes.append(Change(what, outcome, differences))
        self.add(entry.record.kind, outcome)
        return outcome == "replaced"

    @property
    def failures(self) -> int:
        """How many records were not imported because something was wrong with them."""
        return sum(number for (_, outcome), number in self.counts.items() if outcome == "failed")

    def by_kind(self) -> Mapping[str, Mapping[str, int]]:
        """Arrange the counts for people and programs."""
        kinds = dict.fromkeys(kind for kind, _ in self.counts)
        return {
            kind: {outcome: self.counts[kind, outcome] for outcome in OUTCOMES if self.counts[kind, outcome]}
            for kind in kinds
        }

    def document(self) -> dict[str, Any]:
        """Write the whole report for a program."""
        return {
            "DryRun": self.choices.dry_run,
            "Counts": self.by_kind(),
            "Changes": [
                {"What": change.what, "Outcome": change.outcome, "Differences": list(change.differences)}
                for change in self.changes
            ],
            "Problems": [
                {"Where": problem.where, "What": problem.what, "Why": problem.why}
                for problem in self.problems
            ],
        }
