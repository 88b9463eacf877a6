"""The launch document: what a job run's process is told, and what only the platform may write."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

#: Raised with every change that an older child could not understand.
VERSION = 2


@dataclass(eq=False)
class UnknownVersionError(Exception):
    """The server speaks another version of the launch document than this runtime."""

    found: object

    def __str__(self) -> str:
        return (
            f"The server sent a launch document of version {self.found}, this runtime reads {VERSION}. "
            "Install the same release of the server and of isinglass-runtime."
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """What the process may use; None leaves the machine's own limit."""

    cpu_seconds: int | None = None
    open_files: int | None = None


@dataclass(frozen=True, slots=True)
class Installer:
    """How --additional-python-modules are installed: where they are kept, and the installer's environment."""

    cache_dir: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A statement to run instead of a script."""

    sql: str
    database: str = ""
    limit: int = 1000


@dataclass(frozen=True, slots=True)
class Statistics:
    """A table whose columns are to be measured instead of a script run."""

    database: str
    table: str
    #: Names of the columns to measure.
    columns: tuple[str, ...]
    #: How much of the table to read; 100 for all of it.
    sample_percent: float = 100.0


@dataclass(frozen=True, slots=True)
class Permitted:
    """The part of a table that somebody may read, to be copied to a place instead of a script run."""

    database: str
    table: str
    target: str
    #: For each column in order: its name, and which of the filters let its cells through; None for all rows.
    columns: tuple[tuple[str, tuple[int, ...] | None], ...]
    #: Row filters, as trees of tests on columns.
    filters: tuple[dict[str, Any], ...] = ()
    #: A GetPartitions expression; empty for all partitions.
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Launch:
    """One process: a script with its files and arguments, a query, or a measurement."""

    command: str
    environment: dict[str, str]
    scratch_dir: str
    settings: dict[str, Any]
    script_location: str = ""
    argv: tuple[str, ...] = ()
    extra_py_files: tuple[str, ...] = ()
    extra_files: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    may_use_local_files: bool = False
    installer: Installer = field(default_factory=Installer)
    limits: Limits = field(default_factory=Limits)
    query: Query | None = None
    statistics: Statistics | None = None
    permitted: Permitted | None = None


def dumps(launch: Launch) -> bytes:
    """Write a launch document."""
    return json.dumps({"version": VERSION, **asdict(launch)}).encode()


def loads(document: bytes) -> Launch:
    """Read a launch document; raises UnknownVersionError for another version's."""
    found = json.loads(document)
    version = found.pop("version", None)
    if version != VERSION:
        raise UnknownVersionError(version)
    for name in ("argv", "extra_py_files", "extra_files", "modules"):
        found[name] = tuple(found[name])
    installer = found["installer"]
    found["installer"] = Installer(**{**installer, "options": tuple(installer["options"])})
    found["limits"] = Limits(**found["limits"])
    found["query"] = None if found["query"] is None else Query(**found["query"])
    wanted = found["statistics"]
    found["statistics"] = (
        None if wanted is None else Statistics(**{**wanted, "columns": tuple(wanted["columns"])})
    )
    part = found.get("permitted")
    found["permitted"] = None if part is None else _permitted(part)
    return Launch(**found)


def _permitted(part: dict[str, Any]) -> Permitted:
    columns = tuple((name, None if rows is None else tuple(rows)) for name, rows in part["columns"])
    return Permitted(**{**part, "columns": columns, "filters": tuple(part["filters"])})
