"""Scan listed files with the engine's own reader, one scan per partition, joined by UNION ALL.

Explicit files and constants for partition values leave the engine nothing to discover, and so nothing to get
wrong; a filter on a partition column still prunes, because it folds against the constants.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pyspark.sql import functions as F
from pyspark.sql.connect.readwriter import DataFrameReader
from pyspark.sql.types import StringType, StructType

from isinglass_connectors.storage import urls
from isinglass_runtime.engine.active import ENGINE
from isinglass_runtime.gate.rules.native_files import LISTED
from isinglass_runtime.io.listing import Listing
from isinglass_runtime.io.types import ddl

#: Beyond this many partitions planning the union costs more than the tolerant reader does.
MOST_PARTITIONS = 1000
#: Names that the engine's path patterns and URL decoding leave alone.
_PLAIN = re.compile(r"[\w\-./=+,@ ]*")
_UNION_WIDTH = 8


def can_scan(listing: Listing) -> bool:
    """Tell whether every file's name reaches the engine's reader unchanged."""
    return len(listing.partitions()) <= MOST_PARTITIONS and all(
        _PLAIN.fullmatch(_without_scheme(file.info.url)) and "//" not in _without_scheme(file.info.url)
        for file in listing.files
    )


def _without_scheme(url: str) -> str:
    return url.split("://", 1)[1] if "://" in url else url


def scan(
    spark: Any,
    listing: Listing,
    *,
    format: str,
    options: Mapping[str, str],
    schema: StructType | None,
    partition_schema: StructType,
) -> Any:
    """Give a frame of the data columns followed by the partition columns."""
    parts = []
    for values, files in listing.partitions().items():
        reader = DataFrameReader(spark).format(format).options(**options)
        if ENGINE.embedded:
            reader = reader.option(LISTED, "true")
        if schema is not None:
            reader = reader.schema(ddl(schema))
        frame = reader.load([urls.normalise(file.info.url) for file in files])
        parts.append(with_partition_columns(frame, values, partition_schema))
    return _union(parts)


def with_partition_columns(frame: Any, values: Sequence[str | None], schema: StructType) -> Any:
    """Add typed constants for partition values; text that its type cannot hold becomes null, as in Spark."""
    columns = {}
    for field, value in zip(schema.fields, values, strict=True):
        text = F.lit(value).cast(StringType())
        columns[field.name] = (
            text if isinstance(field.dataType, StringType) else text.try_cast(field.dataType)
        )
    return frame.withColumns(columns) if columns else frame


def _union(frames: list[Any]) -> Any:
    while len(frames) > 1:
        joined = []
        for start in range(0, len(frames), _UNION_WIDTH):
            first, *others = frames[start : start + _UNION_WIDTH]
            for other in others:
                first = first.unionAll(other)
                ENGINE.gate.trust([first._plan._plan_id])  # noqa: SLF001 - how plans name their nodes
            joined.append(first)
        frames = joined
    return frames[0]
