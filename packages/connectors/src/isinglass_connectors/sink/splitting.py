"""Split tables by their partition columns, keeping the rows' order inside each partition."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from isinglass_connectors.storage import partitions

#: A partition's folder relative to the table; the empty string when the table has no partitions.
Folder = str


@dataclass(frozen=True, slots=True)
class Slices:
    """A table and where each partition's rows are in it: `order` lists the rows partition by partition."""

    table: pa.Table
    order: pa.Array | None
    places: dict[Folder, tuple[int, int]]
    """Folder to (first position in the order, number of rows)."""

    def part(self, folder: Folder) -> pa.Table:
        """One partition's rows, copied: a view would keep the whole table in memory."""
        return self.table if self.order is None else self.table.take(self.order.slice(*self.places[folder]))

    def together(self, folders: Sequence[Folder]) -> "Slices":
        """Some partitions' rows laid out one after another."""
        if self.order is None:
            return self
        places: dict[Folder, tuple[int, int]] = {}
        at = 0
        for folder in folders:
            length = self.places[folder][1]
            places[folder] = (at, length)
            at += length
        orders = [self.order.slice(*self.places[folder]) for folder in folders]
        return Slices(self.table.take(pa.concat_arrays(orders)), None, places)


def whole(table: pa.Table) -> Slices:
    """A table without partitions."""
    return Slices(table, None, {"": (0, table.num_rows)})


def partition_text(value: Any) -> str | None:
    """Spell a partition value as Spark casts it to text."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        fraction = f".{value.microsecond:06d}".rstrip("0").rstrip(".")
        return value.strftime("%Y-%m-%d %H:%M:%S") + fraction
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def split(table: pa.Table, keys: Sequence[str]) -> Slices:
    """Group a table's rows by the values of its key columns and take those columns out."""
    encoded = [_encoded(table.column(key)) for key in keys]
    # One number per combination of values: positions in a mixed-radix system of the dictionaries.
    codes = reduce(
        lambda left, right: pc.add(pc.multiply(left, len(right.dictionary)), right.indices.cast(pa.int64())),
        encoded[1:],
        encoded[0].indices.cast(pa.int64()),
    )
    order = pc.sort_indices(codes)  # stable: rows keep their order
    runs = pc.run_end_encode(codes.take(order), run_end_type=pa.int64())
    places: dict[Folder, tuple[int, int]] = {}
    start = 0
    for code, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
        values: list[str | None] = []
        for column in reversed(encoded):
            code, position = divmod(code, len(column.dictionary))  # noqa: PLW2901 - peeled digit by digit
            values.insert(0, partition_text(column.dictionary[position].as_py()))
        folder = partitions.path(keys, values)
        if folder in places:
            # Null and the empty string share a folder, and so do values that are spelled alike.
            return _merged(table, keys, encoded)
        places[folder] = (start, end - start)
        start = end
    return Slices(table.drop_columns(list(keys)), order, places)


def _encoded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    whole = pa.concat_arrays(column.chunks) if column.num_chunks != 1 else column.chunk(0)
    if pa.types.is_dictionary(whole.type):
        whole = whole.dictionary_decode()
    return pc.dictionary_encode(whole, null_encoding="encode")


def _merged(table: pa.Table, keys: Sequence[str], encoded: list[pa.DictionaryArray]) -> Slices:
    """Split again by the values' spelling, where several values share one."""
    for key, column in zip(keys, encoded, strict=True):
        spelled = [partition_text(v) or None for v in column.dictionary.to_pylist()]
        texts = pa.array(spelled, pa.string()).take(column.indices)
        table = table.set_column(table.schema.get_field_index(key), key, texts)
    return split(table, keys)
