"""Tell cheaply whether the engine's own scan of a JSON file gives what our tolerant reader would."""

import pyarrow as pa

from isinglass_connectors.files.json_blocks import arrow_reads_like_spark, by_arrow
from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.streams import blocks, open_text
from isinglass_connectors.storage.objects import ObjectInfo
from isinglass_connectors.storage.storage import Storage

_BLOCK = 16 << 20


def is_clean(storage: Storage, info: ObjectInfo, schema: pa.Schema, options: ReadOptions) -> bool:
    """Scan a file of JSON lines once: True when every record has the schema's shape and types.

    False costs only speed: the tolerant reader takes the file. So whatever is unusual (an encoding, an
    option that the engine ignores) answers False without a scan.
    """
    if options.encoding not in {"utf-8", "ascii"} or options.formats != ReadOptions().formats:
        return False
    spanning = options.multi_line or options.json_path
    if spanning or not all(arrow_reads_like_spark(field.type) for field in schema):
        return False
    try:
        with open_text(storage, info.url, size=info.size) as stream:
            return all(
                isinstance(by_arrow(block.data, schema, threads=True), list)
                for block in blocks(stream, size=_BLOCK)
            )
    except pa.ArrowInvalid:
        return False
