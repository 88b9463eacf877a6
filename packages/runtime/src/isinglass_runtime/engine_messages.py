"""Say what the embedded engine says in the words of the one who wrote the statement."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

_NAME = re.compile(r'ObjectName\(\[((?:Identifier\("(?:[^"\\]|\\.)*"\)(?:, )?)+)\]\)')
_PART = re.compile(r'Identifier\("((?:[^"\\]|\\.)*)"\)')
_NO_TABLE = re.compile(r"Table or view not found: (.+)$")
_NO_COLUMN = re.compile(r"attribute (.+) is missing from the schema: cannot resolve attribute")
_AMBIGUOUS = re.compile(r"ambiguous attribute: (.+)$")
#: Columns that a message lists.
_MOST_COLUMNS = 20


def with_plain_names(message: str) -> str:
    """Write names as SQL does, not as the engine's own data."""
    return _NAME.sub(lambda found: ".".join(_PART.findall(found[1])).replace('\\"', '"'), message)


def missing_table(message: str) -> str | None:
    """Give the last part of the name of the table that the engine has not found."""
    found = _NO_TABLE.search(message)
    return found[1] if found else None


def no_table(database: str, name: str, *, database_exists: bool) -> str:
    """Say which table is missing, and whether its database is."""
    if not database_exists:
        return f"[SCHEMA_NOT_FOUND] There is no database {database}, which has to hold the table {name}."
    return f"[TABLE_OR_VIEW_NOT_FOUND] There is no table {name} in the database {database}."


def column_trouble(message: str, tables: Mapping[str, Iterable[str]]) -> str | None:
    """Say which column is missing or ambiguous; `tables` are those that the statement reads, with columns."""
    plain = with_plain_names(message)
    if ambiguous := _AMBIGUOUS.search(plain):
        return (
            f"[AMBIGUOUS_REFERENCE] More than one table of the statement has the column {ambiguous[1]}; "
            "write it as table.column."
        )
    missing = _NO_COLUMN.search(plain)
    if missing is None:
        return None
    said = f"[UNRESOLVED_COLUMN] There is no column {missing[1]}."
    every = sorted({column for columns in tables.values() for column in columns})
    close = get_close_matches(missing[1].rpartition(".")[2].lower(), every)
    if close:
        return f"{said} Did you mean {' or '.join(close)}?"
    shown = [f"{table} has {_listed(list(columns))}" for table, columns in tables.items()]
    return f"{said} {'; '.join(shown)}." if shown else said


def _listed(columns: list[str]) -> str:
    more = len(columns) - _MOST_COLUMNS
    return ", ".join(columns[:_MOST_COLUMNS]) + (f" and {more} more" if more > 0 else "")
