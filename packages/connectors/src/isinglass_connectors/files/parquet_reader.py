"""Read Parquet files row group by row group, fitted to the table's schema."""

from collections.abc import Iterator
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from isinglass_connectors.files.records import Chunk, error_batch
from isinglass_connectors.storage.storage import Storage

_ROWS = 65536


def read_schema(storage: Storage, url: str) -> pa.Schema:
    """The schema in a file's footer, without the writer's own metadata."""
    with storage.open(url) as file:
        return pq.read_schema(file).remove_metadata()


def read_parquet(stream: IO[bytes], schema: pa.Schema) -> Iterator[Chunk]:
    """Stream a file's rows; columns match by name whatever their case, missing ones are null."""
    parquet = pq.ParquetFile(stream, pre_buffer=False)
    known = {name.lower(): name for name in parquet.schema_arrow.names}
    known |= {name: name for name in parquet.schema_arrow.names}
    wanted = [known.get(f.name) or known.get(f.name.lower()) for f in schema]
    columns = list(dict.fromkeys(name for name in wanted if name is not None))
    for batch in parquet.iter_batches(batch_size=_ROWS, columns=columns):
        arrays = [
            pa.nulls(batch.num_rows, f.type) if name is None else _fit(batch.column(name), f)
            for f, name in zip(schema, wanted, strict=True)
        ]
        rows = pa.RecordBatch.from_arrays(arrays, schema=schema) if arrays else batch.select([])
        yield Chunk(rows, error_batch([]))


def _fit(column: pa.Array, wanted: pa.Field) -> pa.Array:
    if column.type == wanted.type:
        return column
    try:
        if pa.types.is_timestamp(wanted.type) and pa.types.is_timestamp(column.type):
            # Nanoseconds lose digits in Spark too.
            return column.cast(wanted.type, safe=False)
        return column.cast(wanted.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        reason = f"column {wanted.name} is {column.type} and cannot be read as {wanted.type}: {error}"
        raise pa.ArrowInvalid(reason) from error
