"""Measure the columns of a table of the catalog: one scan for many of them, of the table or of a sample."""

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
#: Columns measured in one scan; the engine plans more of them in a time that grows with their square.
_AT_ONCE = 200
#: Formats of tables that can be read whole and right.
MEASURABLE = frozenset({"csv", "iceberg", "json", "parquet"})
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DAY_SECONDS = 86_400
#: The name of the column that marks the rows of a sample; no table's column has such a name.
_DRAWN = "isinglass drawn\n"
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
    "decimal": "DECIMAL",
    "string": "STRING",
    "char": "STRING",
    "varchar": "STRING",
    "binary": "BINARY",
}


class NoSuchColumnError(RuntimeError):
    """A column to measure is not among those that the task's role can read."""

    def __init__(self, names: list[str], table: str) -> None:
        super().__init__(f"Table {table} has no column {', '.join(names)} that the task's role can read.")


class UnmeasurableFormatError(RuntimeError):
    """A table is of a format whose files are not read yet."""

    def __init__(self, table: str, format: str) -> None:
        known = ", ".join(sorted(MEASURABLE))
        super().__init__(
            f"Table {table} is of the format {format}, which cannot be measured yet; those of {known} can."
        )


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

    def aggregates(self, drawn: Any) -> dict[str, Any]:
        """Give the engine's expressions over the rows drawn, None for all, by the measurements' names."""
        from pyspark.sql import functions as F

        column = F.col(f"`{self.name.replace('`', '``')}`")
        if drawn is not None:
            column = F.when(drawn, column)
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
    """Measure a table's columns; `fraction` says of each how much of the table was drawn, in `rows` rows."""
    return read_steadily(lambda: _measure(wanted), again="start the task")


def _measure(wanted: Statistics) -> dict[str, Any]:
    from isinglass_runtime.engine.session import start_session
    from isinglass_runtime.io.catalog import read_table, table
    from isinglass_runtime.io.permitted_tables import is_partial

    found = table(wanted.database, wanted.table)
    if found.format not in MEASURABLE:
        raise UnmeasurableFormatError(f"{wanted.database}.{wanted.table}", found.format)
    if is_partial(found):
        raise PartOfTableError(f"{wanted.database}.{wanted.table}")
    spark = start_session()
    sample = _Sample(wanted.sample_percent / 100, f"{wanted.database}.{wanted.table}")
    frame = read_table(spark, wanted.database, wanted.table, sampled=sample.files).df
    columns, skipped = _columns(frame.schema, wanted)
    frame = sample.marked(frame)
    measured = []
    for start in range(0, len(columns), _AT_ONCE):
        measured += _scan(frame, columns[start : start + _AT_ONCE])
    for each in measured:
        each["fraction"] *= sample.fraction
        if each["name"] in sample.distinct_values:
            each["distinct_of_all"] = sample.distinct_values[each["name"]]
    return {"columns": measured, "skipped": skipped}


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
        # Without length or precision; types with values within values keep theirs, and have no statistics.
        kind = _KINDS.get(kind_of.partition("(")[0])
        if kind is None:
            skipped.append({"name": name, "type": kind_of})
        else:
            columns.append(_Column(field.name, kind_of, kind))
    return columns, skipped


def _scan(frame: Any, columns: list[_Column]) -> list[dict[str, Any]]:
    """Count all rows and those drawn, and measure the columns over the latter, in one scan."""
    from pyspark.sql import functions as F

    drawn = F.col(f"`{_DRAWN}`") if _DRAWN in frame.columns else None
    wanted = [column.aggregates(drawn) for column in columns]
    # By position: a column may be named like another's measurement.
    every = F.count(F.lit(1))
    counts = [every, every if drawn is None else F.count(F.when(drawn, F.lit(1)))]
    flat = [*counts, *(each for of_column in wanted for each in of_column.values())]
    table = frame.agg(*(each.alias(f"m{n}") for n, each in enumerate(flat))).toArrow()
    values = iter([column[0].as_py() for column in table.columns])
    whole, rows = next(values), next(values)
    share = {"rows": rows, "fraction": rows / whole if whole else 1.0}
    measured = []
    for column, of_column in zip(columns, wanted, strict=True):
        found = {name: _plain(next(values)) for name in of_column}
        measured.append({"name": column.name, "type": column.type, "kind": column.kind, **found, **share})
    return measured


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

    def marked(self, frame: Any) -> Any:
        """Mark the rows that are drawn, where it is rows that the sample is made of.

        The others are still counted, so that the sample's share of the table is known exactly.
        """
        from pyspark.sql import functions as F

        return frame if self._wanted >= 1 else frame.withColumn(_DRAWN, F.rand() < F.lit(self._wanted))
