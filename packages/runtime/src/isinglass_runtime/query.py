"""Run one reading statement and give its first rows as JSON can hold them."""

import base64
import datetime as dt
import decimal
import math
import time
from collections.abc import Mapping
from typing import Any

from isinglass_runtime.launch import Query
from isinglass_runtime.steady import NeverSteadyError, read_steadily
from isinglass_runtime.tally import TALLY


def run(query: Query) -> dict[str, Any]:
    """Run a statement in this process's session; rows beyond the limit are cut off and said to be.

    When a table is replaced while it is read, the statement reads what it is now.
    """
    try:
        return read_steadily(lambda: _run(query), again="run the statement")
    except NeverSteadyError:
        raise
    except Exception as error:
        raise RuntimeError(_explained(str(error), query.sql)) from error


def _run(query: Query) -> dict[str, Any]:
    from isinglass_runtime.engine.session import start_session
    from isinglass_runtime.io import catalog

    started = time.monotonic()
    spark = start_session()
    if query.database:
        catalog.CURRENT.database = query.database.lower()
    result = spark.sql(query.sql)
    # By position: two columns may have one name, as both sides of a join do.
    found = [column.to_pylist() for column in result.limit(query.limit + 1).toArrow().columns]
    rows = list(zip(*found, strict=True))
    columns = [{"Name": field.name, "Type": field.dataType.simpleString()} for field in result.schema.fields]
    return {
        "columns": columns,
        "rows": [[plain(value) for value in row] for row in rows[: query.limit]],
        "truncated": len(rows) > query.limit,
        "elapsed": time.monotonic() - started,
        "bytes_scanned": TALLY.bytes_read,
    }


def _explained(message: str, sql: str) -> str:
    """Name the table or column that the engine has not found, and what there is instead."""
    from isinglass_runtime import engine_messages
    from isinglass_runtime.io import metastore

    names = _table_names(sql) if metastore.is_configured() else []
    missing = engine_messages.missing_table(message)
    if missing is not None:
        for database, name in names:
            if name.lower() == missing.lower():
                there = metastore.databases_exist(database)
                return engine_messages.no_table(database, name, database_exists=there)
        return message
    columns = {}
    for database, name in names:
        try:
            found = metastore.table(database, name)
        except metastore.TableNotFoundError:  # one that the statement itself defines
            continue
        keys = (*found.columns, *found.partition_keys)
        columns[f"{found.database}.{found.name}"] = [column for column, _ in keys]
    return engine_messages.column_trouble(message, columns) or engine_messages.with_plain_names(message)


def _table_names(sql: str) -> list[tuple[str, str]]:
    """Give database and name of each table that a statement mentions; paths of files are none."""
    from isinglass_runtime.io.metastore import CURRENT
    from isinglass_runtime.io.table_names import table_names

    parts = [found.parts[-2:] for found in table_names(sql) if "/" not in found.parts[-1]]
    return [(found[0] if len(found) > 1 else CURRENT.database, found[-1]) for found in parts]


def plain(value: Any) -> Any:
    """Turn a value into what JSON can hold without losing digits."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat(sep=" ") if isinstance(value, dt.datetime) else value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    return str(value)
