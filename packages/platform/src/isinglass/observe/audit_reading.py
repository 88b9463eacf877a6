"""Read one account's audit log: the latest events first, by what they are about, from page to page."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from isinglass.observe.audit_log import AuditFile, audit_files, day_of

#: A page looks at so many lines at most: one that finds nothing still ends, and says where to go on.
MOST_LINES = 200_000
_BLOCK = 1 << 16
#: Events of reads are written a moment after those of writes.
_DISORDER_SECONDS = 2.0

#: Where each stream goes on: the name of its file and the end of the next line in it.
Position = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What events to give; None and False want all. Names may be the last part of what they are to match."""

    start: float | None = None
    end: float | None = None
    principal: str | None = None
    operation: str | None = None
    resource: str | None = None
    denied_only: bool = False

    def __call__(self, event: dict[str, Any]) -> bool:
        """Tell whether an event is wanted."""
        return (
            (self.principal is None or _is(event.get("Principal", ""), self.principal))
            and (self.operation is None or _is(event.get("Operation", ""), self.operation))
            and (
                self.resource is None or any(_is(each, self.resource) for each in event.get("Resources", ()))
            )
            and (not self.denied_only or event.get("Outcome") == "DENIED")
        )

    def covers(self, moment: float) -> bool:
        """Tell whether a moment is in the span."""
        return (self.start is None or moment >= self.start) and (self.end is None or moment < self.end)

    @property
    def needles(self) -> tuple[bytes, ...]:
        """Texts that every wanted line has as they are: looking for them is faster than reading the line."""
        texts = [text for text in (self.principal, self.operation, self.resource) if text and text.isascii()]
        plain = [text.encode() for text in texts if '"' not in text and "\\" not in text]
        return (*plain, b'"DENIED"') if self.denied_only else tuple(plain)


@dataclass(frozen=True, slots=True)
class Page:
    """Events, and where the next page begins; None when there is none."""

    events: list[dict[str, Any]]
    after: tuple[Position, ...] | None


def read_events(directory: str, wanted: Wanted, size: int, after: tuple[Position, ...] | None) -> Page:
    """Read the latest events that are wanted, or those that come after a page."""
    streams = _streams(audit_files(directory))
    positions: dict[str, Position] = {position[0]: position for position in after or ()}
    if after is None:
        for name, files in streams.items():
            positions[name] = (name, files[-1].path.name, files[-1].path.stat().st_size)
    merged = heapq.merge(
        *(
            _backward(streams[name], position, wanted)
            for name, position in positions.items()
            if name in streams
        ),
        key=lambda line: -line[0],
    )
    events: list[dict[str, Any]] = []
    for seen, (_, event, position) in enumerate(merged, 1):
        positions[position[0]] = position
        if event is not None:
            events.append(event)
        if len(events) == size or seen >= MOST_LINES:
            return Page(events, tuple(positions.values()))
    return Page(events, None)


def _streams(files: list[AuditFile]) -> dict[str, list[AuditFile]]:
    streams: dict[str, list[AuditFile]] = {}
    for file in files:
        streams.setdefault(file.stream, []).append(file)
    return streams


def _backward(
    files: list[AuditFile], position: Position, wanted: Wanted
) -> Iterator[tuple[float, dict[str, Any] | None, Position]]:
    """Read a stream's lines, the last first; a line that is not wanted is None, for it counts too."""
    stream, name, end = position
    needles = wanted.needles
    last = None if wanted.end is None else day_of(wanted.end)
    for file in reversed([file for file in files if file.path.name <= name]):
        if last is not None and file.day > last:
            continue
        for start, raw in _lines(file, end if file.path.name == name else None):
            moment = _moment(raw)
            if moment is None:
                continue  # half a line of a killed writer
            if wanted.start is not None and moment < wanted.start - _DISORDER_SECONDS:
                return
            event = None
            if wanted.covers(moment) and all(needle in raw for needle in needles):
                event = orjson.loads(raw)
                event = event if wanted(event) else None
            yield moment, event, (stream, file.path.name, start)


def _lines(file: AuditFile, end: int | None) -> Iterator[tuple[int, bytes]]:
    """Read whole lines that end at or before a place, the last first, with where each begins."""
    try:
        handle = file.path.open("rb")
    except FileNotFoundError:
        return  # swept since it was listed
    with handle:
        size = handle.seek(0, 2)
        start = end = size if end is None else min(end, size)
        tail = b""
        while start > 0:
            step = min(_BLOCK, start)
            start -= step
            handle.seek(start)
            lines = (handle.read(step) + tail).splitlines(keepends=True)
            tail = b"" if start == 0 else lines.pop(0)
            for raw in reversed(lines):
                end -= len(raw)
                if raw.endswith(b"\n"):
                    yield end, raw


def _moment(raw: bytes) -> float | None:
    """Read when a line's event was; it is the first that a line says."""
    if not (raw.startswith(b'{"Time":') and raw.endswith(b"}\n")):
        return None
    try:
        return float(raw[8 : raw.index(b",")])
    except ValueError:
        return None


def _is(text: str, wanted: str) -> bool:
    """Tell whether a name is the wanted one, or ends with it at a boundary: `GetTable`, `job/nightly`."""
    return text == wanted or (text.endswith(wanted) and text[-len(wanted) - 1] in ":/")
