"""Sort one file's rows, on disk when they are many."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

#: More than this is sorted by DuckDB, which spills.
_IN_MEMORY = 256 << 20
_DIRECTION = {False: "ASC NULLS FIRST", True: "DESC NULLS LAST"}


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column to sort by; nulls come first when ascending and last when descending, as in Spark."""

    column: str
    descending: bool = False


def ordered(table: pa.Table, keys: Sequence[SortKey], scratch: str | None) -> Iterator[pa.Table]:
    """Yield the rows in order; equal rows keep theirs."""
    if not keys:
        yield table
    elif table.nbytes <= _IN_MEMORY:
        yield table.take(_order(table, keys))
    else:
        yield from _external(table, keys, scratch)


def _order(table: pa.Table, keys: Sequence[SortKey]) -> pa.Array:
    order = pa.array(range(table.num_rows), pa.int64())
    # From the last key to the first: each sort is stable, and each has its own place for nulls.
    for key in reversed(keys):
        column = table.column(key.column).take(order)
        direction = "descending" if key.descending else "ascending"
        placement = "at_end" if key.descending else "at_start"
        keyed = pa.table({"key": column})
        order = order.take(pc.sort_indices(keyed, sort_keys=[("key", direction, placement)]))
    return order


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _external(table: pa.Table, keys: Sequence[SortKey], scratch: str | None) -> Iterator[pa.Table]:
    import duckdb

    by = [f"{_name(key.column)} {_DIRECTION[key.descending]}" for key in keys]
    config = {"memory_limit": "512MB", "threads": "2", "temp_directory": scratch or ""}
    with duckdb.connect(config={k: v for k, v in config.items() if v}) as connection:
        connection.register("rows", table)
        numbered = "SELECT *, row_number() OVER () AS __position FROM rows"
        query = f"SELECT * EXCLUDE (__position) FROM ({numbered}) ORDER BY {', '.join([*by, '__position'])}"  # noqa: S608 - names are quoted above
        for batch in connection.sql(query).fetch_arrow_reader(1 << 17):
            yield pa.Table.from_batches([batch]).cast(table.schema)
