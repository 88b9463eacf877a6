"""Inserts that meet a row with the same key: ignored or replaced, never an error."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

from isinglass.store.prepared import Prepared


def _insert(dialect: str, table: sa.Table) -> PostgresqlInsert | SqliteInsert:
    return SqliteInsert(table) if dialect == "sqlite" else PostgresqlInsert(table)


def insert_new(
    connection: sa.Connection, column: sa.Column[str], rows: Sequence[Mapping[str, Any]]
) -> set[str]:
    """Insert the rows whose keys are new into the column's table; returns that column of those inserted.

    Waits for a concurrent insert of the same key to be decided.
    """
    if connection.dialect.name == "sqlite":
        # In this process a statement for each row costs less than building one for all of them.
        touched = _insert_one("sqlite", column.table, ()).run_each(connection, rows)
        return {row[column.key] for row, new in zip(rows, touched, strict=True) if new}
    return set(connection.scalars(_insert_new(connection.dialect.name, column), rows))


def insert_one(
    connection: sa.Connection,
    table: sa.Table,
    row: Mapping[str, Any],
    **computed: sa.ColumnElement[Any],
) -> bool:
    """Insert a row whose keys are new; False when one of them is taken, also by a concurrent insert.

    The database computes some columns: always the same for a table, of parameters that the row has.
    """
    statement = _insert_one(connection.dialect.name, table, tuple(computed.items()))
    return statement.run(connection, row) == 1


@cache
def _insert_one(
    dialect: str, table: sa.Table, computed: tuple[tuple[str, sa.ColumnElement[Any]], ...]
) -> Prepared:
    # Inline, as nobody asks for its id.
    return Prepared(_insert(dialect, table).values(dict(computed)).on_conflict_do_nothing().inline())


@cache
def _insert_new(dialect: str, column: sa.Column[Any]) -> Any:
    """Build the statement once per table: building costs as much as running it."""
    return _insert(dialect, column.table).on_conflict_do_nothing().returning(column)


def insert_ignoring(connection: sa.Connection, table: sa.Table) -> Any:
    """Insert rows; where the key is taken, leave the row there as it is."""
    return _insert_ignoring(connection.dialect.name, table)


@cache
def _insert_ignoring(dialect: str, table: sa.Table) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing()


def insert_or_update(
    connection: sa.Connection, table: sa.Table, columns: Sequence[str], *rows: Mapping[str, Any]
) -> None:
    """Insert rows; where the key is taken, set these columns of the row there."""
    statement, prepared = _insert_or_update(connection.dialect.name, table, tuple(columns))
    if len(rows) == 1 or connection.dialect.name == "sqlite":
        prepared.run_each(connection, rows)
    elif rows:
        connection.execute(statement, list(rows))


@cache
def _insert_or_update(dialect: str, table: sa.Table, columns: tuple[str, ...]) -> tuple[sa.Insert, Prepared]:
    statement = _insert(dialect, table)
    changing = statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: statement.excluded[name] for name in columns},
    )
    return changing, Prepared(changing)
