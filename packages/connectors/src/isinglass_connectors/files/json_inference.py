"""Find the schema of JSON by reading it once: Arrow looks at regular blocks, Python at the others' values."""

from collections.abc import Iterable, Iterator
from typing import IO, Any

import pyarrow as pa
from pyarrow import json as arrow_json

from isinglass_connectors.files.inference import choose, merge_types, widen
from isinglass_connectors.files.json_blocks import is_utf8, line_count
from isinglass_connectors.files.json_documents import Document, documents, lines
from isinglass_connectors.files.json_path import parse_path, select
from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.seen import Seen
from isinglass_connectors.files.streams import Block, blocks


def dynamic(streams: Iterable[IO[bytes]], options: ReadOptions) -> pa.Schema:
    """Infer Glue's types; types that differ become a choice, and fields keep their order."""
    seen = Seen()
    for stream in streams:
        with stream:
            for document in _documents(stream, options):
                _add(seen, document, options)
    return seen.schema(choose)


def spark(streams: Iterable[IO[bytes]], options: ReadOptions) -> pa.Schema:
    """Infer the types of `spark.read`: fields sorted by name, whole numbers long."""
    seen = Seen()
    found: pa.DataType = pa.struct([])
    corrupt = False
    for stream in streams:
        with stream:
            if options.multi_line or options.json_path:
                for document in documents(stream):
                    corrupt |= _add(seen, document, options)
                continue
            for block in blocks(stream):
                regular = _by_arrow(block)
                if regular is not None:
                    found = merge_types(found, regular, widen)
                    continue
                for document in lines(block):
                    corrupt |= _add(seen, document, options)
    found = merge_types(found, pa.struct(list(seen.schema(widen, long_only=True))), widen)
    fields = list(_sorted(found))
    if corrupt and options.mode == "PERMISSIVE":
        # Spark's inference adds the column by itself when it meets a bad record.
        name = options.corrupt_column or "_corrupt_record"
        fields = sorted([*fields, pa.field(name, pa.string())], key=lambda field: str(field.name))
    return pa.schema(fields)


def _documents(stream: IO[bytes], options: ReadOptions) -> Iterator[Document]:
    if options.multi_line or options.json_path:
        return documents(stream)
    return (document for block in blocks(stream) for document in lines(block))


def _add(seen: Seen, document: Document, options: ReadOptions) -> bool:
    """Look at the records of a document; True when it is no JSON."""
    path = parse_path(options.json_path) if options.json_path else ()
    for value in () if document.error else select(document.value, path):
        for record in value if isinstance(value, list) else (value,):
            seen.add(record)
    return bool(document.error)


def _by_arrow(block: Block) -> pa.DataType | None:
    """Infer a block's record type at once; None when a place holds several kinds, or a line is no object."""
    if not is_utf8(block.data):
        return None
    try:
        table = arrow_json.read_json(
            pa.BufferReader(block.data), read_options=arrow_json.ReadOptions(block_size=1 << 20)
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    if table.num_rows != line_count(block.data):
        return None
    return pa.struct([pa.field(f.name, _of_spark(f.type)) for f in table.schema])


def _of_spark(kind: pa.DataType) -> pa.DataType:
    """Text that looks like a time stays text."""
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(f.name, _of_spark(f.type)) for f in kind])
    if pa.types.is_list(kind):
        return pa.list_(_of_spark(kind.value_type))
    return pa.string() if pa.types.is_temporal(kind) else kind


def _sorted(kind: Any) -> Any:
    if pa.types.is_struct(kind):
        return pa.struct(sorted((pa.field(f.name, _sorted(f.type)) for f in kind), key=lambda f: str(f.name)))
    return pa.list_(_sorted(kind.value_type)) if pa.types.is_list(kind) else kind
