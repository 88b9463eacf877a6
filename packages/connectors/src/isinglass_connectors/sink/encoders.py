"""Encode batches into one file of a format; where its bytes go is the stream's business."""

from typing import IO, Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from isinglass_connectors.sink.options import WriteOptions
from isinglass_connectors.sink.text_lines import csv_header, csv_lines, json_lines

_ARROW_CODEC = {"gzip": "gzip", "bzip2": "bz2", "zstd": "zstd", "lz4": "lz4"}
_LINES = 65536


class Encoder(Protocol):
    """One open file."""

    def write(self, table: pa.Table) -> None: ...

    def close(self) -> None:
        """Write what the format ends in; the stream stays open."""
        ...


def encoder(stream: IO[bytes], schema: pa.Schema, options: WriteOptions) -> Encoder:
    return (
        ParquetEncoder(stream, schema, options)
        if options.format == "parquet"
        else TextEncoder(stream, schema, options)
    )


class ParquetEncoder:
    """Parquet with microsecond timestamps, the finest that Spark reads."""

    def __init__(self, stream: IO[bytes], schema: pa.Schema, options: WriteOptions) -> None:
        self._writer = pq.ParquetWriter(
            stream,
            schema,
            compression=options.compression,
            coerce_timestamps="us",
            allow_truncated_timestamps=True,
        )

    def write(self, table: pa.Table) -> None:
        self._writer.write_table(table)

    def close(self) -> None:
        self._writer.close()


class TextEncoder:
    """CSV or JSON lines, compressed as a whole if asked."""

    def __init__(self, stream: IO[bytes], schema: pa.Schema, options: WriteOptions) -> None:
        self._options = options
        self._compressed: Any = None
        self._out: Any = stream
        if options.compression != "none":
            codec = _ARROW_CODEC[options.compression]
            self._compressed = self._out = pa.CompressedOutputStream(pa.PythonFile(stream, mode="w"), codec)
        if options.format == "csv" and options.header:
            self._out.write(csv_header(schema.names, options))

    def write(self, table: pa.Table) -> None:
        make = csv_lines if self._options.format == "csv" else json_lines
        for batch in table.to_batches(max_chunksize=_LINES):
            lines = make(batch, self._options)
            # A string array holds its texts end to end: they are the file's bytes already.
            offsets, texts = lines.buffers()[1:3]
            if texts is not None and offsets is not None:
                view = pa.Array.from_buffers(pa.int32(), len(lines) + 1, [None, offsets], offset=lines.offset)
                start, end = view[0].as_py(), view[len(lines)].as_py()
                self._out.write(memoryview(texts)[start:end])

    def close(self) -> None:
        if self._compressed is not None:
            self._compressed.close()
