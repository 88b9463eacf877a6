"""Read connection and format options as Glue's scripts pass them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FILE_CONNECTIONS = frozenset({"s3", "file"})
_FORMATS = frozenset({"csv", "json", "parquet", "orc", "avro", "xml", "ion", "groklog", "glueparquet"})
_JDBC = frozenset({"mysql", "postgresql", "oracle", "sqlserver", "redshift", "jdbc", "snowflake"})


class UnsupportedConnectionError(NotImplementedError):
    """A kind of connection that is not built yet; the message says what to use instead."""

    def __init__(self, connection_type: str) -> None:
        instead = (
            "read or write files (s3), or use a Python driver of the database in a pythonshell job"
            if connection_type.rsplit(".", maxsplit=1)[-1] in _JDBC
            else "read or write files (s3)"
        )
        super().__init__(f"connections of the type {connection_type!r} are not available yet; {instead}")
        self.connection_type = connection_type


@dataclass(frozen=True, slots=True)
class FileRequest:
    """What a script asked to read or write."""

    format: str
    urls: tuple[str, ...]
    #: Glue's format options, and the compression asked for.
    options: Mapping[str, Any]
    exclusions: tuple[str, ...] = ()


def file_request(
    connection_type: str,
    connection_options: Mapping[str, Any],
    format: str | None,
    format_options: Mapping[str, Any],
) -> FileRequest:
    """Check a read or write of files and translate its options."""
    kind, chosen = connection_type, format
    if connection_type.lower() in _FORMATS:
        kind, chosen = "s3", connection_type
    if kind.lower() not in FILE_CONNECTIONS:
        raise UnsupportedConnectionError(connection_type)
    if not chosen:
        message = "the parameter format is missing; say what the files are, for example format='parquet'"
        raise ValueError(message)
    name = "parquet" if chosen.lower() == "glueparquet" else chosen.lower()
    options = dict(format_options)
    compression = connection_options.get("compression")
    if compression:
        options["compression"] = compression
    return FileRequest(name, paths_of(connection_options), options, exclusions_of(connection_options))


def paths_of(connection_options: Mapping[str, Any]) -> tuple[str, ...]:
    """Find where to read or write: `path` or `paths`."""
    given = connection_options.get("paths") or connection_options.get("path")
    if not given:
        message = f"connection_options need 'path' or 'paths'; got only {sorted(connection_options)}"
        raise ValueError(message)
    if isinstance(given, str):
        given = json.loads(given) if given.lstrip().startswith("[") else [given]
    return tuple(str(each) for each in given)


def exclusions_of(connection_options: Mapping[str, Any]) -> tuple[str, ...]:
    """Read `exclusions`: a list, or a string that holds one as JSON."""
    given = connection_options.get("exclusions") or ()
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError as failure:
            message = f"exclusions must be a JSON list of globs such as '[\"**.pdf\"]', got {given!r}"
            raise ValueError(message) from failure
    return tuple(str(each) for each in given)


def flag(value: Any) -> bool:
    """Read a flag that may be text."""
    return value if isinstance(value, bool) else str(value).lower() == "true"
