"""How changes of the catalog are told to people: who, through what, when, and what differs."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

#: Differences told in a line of a listing.
_MOST_TOLD = 4
_RED, _GREEN, _CYAN, _BOLD, _DIM = "31", "32", "36", "1", "2"
#: What a verdict means for those who use the table.
VERDICTS = {"IDENTICAL": "the same", "BACKWARD": "safe", "FORWARD": "to be planned", "BREAKING": "breaking"}
_HEADINGS = {
    "COLUMN": "columns",
    "PARTITION_KEY": "partition keys",
    "COMMENT": "comments",
    "PARAMETER": "parameters",
    "LOCATION": "location",
    "FORMAT": "format",
    "SERDE": "serde",
    "ATTRIBUTE": "attributes",
}


def moment(seconds: float) -> str:
    """Write a time in this machine's zone."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def who(change: dict[str, Any]) -> str:
    """Write who made a change, as briefly as it is still known."""
    principal = str(change["Principal"]).rpartition(":")[2]
    return principal.removeprefix("user/").removeprefix("assumed-role/")


def through(change: dict[str, Any]) -> str:
    """Write through what a change came."""
    origin = change["Origin"]
    match origin["Through"]:
        case "CRAWLER":
            return f"crawler {origin['CrawlerName']} (crawl {origin['CrawlId']})"
        case "JOB":
            return f"job {origin['JobName']} (run {origin['JobRunId']})"
        case "RESTORE":
            return f"restore of version {origin['RestoredFrom']}"
        case "IMPORT":
            return f"import of {origin['ImportedFrom']}"
    return str(change.get("Client", "")).partition(" ")[0]


def is_coloured() -> bool:
    """Tell whether standard output takes colours."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("CLICOLOR_FORCE")) or sys.stdout.isatty()


def diff_lines(name: str, diff: dict[str, Any], *, colour: bool) -> Iterator[str]:
    """Write what differs between two versions, as version control does."""

    def paint(text: str, *codes: str) -> str:
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if colour else text

    yield paint(f"--- {name} version {diff['FromVersionId']}", _BOLD)
    yield paint(f"+++ {name} version {diff['ToVersionId']}", _BOLD)
    for kind, differences in groupby(diff["Differences"], key=lambda each: each["Kind"]):
        yield paint(f"@@ {_HEADINGS[kind]} @@", _CYAN)
        for each in differences:
            remark = paint(f"   # {VERDICTS[each['Compatibility']]}: {each['Reason']}", _DIM)
            lines = list(_changed(each))
            for number, (sign, text) in enumerate(lines):
                last = number == len(lines) - 1
                yield paint(sign + _plain(text), _RED if sign == "-" else _GREEN) + (remark if last else "")


def _changed(difference: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give a difference as lines that go and lines that come."""
    path, before, after = difference["Path"], difference.get("Before"), difference.get("After")
    match difference["Change"]:
        case "RENAMED":
            yield "-", before or ""
            yield "+", after or ""
        case "MOVED":
            yield "-", f"{path} at {before}"
            yield "+", f"{path} at {after}"
        case _:
            if before is not None:
                yield "-", f"{path} {before}"
            if after is not None:
                yield "+", f"{path} {after}"


def _plain(text: str) -> str:
    """Keep a value from breaking out of its line or from painting the terminal."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def summary(lines: Sequence[str]) -> str:
    """Write a summary in one short line."""
    return ", ".join(lines[:_MOST_TOLD]) + (", …" if len(lines) > _MOST_TOLD else "")


def counted(number: int, noun: str) -> str:
    """Write a number of things."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
