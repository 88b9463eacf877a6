"""Statements that are compiled once and then run by the driver itself.

What SQLAlchemy does around a statement costs several times what SQLite takes to find a row by its key. The
statements of the busiest paths are built with it like all others, but compiled only when they first run;
from then on the driver gets the text and the values, in the transaction of the connection they are run on.

Rows come back as tuples.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

_Values = Mapping[str, Any]


class Prepared:
    """A statement with named parameters; of an insert or update, those named like columns are written."""

    __slots__ = ("_compiled", "_statement")

    def __init__(self, statement: sa.ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, tuple[str, ...]], _Compiled] = {}

    def first(self, connection: sa.Connection, values: _Values) -> Any:
        """Return the first row that the statement selects; None when there is none."""
        compiled = self._for(connection, values)
        row = compiled.execute(connection, values).fetchone()
        return row if row is None or compiled.read is None else compiled.read(row)

    def all(self, connection: sa.Connection, values: _Values) -> list[Any]:
        """Return all rows that the statement selects or returns."""
        compiled = self._for(connection, values)
        rows: list[Any] = compiled.execute(connection, values).fetchall()
        return rows if compiled.read is None else [compiled.read(row) for row in rows]

    def run(self, connection: sa.Connection, values: _Values) -> int:
        """Run a statement that writes; returns how many rows it touched."""
        touched: int = self._for(connection, values).execute(connection, values).rowcount
        return touched

    def run_each(self, connection: sa.Connection, rows: Sequence[_Values]) -> list[int]:
        """Run a statement that writes for each of some rows; tells of each how many rows it touched."""
        if not rows:
            return []
        compiled = self._for(connection, rows[0])
        cursor = _driver(connection).cursor()
        try:
            return [cursor.execute(compiled.text, compiled.arrange(row)).rowcount for row in rows]
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(connection, compiled, error) from error

    def run_all(self, connection: sa.Connection, rows: Sequence[_Values]) -> None:
        """Run a statement that writes for all of some rows, at once where the driver can."""
        compiled = self._for(connection, rows[0])
        try:
            _driver(connection).cursor().executemany(compiled.text, [*map(compiled.arrange, rows)])
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(connection, compiled, error) from error

    def _for(self, connection: sa.Connection, values: _Values) -> "_Compiled":
        key = (connection.dialect.name, tuple(values))
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = _Compiled(self._statement, connection.dialect, key[1])
        return compiled


class _Compiled:
    """A statement in the words of one driver.

    `arrange` makes its parameters of named values; `read` reads a row that has JSON or the like in it, where
    the driver does not.
    """

    __slots__ = ("arrange", "read", "text")

    arrange: Callable[[_Values], Any]

    def __init__(self, statement: sa.ClauseElement, dialect: sa.Dialect, given: Sequence[str]) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(given))
        self.text = str(compiled)
        constants = {
            name: bound.effective_value
            for name, bound in compiled.binds.items()
            if name not in given and not bound.required
        }
        conversions = {
            name: convert
            for name, bound in compiled.binds.items()
            # Both drivers take the numbers that we store as they are.
            if not isinstance(bound.type, (sa.Float, sa.Numeric))
            and (convert := bound.type.dialect_impl(dialect).bind_processor(dialect))
        }
        self.read = _reading(statement, dialect)
        complete = _completing(constants, conversions) if constants or conversions else None
        if compiled.positional:
            self.arrange = _in_order(compiled.positiontup, complete)
        else:
            self.arrange = complete or dict

    def execute(self, connection: sa.Connection, values: _Values) -> Any:
        """Run it; returns the driver's cursor."""
        try:
            return _driver(connection).execute(self.text, self.arrange(values))
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(connection, self, error) from error


def _reading(statement: Any, dialect: sa.Dialect) -> Callable[[Sequence[Any]], tuple[Any, ...]] | None:
    columns = list(statement.exported_columns) if statement.is_select else []
    readers = {
        place: read
        for place, column in enumerate(columns)
        # Both drivers give floats for the numbers that we store.
        if not isinstance(column.type, (sa.Float, sa.Numeric))
        and (read := column.type.dialect_impl(dialect).result_processor(dialect, None))
    }
    if not readers:
        return None
    return lambda row: tuple(
        [readers[place](value) if place in readers else value for place, value in enumerate(row)]
    )


def _completing(
    constants: _Values, conversions: Mapping[str, Callable[[Any], Any]]
) -> Callable[[_Values], _Values]:
    """Make what adds a statement's own constants to values, and writes those of JSON columns."""

    def complete(values: _Values) -> _Values:
        known = {**constants, **values}
        for name, convert in conversions.items():
            known[name] = convert(known[name])
        return known

    return complete


def _in_order(
    names: Sequence[str], complete: Callable[[_Values], _Values] | None
) -> Callable[[_Values], Any]:
    pick: Callable[[_Values], Any] = (
        itemgetter(*names) if len(names) > 1 else lambda values: [values[name] for name in names]
    )
    return pick if complete is None else lambda values: pick(complete(values))


def _driver(connection: sa.Connection) -> Any:
    return connection.connection.dbapi_connection


def _wrapped(connection: sa.Connection, compiled: _Compiled, error: Any) -> Exception:
    """Make the driver's error one of SQLAlchemy's; the values, which may be secret, are not told."""
    dialect = connection.dialect
    wrapped: Exception = sa.exc.DBAPIError.instance(
        compiled.text,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        dialect=dialect,
    )
    return wrapped
