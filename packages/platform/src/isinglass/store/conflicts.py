"""Inserts that meet a row with the same key: ignored or replaced, never an error."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert


def _insert(connection: sa.Connection, table: sa.Table) -> PostgresqlInsert | SqliteInsert:
    return SqliteInsert(table) if connection.dialect.name == "sqlite" else PostgresqlInsert(table)


def insert_new(connection: sa.Connection, table: sa.Table) -> sa.Insert:
    """Insert rows whose keys are new; waits for a concurrent insert of the same key to be decided."""
    return _insert(connection, table).on_conflict_do_nothing()


def insert_or_update(connection: sa.Connection, table: sa.Table, columns: Sequence[str]) -> sa.Insert:
    """Insert rows; where the key is taken, set these columns of the row there."""
    statement = _insert(connection, table)
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: statement.excluded[name] for name in columns},
    )
