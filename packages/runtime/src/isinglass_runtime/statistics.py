"""Measure the columns of a table of the catalog: one scan for all of them, of the table or of a sample."""

import datetime as dt
import math
import random
from dataclasses import dataclass
from typing import Any

from isinglass_runtime.io.listing import Listing
from isinglass_runtime.launch import Statistics
from isinglass_runtime.steady import read_steadily

#: A sample is made of whole files where it has at least so many, else of rows of every file.
LEAST_FILES = 10
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DAY_SECONDS = 86_400
#: The kind of statistics of Spark's types; the others, which hold values within values, have none.
_KINDS = {
    "boolean": "BOOLEAN",
    "tinyint": "LONG",
    "smallint": "LONG",
    "int": "LONG",
    "bigint": "LONG",
    "float": "DOUBLE",
    "double": "DOUBLE",
    "date": "DATE",
    "timestamp": "LONG",
    "timestamp_ntz": "LONG",
    "string": "STRING",
    "binary": "BINARY",
}


class NoSuchColumnError(RuntimeError):
    """A column to measure is not among those that the task's role can read."""

    def __init__(self, names: list[str], table: str) -> None:
        super().__init__(f"Table {table} has no column {', '.join(names)} that the task's role can read.")


class PartOfTableError(RuntimeError):
    """The task's role may read only some of a table's rows or columns."""

    def __init__(self, table: str) -> None:
        super().__init__(
            f"The task's role may read only a part of table {table}, and statistics are those of all of it: "
            "grant the role SELECT on the whole table, or use another role."
        )


@dataclass(frozen=True, slots=True)
class _Column:
    """One column to measure."""

    name: str
    type: str
    kind: str

    def aggregates(self) -> dict[str, Any]:
        """Give the engine's expressions, by the names of the measurements."""
        from pyspark.sql import functions as F

        column = F.col(f"`{self.name.replace('`', '``')}`")
        wanted = {"count": F.count(column)}
        if self.kind == "BOOLEAN":
            wanted["trues"] = F.sum(column.cast("int"))
            return wanted
        if self.kind in ("STRING", "BINARY"):
            wanted |= {"longest": F.max(F.length(column)), "average": F.avg(F.length(column))}
        elif self.kind == "DOUBLE":
            # Not a number and the infinities are no bounds: statistics must be finite.
            finite = F.when(F.abs(column) < F.lit(math.inf), column)
            wanted |= {"least": F.min(finite), "most": F.max(finite)}
        else:
            wanted |= {"least": F.min(column), "most": F.max(column)}
        if self.kind != "BINARY":
            # The engine counts distinct values of every type but floating ones.
            counted = column.cast("string") if self.kind == "DOUBLE" else column
            wanted["distinct"] = F.approx_count_distinct(counted)
        return wanted


def measure(wanted: Statistics) -> dict[str, Any]:
    """Measure a table's columns; `fraction` says how much of the table was read."""
    return read_steadily(lambda: _measure(wanted), again="start the task")


def _measure(wanted: Statistics) -> dict[str, Any]:
    from isinglass_runtime.engine.session import start_session
    from isinglass_runtime.io.catalog import read_table, table
    from isinglass_runtime.io.permitted_tables import is_partial

    if is_partial(table(wanted.database, wanted.table)):
        raise PartOfTableError(f"{wanted.database}.{wanted.table}")
    spark = start_session()
    sample = _Sample(wanted.sample_percent / 100, f"{wanted.database}.{wanted.table}")
    frame = read_table(spark, wanted.database, wanted.table, sampled=sample.files).df
    columns, skipped = _columns(frame.schema, wanted)
    frame = sample.rows(frame)
    rows, measured = _scan(frame, columns)
    for name, distinct in sample.distinct_values.items():
        for each in measured:
            if each["name"] == name:
                each["distinct_of_all"] = distinct
    return {"rows": rows, "fraction": sample.fraction, "columns": measured, "skipped": skipped}


def _columns(schema: Any, wanted: Statistics) -> tuple[list[_Column], list[dict[str, str]]]:
    """Part the columns that can be measured from those whose types have no statistics."""
    present = {field.name.lower(): field for field in schema.fields}
    missing = [name for name in wanted.columns if name.lower() not in present]
    if missing:
        raise NoSuchColumnError(missing, f"{wanted.database}.{wanted.table}")
    columns, skipped = [], []
    for name in wanted.columns:
        field = present[name.lower()]
        kind_of = field.dataType.simpleString()
        plain = kind_of.partition("(")[0]
        kind = (
            "DECIMAL"
            if plain == "decimal"
            else "STRING"
            if plain in ("char", "varchar")
            else _KINDS.get(kind_of)
        )
        if kind is None:
            skipped.append({"name": name, "type": kind_of})
        else:
            columns.append(_Column(field.name, kind_of, kind))
    return columns, skipped


def _scan(frame: Any, columns: list[_Column]) -> tuple[int, list[dict[str, Any]]]:
    from pyspark.sql import functions as F

    wanted = [column.aggregates() for column in columns]
    # By position: a column may be named like another's measurement.
    flat = [F.count(F.lit(1)), *(each for of_column in wanted for each in of_column.values())]
    table = frame.agg(*(each.alias(f"m{n}") for n, each in enumerate(flat))).toArrow()
    values = iter([column[0].as_py() for column in table.columns])
    rows = next(values)
    measured = []
    for column, of_column in zip(columns, wanted, strict=True):
        found = {name: _plain(next(values)) for name in of_column}
        measured.append({"name": column.name, "type": column.type, "kind": column.kind, **found})
    return rows, measured


def _plain(value: Any) -> Any:
    """Write a bound as JSON can hold it: times as seconds since 1970, decimals as text."""
    if isinstance(value, dt.datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        return (moment - _EPOCH) // dt.timedelta(seconds=1)
    if isinstance(value, dt.date):
        return (value - _EPOCH.date()).days * _DAY_SECONDS
    if value is None or isinstance(value, (int, float, str)):
        return value
    return format(value, "f")


class _Sample:
    """Chooses what is read: whole files where they are many, else rows."""

    def __init__(self, fraction: float, seed: str) -> None:
        self.fraction = 1.0
        #: Of columns that are the same in a whole file, all values are known without reading it.
        self.distinct_values: dict[str, int] = {}
        self._wanted = fraction
        self._seed = seed

    def files(self, listing: Listing) -> Listing:
        """Choose files at random until they are enough; the same ones every time."""
        if self._wanted >= 1 or len(listing.files) * self._wanted < LEAST_FILES or not listing.size:
            return listing
        shuffled = sorted(listing.files, key=lambda file: file.info.url)
        random.Random(self._seed).shuffle(shuffled)  # noqa: S311 - no secret
        chosen, size = [], 0
        while size < listing.size * self._wanted:
            chosen.append(shuffled.pop())
            size += chosen[-1].info.size
        self.fraction = size / listing.size
        self._wanted = 1.0
        for position, key in enumerate(listing.keys):
            values = {file.values[position] for file in listing.files}
            self.distinct_values[key] = len(values - {None})
        return Listing(listing.keys, tuple(chosen))

    def rows(self, frame: Any) -> Any:
        """Choose rows, unless files were chosen."""
        if self._wanted >= 1:
            return frame
        self.fraction = self._wanted
        return frame.sample(fraction=self._wanted)
