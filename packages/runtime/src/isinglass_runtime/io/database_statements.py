"""Statements about databases, done in our catalog."""

from collections.abc import Sequence
from typing import Any

from pyspark.errors import AnalysisException

from isinglass_runtime.gate.tokens import Token
from isinglass_runtime.io.metastore import CURRENT, OWN_CATALOGS, client, databases_exist
from isinglass_runtime.io.statement_cursor import Cursor, Rows, SyntaxNotKnownError, matches

_KINDS = ("DATABASE", "SCHEMA", "NAMESPACE")


class DatabaseNotFoundError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """The catalog has no such database."""

    def __init__(self, name: str) -> None:
        super().__init__(f"[SCHEMA_NOT_FOUND] The database `{name}` cannot be found.")


class DatabaseExistsError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """There is a database where one should be created."""

    def __init__(self, name: str) -> None:
        super().__init__(f"[SCHEMA_ALREADY_EXISTS] Cannot create database `{name}`: it exists.")


class DatabaseNotEmptyError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """A database to be dropped has something in it, and nobody said CASCADE."""

    def __init__(self, name: str, example: str) -> None:
        super().__init__(
            f"[SCHEMA_NOT_EMPTY] Cannot drop database `{name}`: it has `{example}`. "
            "Drop what is in it first, or say CASCADE."
        )


def run(tokens: Sequence[Token]) -> Rows | None:
    """Run a statement about databases; None for others and for databases of the engine's own catalogs."""
    cursor = Cursor(tokens)
    if cursor.takes("CREATE"):
        return _create(cursor) if cursor.takes_one_of(*_KINDS) else None
    if cursor.takes("DROP"):
        return _drop(cursor) if cursor.takes_one_of(*_KINDS) else None
    if cursor.takes_one_of("DESCRIBE", "DESC"):
        return _describe(cursor) if cursor.takes_one_of(*_KINDS) else None
    if cursor.takes("SHOW"):
        return _show(cursor) if cursor.takes_one_of("DATABASES", "SCHEMAS", "NAMESPACES") else None
    return _use(cursor) if cursor.takes("USE") else None


def find(name: str) -> dict[str, Any]:
    """Fetch a database's definition."""
    try:
        found: dict[str, Any] = client().get_database(Name=name.lower())["Database"]
    except client().exceptions.EntityNotFoundException as missing:
        raise DatabaseNotFoundError(name) from missing
    return found


def every(pattern: str | None = None) -> list[dict[str, Any]]:
    """Fetch the databases whose names a pattern of SHOW means."""
    pages = client().get_paginator("get_databases").paginate()
    found = [entry for page in pages for entry in page["DatabaseList"]]
    return [entry for entry in found if pattern is None or matches(pattern, entry["Name"])]


def use(name: str) -> None:
    """Let names without a database be those of this one."""
    if not databases_exist(name):
        raise DatabaseNotFoundError(name)
    CURRENT.database = name


def _create(cursor: Cursor) -> Rows | None:
    """Run CREATE DATABASE [IF NOT EXISTS] name [COMMENT '…'] [LOCATION '…'] [WITH DBPROPERTIES (…)]."""
    guarded = cursor.takes("IF", "NOT", "EXISTS")
    name = _own_name(cursor)
    if name is None:
        return None
    wanted: dict[str, Any] = {}
    while True:
        if cursor.takes("COMMENT"):
            _set(wanted, "Description", cursor.text())
        elif cursor.takes("LOCATION"):
            _set(wanted, "LocationUri", cursor.text())
        elif cursor.takes("WITH", "DBPROPERTIES") or cursor.takes("WITH", "PROPERTIES"):
            _set(wanted, "Parameters", cursor.properties())
        else:
            break
    cursor.end()
    try:
        client().create_database(DatabaseInput={"Name": name.lower(), **wanted})
    except client().exceptions.AlreadyExistsException as known:
        if not guarded:
            raise DatabaseExistsError(name) from known
    return Rows()


def _set(wanted: dict[str, Any], member: str, value: Any) -> None:
    if member in wanted:
        raise SyntaxNotKnownError("each clause once", f"a second {member}")
    wanted[member] = value


def _drop(cursor: Cursor) -> Rows | None:
    """Run DROP DATABASE [IF EXISTS] name [RESTRICT|CASCADE]."""
    guarded = cursor.takes("IF", "EXISTS")
    name = _own_name(cursor)
    if name is None:
        return None
    cascade = cursor.takes("CASCADE")
    if not cascade:
        cursor.takes("RESTRICT")
    cursor.end()
    if guarded and not databases_exist(name):
        return Rows()
    found = find(name)
    # Dropping a link leaves alone what is behind it.
    if not cascade and "TargetDatabase" not in found:
        _check_empty(name)
    client().delete_database(Name=name.lower())
    return Rows()


def _check_empty(name: str) -> None:
    """Refuse a database with tables or functions: the catalog deletes them with it."""
    tables = client().get_tables(DatabaseName=name.lower(), MaxResults=1)["TableList"]
    functions = client().get_user_defined_functions(DatabaseName=name.lower(), Pattern=".*", MaxResults=1)
    for entry in tables:
        raise DatabaseNotEmptyError(name, entry["Name"])
    for entry in functions["UserDefinedFunctions"]:
        raise DatabaseNotEmptyError(name, entry["FunctionName"])


def _describe(cursor: Cursor) -> Rows | None:
    extended = cursor.takes("EXTENDED")
    name = _own_name(cursor)
    if name is None:
        return None
    cursor.end()
    found = find(name)
    rows = [
        ("Catalog Name", "spark_catalog"),
        ("Namespace Name", found["Name"]),
        ("Comment", found.get("Description", "")),
        ("Location", found.get("LocationUri", "")),
    ]
    if extended:
        pairs = sorted(found.get("Parameters", {}).items())
        rows.append(("Properties", f"({', '.join(f'({key},{value})' for key, value in pairs)})"))
    return Rows("info_name string, info_value string", rows)


def _show(cursor: Cursor) -> Rows | None:
    if cursor.takes_one_of("IN", "FROM"):
        parts = cursor.name()
        if len(parts) > 1 or parts[0].lower() not in OWN_CATALOGS:
            return None
    pattern = cursor.pattern()
    return Rows("namespace string", [(entry["Name"],) for entry in every(pattern)])


def _use(cursor: Cursor) -> Rows | None:
    cursor.takes_one_of(*_KINDS)
    name = _own_name(cursor)
    if name is None:
        return None
    cursor.end()
    use(name)
    return Rows()


def _own_name(cursor: Cursor) -> str | None:
    """Read a database's name; None when its catalog is not ours."""
    parts = cursor.name()
    if len(parts) == 2 and parts[0].lower() in OWN_CATALOGS:
        parts = parts[1:]
    return parts[0] if len(parts) == 1 else None
