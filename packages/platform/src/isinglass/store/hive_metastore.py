"""A Hive metastore's tables in a temporary SQLite file, where millions of partitions can be joined."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

_STATISTICS = (
    "COLUMN_NAME", "COLUMN_TYPE", "LONG_LOW_VALUE", "LONG_HIGH_VALUE", "DOUBLE_LOW_VALUE",
    "DOUBLE_HIGH_VALUE", "BIG_DECIMAL_LOW_VALUE", "BIG_DECIMAL_HIGH_VALUE", "NUM_NULLS", "NUM_DISTINCTS",
    "AVG_COL_LEN", "MAX_COL_LEN", "NUM_TRUES", "NUM_FALSES", "LAST_ANALYZED",
)  # fmt: skip

#: The metastore's tables and the columns that matter; versions that lack some leave them null.
TABLES: dict[str, tuple[str, ...]] = {
    "DBS": ("DB_ID", "NAME", "DESC", "DB_LOCATION_URI", "CTLG_NAME"),
    "DATABASE_PARAMS": ("DB_ID", "PARAM_KEY", "PARAM_VALUE"),
    "TBLS": (
        "TBL_ID", "DB_ID", "TBL_NAME", "TBL_TYPE", "OWNER", "RETENTION", "SD_ID", "LAST_ACCESS_TIME",
        "VIEW_ORIGINAL_TEXT", "VIEW_EXPANDED_TEXT",
    ),
    "TABLE_PARAMS": ("TBL_ID", "PARAM_KEY", "PARAM_VALUE"),
    "PARTITION_KEYS": ("TBL_ID", "INTEGER_IDX", "PKEY_NAME", "PKEY_TYPE", "PKEY_COMMENT"),
    "SDS": (
        "SD_ID", "CD_ID", "SERDE_ID", "LOCATION", "INPUT_FORMAT", "OUTPUT_FORMAT", "IS_COMPRESSED",
        "IS_STOREDASSUBDIRECTORIES", "NUM_BUCKETS",
    ),
    "COLUMNS_V2": ("CD_ID", "INTEGER_IDX", "COLUMN_NAME", "TYPE_NAME", "COMMENT"),
    "SERDES": ("SERDE_ID", "NAME", "SLIB"),
    "SERDE_PARAMS": ("SERDE_ID", "PARAM_KEY", "PARAM_VALUE"),
    "SD_PARAMS": ("SD_ID", "PARAM_KEY", "PARAM_VALUE"),
    "BUCKETING_COLS": ("SD_ID", "INTEGER_IDX", "BUCKET_COL_NAME"),
    "SORT_COLS": ("SD_ID", "INTEGER_IDX", "COLUMN_NAME", "ORDER"),
    "SKEWED_COL_NAMES": ("SD_ID", "INTEGER_IDX", "SKEWED_COL_NAME"),
    "PARTITIONS": ("PART_ID", "TBL_ID", "SD_ID", "LAST_ACCESS_TIME"),
    "PARTITION_KEY_VALS": ("PART_ID", "INTEGER_IDX", "PART_KEY_VAL"),
    "PARTITION_PARAMS": ("PART_ID", "PARAM_KEY", "PARAM_VALUE"),
    "FUNCS": ("FUNC_ID", "DB_ID", "FUNC_NAME", "CLASS_NAME", "OWNER_NAME", "OWNER_TYPE"),
    "FUNC_RU": ("FUNC_ID", "INTEGER_IDX", "RESOURCE_TYPE", "RESOURCE_URI"),
    "TAB_COL_STATS": ("TBL_ID", *_STATISTICS),
    "PART_COL_STATS": ("PART_ID", *_STATISTICS),
}  # fmt: skip

#: By what each table is looked up.
_INDEXED = {
    "DATABASE_PARAMS": "DB_ID", "TBLS": "DB_ID", "TABLE_PARAMS": "TBL_ID", "PARTITION_KEYS": "TBL_ID",
    "SDS": "SD_ID", "COLUMNS_V2": "CD_ID", "SERDES": "SERDE_ID", "SERDE_PARAMS": "SERDE_ID",
    "SD_PARAMS": "SD_ID", "BUCKETING_COLS": "SD_ID", "SORT_COLS": "SD_ID", "SKEWED_COL_NAMES": "SD_ID",
    "PARTITIONS": "TBL_ID", "PARTITION_KEY_VALS": "PART_ID", "PARTITION_PARAMS": "PART_ID", "FUNCS": "DB_ID",
    "FUNC_RU": "FUNC_ID", "TAB_COL_STATS": "TBL_ID", "PART_COL_STATS": "PART_ID",
}  # fmt: skip
_INTEGERS = ("_ID", "_IDX")
_BATCH = 5_000


@dataclass(slots=True)
class _Pending:
    statement: str
    rows: list[Sequence[str | None]] = field(default_factory=list)


class HiveMetastore:
    """The rows of a dump: added in any order, then looked up."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "metastore.sqlite", isolation_level=None)
        # It is thrown away with its folder: nothing has to outlive a crash.
        for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-65536", "temp_store=FILE"):
            self._connection.execute(f"PRAGMA {setting}")
        for table, columns in TABLES.items():
            listed = ", ".join(
                f'"{name}" {"INTEGER" if name.endswith(_INTEGERS) else "TEXT"}' for name in columns
            )
            self._connection.execute(f'CREATE TABLE "{table}" ({listed})')
        self._connection.execute("BEGIN")
        self._pending: dict[str, _Pending] = {}

    def add(self, table: str, columns: Sequence[str], values: Sequence[str | None]) -> None:
        """Add a row of one of TABLES; columns that do not matter are left out."""
        wanted = TABLES[table]
        if columns != wanted:
            row = dict(zip(columns, values, strict=True))
            values = [row.get(name) for name in wanted]
        pending = self._pending.get(table)
        if pending is None:
            marks = ", ".join("?" * len(wanted))
            statement = f'INSERT INTO "{table}" VALUES ({marks})'  # noqa: S608 - a name of TABLES
            pending = self._pending[table] = _Pending(statement)
        pending.rows.append(values)
        if len(pending.rows) >= _BATCH:
            self._flush(pending)

    def _flush(self, pending: _Pending) -> None:
        self._connection.executemany(pending.statement, pending.rows)
        pending.rows.clear()

    def complete(self) -> None:
        """Say that all rows are there; they can be looked up now."""
        for pending in self._pending.values():
            self._flush(pending)
        for table, column in _INDEXED.items():
            self._connection.execute(f'CREATE INDEX "{table}_{column}" ON "{table}" ("{column}")')
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def catalogs(self) -> dict[str, int]:
        """Count the databases of each catalog; versions before 3 have one without a name."""
        statement = 'SELECT coalesce("CTLG_NAME", \'hive\'), count(*) FROM "DBS" GROUP BY 1'
        return dict(self._connection.execute(statement).fetchall())

    def databases(self, catalog: str) -> list[dict[str, Any]]:
        """List the databases of a catalog by name."""
        clause = 'WHERE coalesce("CTLG_NAME", \'hive\') = ? ORDER BY "NAME"'
        return list(self._select("DBS", clause, catalog))

    def tables(self, database_id: int) -> Iterator[dict[str, Any]]:
        """Yield the tables of a database by name."""
        return self._select("TBLS", 'WHERE "DB_ID" = ? ORDER BY "TBL_NAME"', database_id)

    def functions(self, database_id: int) -> list[dict[str, Any]]:
        """List the functions of a database by name."""
        return list(self._select("FUNCS", 'WHERE "DB_ID" = ? ORDER BY "FUNC_NAME"', database_id))

    def partitions(self, table_id: int) -> Iterator[dict[str, Any]]:
        """Yield the partitions of a table in the order in which they were made."""
        return self._select("PARTITIONS", 'WHERE "TBL_ID" = ? ORDER BY "PART_ID"', table_id)

    def analyzed_partitions(self, table_id: int) -> Iterator[dict[str, Any]]:
        """Yield the partitions of a table that have statistics."""
        analyzed = '(SELECT "PART_ID" FROM "PART_COL_STATS")'
        clause = f'WHERE "TBL_ID" = ? AND "PART_ID" IN {analyzed} ORDER BY "PART_ID"'
        return self._select("PARTITIONS", clause, table_id)

    def of(self, table: str, owner_id: int | None) -> list[dict[str, Any]]:
        """List the rows of a table that belong to something, in their order where they have one."""
        order = ' ORDER BY "INTEGER_IDX"' if "INTEGER_IDX" in TABLES[table] else ""
        return list(self._select(table, f'WHERE "{_INDEXED[table]}" = ?{order}', owner_id))

    def parameters(self, table: str, owner_id: int | None) -> dict[str, str]:
        """Read parameters of something."""
        statement = self._parameter_statements[table]
        return {key: value or "" for key, value in self._connection.execute(statement, (owner_id,)) if key}

    @cached_property
    def _parameter_statements(self) -> Mapping[str, str]:
        return {
            table: f'SELECT "PARAM_KEY", "PARAM_VALUE" FROM "{table}" WHERE "{_INDEXED[table]}" = ?'  # noqa: S608
            for table, columns in TABLES.items()
            if "PARAM_KEY" in columns
        }

    def _select(self, table: str, clause: str, *values: Any) -> Iterator[dict[str, Any]]:
        columns = TABLES[table]
        listed = ", ".join(f'"{name}"' for name in columns)
        # Names are of TABLES; values never become part of the statement.
        statement = f'SELECT {listed} FROM "{table}" {clause}'  # noqa: S608
        for row in self._connection.execute(statement, values):
            yield dict(zip(columns, row, strict=True))
