"""Tell which text files the engine's own reader gets right, by letting it try.

The engine's reader fails on a record of another shape or type, and it is the quickest parser at hand: when it
counts every column of a file without complaint, all that is left to look for are quotes, which it and Spark
do not treat alike.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from isinglass_connectors.files.infer import infer_schema
from isinglass_connectors.files.inspect import is_clean
from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.source_files import SourceFile
from isinglass_connectors.storage.storage import Storage
from isinglass_runtime.io import native
from isinglass_runtime.io.listing import InputFile, Listing
from isinglass_runtime.io.read import storage
from isinglass_runtime.io.types import spark_schema

_CHUNK = 16 << 20
#: How much of a file a first guess at its types looks at.
SAMPLE = 1 << 20
#: Beyond this many files, looking at them one by one would cost more than reading them tolerantly.
_MOST_FILES = 200


def dirty_files(
    spark: Any,
    listing: Listing,
    format: str,
    options: ReadOptions,
    spoken: Mapping[str, str],
    schema: pa.Schema,
) -> set[str]:
    """Name the files to keep from the engine's reader."""
    if format == "json":
        return {f.info.url for f in listing.files if not is_clean_json(f, options, schema)}
    everything = {file.info.url for file in listing.files}
    if not _plain_options(options):
        return everything
    opened = storage()
    quoted = {f.info.url for f in listing.files if not _plainly_quoted(opened, f, options)}
    rest = tuple(file for file in listing.files if file.info.url not in quoted)
    if not rest or _reads(spark, rest, spoken, schema):
        return quoted
    if len(rest) > _MOST_FILES:
        return everything
    return quoted | {f.info.url for f in rest if len(rest) == 1 or not _reads(spark, (f,), spoken, schema)}


def is_clean_json(file: InputFile, options: ReadOptions, schema: pa.Schema) -> bool:
    """Tell whether the engine's reader gets a file of JSON right."""
    return is_clean(storage(), file.info, schema, options)


def quick_inference(
    spark: Any, listing: Listing, options: ReadOptions, spoken: Mapping[str, str]
) -> pa.Schema | None:
    """Guess the types from the beginning of the first file and let the engine's reader prove them on all of
    it.

    None when the guess does not hold, or could be wider than the data: then every value has to be looked at.
    """
    from isinglass_runtime.engine.active import ENGINE

    first = listing.files[0]
    if not (_plain_options(options) and native.can_scan(listing) and ENGINE.reads(first.info.url)):
        return None
    opened = storage()
    if not all(_plainly_quoted(opened, file, options) for file in listing.files):
        return None
    guess = _guess(opened, first, options)
    if guess is None or any(pa.types.is_null(kind) for kind in guess.types):
        return None
    return guess if _reads(spark, listing.files, spoken, guess) else None


def _plain_options(options: ReadOptions) -> bool:
    """Tell whether the engine's reader knows all that these options ask for.

    What becomes of short rows does not matter, as it refuses them; empty fields are seen to after the scan.
    """
    plain = ReadOptions(
        mode=options.mode,
        separator=options.separator,
        quote=options.quote,
        escape=options.escape,
        header=options.header,
        ragged_ok=options.ragged_ok,
        empty_is_null=options.empty_is_null,
    )
    return options == plain


def _plainly_quoted(opened: Storage, file: InputFile, options: ReadOptions) -> bool:
    """Tell whether a file has no quote at all, nor compression that would hide one."""
    if file.info.url.rsplit(".", 1)[-1].lower() not in {"csv", "tsv", "txt", "dat", "data"}:
        return False
    marks = [mark.encode() for mark in (options.quote, options.escape) if mark]
    with opened.open(file.info.url, file.info.size) as stream:
        while chunk := stream.read(_CHUNK):
            if any(mark in chunk for mark in marks):
                return False
    return True


def _reads(spark: Any, files: tuple[InputFile, ...], spoken: Mapping[str, str], schema: pa.Schema) -> bool:
    """Let the engine parse every value of every column."""
    listing = Listing((), tuple(InputFile(file.info) for file in files))
    frame = native.scan(
        spark,
        listing,
        format="csv",
        options=spoken,
        schema=spark_schema(schema),
        partition_schema=StructType([]),
    )
    try:
        frame.select(
            *(F.count(F.col("`" + name.replace("`", "``") + "`")) for name in frame.columns)
        ).collect()
    except PySparkException:
        return False
    return True


def _guess(opened: Storage, file: InputFile, options: ReadOptions) -> pa.Schema | None:
    """Infer from the first records of a file, cut at a line's end."""
    import tempfile
    from pathlib import Path

    head = opened.read(file.info.url, 0, SAMPLE)
    if len(head) == SAMPLE:
        head = head[: head.rfind(b"\n") + 1]
    if not head:
        return None
    with tempfile.TemporaryDirectory() as folder:
        sample = Path(folder) / "head.csv"
        sample.write_bytes(head)
        return infer_schema(
            Storage(), [SourceFile(str(sample), len(head))], "csv", options, style="spark", typed=True
        ).schema
