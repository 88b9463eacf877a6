"""Tell cheaply whether the engine's own scan of a text file gives what our tolerant reader would."""

from dataclasses import replace

import pyarrow as pa
from pyarrow import csv

from isinglass_connectors.files.csv_reader import clean_blocks, record_count
from isinglass_connectors.files.json_reader import arrow_reads_like_spark, by_arrow
from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.streams import blocks, open_text
from isinglass_connectors.storage.objects import ObjectInfo
from isinglass_connectors.storage.storage import Storage

_BLOCK = 16 << 20


def is_clean(
    storage: Storage, info: ObjectInfo, format: str, schema: pa.Schema, options: ReadOptions
) -> bool:
    """Scan a whole file once: True when every record has the schema's shape and types, plainly written.

    False costs only speed: the tolerant reader takes the file. So whatever is unusual (an encoding, an
    option that the engine ignores, an escape) answers False without a scan.
    """
    if format == "parquet":
        return True
    if (
        options.encoding not in {"utf-8", "ascii"}
        or options.multi_line
        or options.formats != ReadOptions().formats
    ):
        return False
    try:
        if format == "json":
            return _json_is_clean(storage, info, schema, options)
        return _csv_is_clean(storage, info, schema, options)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return False


def _json_is_clean(storage: Storage, info: ObjectInfo, schema: pa.Schema, options: ReadOptions) -> bool:
    if options.json_path or not all(arrow_reads_like_spark(field.type) for field in schema):
        return False
    with open_text(storage, info.url) as stream:
        return all(by_arrow(block, schema, threads=True) is not None for block in blocks(stream, size=_BLOCK))


def _csv_is_clean(storage: Storage, info: ObjectInfo, schema: pa.Schema, options: ReadOptions) -> bool:
    ignored = options.comment or options.null_value or options.trim_left or options.trim_right
    if ignored or options.skip_first or not options.empty_is_null or options.ragged_ok:
        return False
    plain = replace(options, comment=None)
    with open_text(storage, info.url) as stream:
        return all(
            _block_is_clean(block.data, schema, options) for block in clean_blocks(stream, plain, _BLOCK)
        )


def _block_is_clean(data: bytes, schema: pa.Schema, options: ReadOptions) -> bool:
    quoted = bool(options.quote) and (options.quote or "").encode() in data
    if quoted and options.escape and options.escape.encode() in data:
        return False
    if b"\xef\xbf\xbd" in data:
        # Bytes that were not UTF-8 (or say so): the engine would refuse the file.
        return False
    table = csv.read_csv(
        pa.BufferReader(data),
        read_options=csv.ReadOptions(column_names=schema.names, block_size=1 << 20),
        parse_options=csv.ParseOptions(delimiter=options.separator, quote_char=options.quote or False),
        convert_options=csv.ConvertOptions(
            column_types={f.name: _plain(f.type) for f in schema},
            null_values=[""],
            true_values=["true"],
            false_values=["false"],
            strings_can_be_null=True,
        ),
    )
    return not quoted or table.num_rows == record_count(data)


def _plain(kind: pa.DataType) -> pa.DataType:
    """Timestamps without a zone in their text are what both sides read as UTC."""
    return pa.timestamp("us") if pa.types.is_timestamp(kind) else kind
