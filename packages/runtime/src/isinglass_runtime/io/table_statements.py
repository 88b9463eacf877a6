"""Statements that ask about tables of our catalog, or take them away."""

from collections.abc import Sequence
from typing import Any

from pyspark.errors import AnalysisException

from isinglass_connectors.storage import partitions as partition_paths
from isinglass_runtime.engine.active import ENGINE
from isinglass_runtime.gate.tokens import Token
from isinglass_runtime.io import metastore
from isinglass_runtime.io.database_statements import find as find_database
from isinglass_runtime.io.metastore import CURRENT, OWN_CATALOGS, CatalogTable, TableNotFoundError, client
from isinglass_runtime.io.refused_statements import StatementRefusedError
from isinglass_runtime.io.statement_cursor import Cursor, Rows, matches

VIEW = "VIRTUAL_VIEW"


class WrongKindError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """A view was meant and a table is there, or the other way round."""

    def __init__(self, found: CatalogTable, statement: str) -> None:
        super().__init__(
            f"[EXPECT_{'TABLE_NOT_VIEW' if found.kind == VIEW else 'VIEW_NOT_TABLE'}] "
            f"`{found.database}`.`{found.name}` is to be dropped with {statement}."
        )


class NotKeptError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """PURGE: the catalog forgets tables, it does not delete their files."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"[UNSUPPORTED_PURGE] DROP TABLE leaves the files of `{name}` where they are. "
            "Call glueContext.purge_table first, then DROP TABLE without PURGE."
        )


def run(tokens: Sequence[Token]) -> Rows | None:
    """Run a statement about tables; None for others and for tables that our catalog does not have."""
    cursor = Cursor(tokens)
    if cursor.takes("SHOW", "TABLES"):
        return _show_tables(cursor)
    if cursor.takes("SHOW", "PARTITIONS"):
        return _show_partitions(cursor)
    if cursor.takes("SHOW", "COLUMNS"):
        return _show_columns(cursor)
    if cursor.takes_one_of("DESCRIBE", "DESC"):
        return _describe(cursor)
    if cursor.takes("DROP", "TABLE"):
        return _drop(cursor, is_view=False)
    if cursor.takes("DROP", "VIEW"):
        return _drop(cursor, is_view=True)
    if cursor.takes("DELETE", "FROM") or cursor.takes("UPDATE") or cursor.takes("MERGE", "INTO"):
        _refuse_change_of_rows(cursor)
        return None
    return _refresh(cursor) if cursor.takes("REFRESH", "TABLE") else None


def every(database: str, pattern: str | None = None) -> list[dict[str, Any]]:
    """Fetch the tables and views whose names a pattern of SHOW means."""
    find_database(database)
    pages = client().get_paginator("get_tables").paginate(DatabaseName=database.lower())
    found = [entry for page in pages for entry in page["TableList"]]
    return [entry for entry in found if pattern is None or matches(pattern, entry["Name"])]


def own_table(parts: Sequence[str], database: str | None = None) -> CatalogTable | None:
    """Find the table of our catalog that a name means."""
    if len(parts) == 3 and parts[0].lower() in OWN_CATALOGS:
        parts = parts[1:]
    if len(parts) > 2:
        return None
    holder = parts[0] if len(parts) == 2 else database or CURRENT.database
    try:
        return metastore.table(holder, parts[-1])
    except TableNotFoundError:
        return None


def _known(parts: Sequence[str], database: str | None = None) -> CatalogTable | None:
    """Find a table of ours; None where it may be one that a Spark has of its own."""
    found = own_table(parts, database)
    if found is None and ENGINE.embedded and len(parts) < 3:
        raise TableNotFoundError(parts[-2] if len(parts) > 1 else database or CURRENT.database, parts[-1])
    return found


def _show_tables(cursor: Cursor) -> Rows | None:
    """Run SHOW TABLES [IN database] [[LIKE] 'pattern']."""
    database = CURRENT.database
    if cursor.takes_one_of("IN", "FROM"):
        parts = cursor.name()
        if len(parts) == 2 and parts[0].lower() in OWN_CATALOGS:
            parts = parts[1:]
        if len(parts) != 1:
            return None
        database = parts[0]
    rows = [(database, entry["Name"], False) for entry in every(database, cursor.pattern())]
    return Rows("namespace string, tableName string, isTemporary boolean", rows)


def _show_partitions(cursor: Cursor) -> Rows | None:
    found = _known(cursor.name())
    if found is None:
        return None
    cursor.end()
    if not found.partition_keys:
        raise AnalysisException(
            f"[INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY] `{found.database}`.`{found.name}` "
            "is not partitioned."
        )
    keys = [key for key, _ in found.partition_keys]
    values = sorted(entry.values for entry in metastore.partitions(found))
    return Rows("partition string", [(partition_paths.path(keys, list(each)),) for each in values])


def _show_columns(cursor: Cursor) -> Rows | None:
    """Run SHOW COLUMNS IN table [IN database]."""
    cursor.takes_one_of("IN", "FROM")
    parts = cursor.name()
    database = cursor.name()[-1] if cursor.takes_one_of("IN", "FROM") else None
    found = _known(parts, database)
    if found is None:
        return None
    cursor.end()
    return Rows("col_name string", [(name,) for name, _ in (*found.columns, *found.partition_keys)])


def _describe(cursor: Cursor) -> Rows | None:
    """Run DESCRIBE [TABLE] name; EXTENDED and the other kinds are not ours."""
    others = ("QUERY", "FUNCTION", "CATALOG", "EXTENDED", "FORMATTED", "SELECT", "WITH", "FROM", "VALUES")
    if cursor.takes_one_of(*others) or cursor.takes("("):
        return None
    cursor.takes("TABLE")
    found = _known(cursor.name())
    if found is None:
        return None
    cursor.end()
    both = (*found.columns, *found.partition_keys)
    rows: list[tuple[Any, ...]] = [(name, kind, None) for name, kind in both]
    if found.partition_keys:
        rows += [("# Partition Information", "", ""), ("# col_name", "data_type", "comment")]
        rows += [(name, kind, None) for name, kind in found.partition_keys]
    return Rows("col_name string, data_type string, comment string", rows)


def _drop(cursor: Cursor, *, is_view: bool) -> Rows | None:
    guarded = cursor.takes("IF", "EXISTS")
    parts = cursor.name()
    found = own_table(parts) if guarded else _known(parts)
    if found is None:
        return None
    if cursor.takes("PURGE"):
        raise NotKeptError(".".join(parts))
    cursor.end()
    if (found.kind == VIEW) is not is_view:
        raise WrongKindError(found, "DROP VIEW" if found.kind == VIEW else "DROP TABLE")
    client().delete_table(DatabaseName=found.database, Name=found.name)
    return Rows()


def _refuse_change_of_rows(cursor: Cursor) -> None:
    """Refuse to change single rows of files; tables of an engine's own may be able to."""
    statement = cursor.tokens[0].upper
    parts = cursor.name()
    if len(parts) == 3 and metastore.is_the_engines(parts[0]):
        return
    if own_table(parts) is not None:
        instead = "replace the table or its partitions: INSERT OVERWRITE … SELECT the rows that stay"
        raise StatementRefusedError(statement, instead)


def _refresh(cursor: Cursor) -> Rows | None:
    """Do nothing, rightly: each statement lists the table's files anew."""
    return None if _known(cursor.name()) is None else Rows()
