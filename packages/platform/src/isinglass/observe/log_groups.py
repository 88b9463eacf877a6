"""The CloudWatch view of log files: which group and stream names which lines of which file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from isinglass.observe.log_sealing import LineCipher
from isinglass.observe.logs import LogLine, log_name, log_path, read_backward, read_forward

_DRIVER = "-driver"


@dataclass(frozen=True, slots=True)
class LogGroup:
    """One log group; `stream` keeps only lines of stdout ("O") or stderr ("E")."""

    name: str
    family: str
    stream: str | None = None
    suffix: str = ""


GROUPS = {
    group.name: group
    for group in (
        LogGroup("/aws-glue/column-statistics", "column-statistics"),
        LogGroup("/aws-glue/crawlers", "crawlers"),
        LogGroup("/aws-glue/jobs/error", "jobs", "E"),
        LogGroup("/aws-glue/jobs/logs-v2", "jobs", None, _DRIVER),
        LogGroup("/aws-glue/jobs/output", "jobs", "O"),
        LogGroup("/aws-glue/python-jobs/error", "python-jobs", "E"),
        LogGroup("/aws-glue/python-jobs/output", "python-jobs", "O"),
    )
}


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """One log stream; times are epoch milliseconds."""

    name: str
    path: Path
    modified_ms: int
    size: int


def streams(group: LogGroup, directory: str, prefix: str = "") -> list[StreamInfo]:
    """List a group's streams by name."""
    folder = Path(directory) / group.family
    found = []
    for path in folder.glob("*.log"):
        name = log_name(path) + group.suffix
        if not name.startswith(prefix):
            continue
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue  # removed since it was listed
        found.append(StreamInfo(name, path, int(stat.st_mtime * 1000), stat.st_size))
    return sorted(found, key=lambda stream: stream.name)


def stream_path(group: LogGroup, directory: str, name: str) -> Path | None:
    """Find the file of a stream; None when there is none of that name."""
    if group.suffix and not name.endswith(group.suffix):
        return None
    path = log_path(directory, group.family, name.removesuffix(group.suffix) if group.suffix else name)
    return path if path.is_file() else None


def lines(
    group: LogGroup,
    path: Path,
    position: int,
    *,
    backward: bool = False,
    start: int = 0,
    end: int | None = None,
    cipher: LineCipher | None = None,
) -> Iterator[LogLine]:
    """Read a group's lines of a file from a position on, of a time span [start, end)."""
    for line in (read_backward if backward else read_forward)(path, position, cipher):
        wanted = group.stream is None or line.stream == group.stream
        if wanted and line.time_ms >= start and (end is None or line.time_ms < end):
            yield line


@dataclass(frozen=True, slots=True)
class TermFilter:
    """CloudWatch's filter of plain terms: `a "b c"` all, `?a ?b` any, `-a` none."""

    every: tuple[str, ...] = ()
    some: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    def __call__(self, text: str) -> bool:
        """Test one line."""
        return (
            all(term in text for term in self.every)
            and (not self.some or any(term in text for term in self.some))
            and not any(term in text for term in self.none)
        )


@dataclass(eq=False)
class UnsupportedPatternError(Exception):
    """A filter pattern of a kind that is not implemented, or one that is not closed."""

    pattern: str

    def __str__(self) -> str:
        return f"The filter pattern {self.pattern!r} is not made of terms: use words, ?any, -none."


def parse_filter(pattern: str) -> TermFilter:
    """Read a filter pattern; raises UnsupportedPatternError for JSON and column patterns."""
    import shlex

    if pattern.strip()[:1] in ("{", "[", "%"):
        raise UnsupportedPatternError(pattern)
    try:
        terms = shlex.split(pattern)
    except ValueError as error:
        raise UnsupportedPatternError(pattern) from error
    return TermFilter(
        every=tuple(term for term in terms if term[:1] not in ("?", "-")),
        some=tuple(term[1:] for term in terms if term.startswith("?")),
        none=tuple(term[1:] for term in terms if term.startswith("-")),
    )
