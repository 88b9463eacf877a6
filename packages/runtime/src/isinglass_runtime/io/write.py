"""Write frames through our two-phase sink: the engine's workers stage files, the client commits them all at
once.
"""

import itertools
import pickle
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from pyspark.errors import AnalysisException

from isinglass_connectors.storage.listing import data_files
from isinglass_runtime.engine.active import ENGINE
from isinglass_runtime.engine.shipping import prepare
from isinglass_runtime.io.read import UnknownFormatError, option_text, storage
from isinglass_runtime.io.types import arrow_schema, nullable
from isinglass_runtime.run import current
from isinglass_runtime.tally import TALLY

if TYPE_CHECKING:
    from isinglass_connectors.sink.file_sink import WriteResult
    from isinglass_connectors.sink.options import WriteMode, WriteOptions
    from isinglass_connectors.storage.storage import Storage

FORMATS = frozenset({"csv", "json", "parquet"})
#: Modes that write only where nothing is.
_CREATING = frozenset({"default", "error", "errorifexists", "ignore"})
_ordinals = itertools.count(1)
_process = uuid.uuid4().hex[:12]


class PathExistsError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """There are data where a write may only create."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"[PATH_ALREADY_EXISTS] Path {url} already exists. "
            'Set mode as "overwrite" to overwrite the existing path.'
        )
        self.url = url


class ColumnMissingError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """A partition key that the frame does not have."""

    def __init__(self, key: str, names: Sequence[str]) -> None:
        super().__init__(
            f"[COLUMN_NOT_FOUND] Partition column {key!r} is not among the columns {', '.join(names)}."
        )


def next_write_id() -> str:
    """Name the next write of this script: the same name again when the run is executed again after a
    crash.
    """
    return f"{next(_ordinals):04d}"


def write_files(
    df: Any,
    *,
    url: str,
    format: str,
    options: "Mapping[str, Any] | WriteOptions",
    partition_keys: Sequence[str] = (),
    mode: str = "append",
    write_id: str,
) -> "WriteResult":
    """Write a frame; nothing is visible before all of it is.

    `options` are Spark's as text or plain values, or a WriteOptions, which is how Glue's come. Modes are
    Spark's, and `overwrite_partitions`, which replaces just the partitions that the frame has rows for;
    `overwrite` becomes that when `partitionOverwriteMode` is `dynamic`, by option or session. The order of a
    sorted frame is kept.
    """
    from isinglass_connectors.sink.file_sink import FileSink, WriteResult
    from isinglass_connectors.sink.options import WriteOptions

    format = format.lower()  # noqa: A001 - the API's word
    if format not in FORMATS:
        raise UnknownFormatError(format)
    opened = storage()
    mode = mode.lower()
    if mode in _CREATING and _has_data(opened, url, write_id):
        if mode == "ignore":
            return WriteResult((), 0, 0, ())
        raise PathExistsError(url)
    columns = nullable(df.schema)
    keys = _matched(partition_keys, columns.names)
    parsed = options if isinstance(options, WriteOptions) else WriteOptions.from_spark(format, options)
    schema = arrow_schema(columns)
    settings = current()
    sink = FileSink(
        opened.options,
        url,
        settings.run_id or _process,
        write_id,
        schema,
        _sink_mode(df, mode, options, partitioned=bool(partition_keys)),
        parsed,
        keys,
        first_attempt=settings.attempt == 0,
        scratch=settings.scratch_dir or None,
    )
    result = _run(df, sink, schema)
    TALLY.written(url, rows=result.rows, files=len(result.files), size=result.bytes)
    return result


def _sink_mode(
    df: Any, mode: str, options: "Mapping[str, Any] | WriteOptions", *, partitioned: bool
) -> "WriteMode":
    """Say a mode in the sink's words; one that writes only where nothing is has found that by now."""
    if mode in _CREATING:
        return "append"
    if mode == "overwrite" and partitioned and _is_dynamic(df, options):
        return "overwrite_partitions"
    return cast("WriteMode", mode)


def _has_data(opened: "Storage", url: str, write_id: str) -> bool:
    """Tell whether data are there that this write did not commit itself, in an earlier attempt of its run."""
    settings = current()
    own = f"run-{settings.run_id}-{write_id}-part-" if settings.run_id and settings.attempt else None
    for info in data_files(opened, url):
        if own is None or not info.url.rpartition("/")[2].startswith(own):
            return True
    return False


def _run(df: Any, sink: Any, schema: Any) -> "WriteResult":
    from isinglass_runtime.io.open_write import open_write
    from isinglass_runtime.io.sink_task import SinkTask, closed

    prepare(df.sparkSession)
    try:
        with open_write() as write:
            task = SinkTask(sink, schema, write.token if ENGINE.embedded else None)
            rows = df.mapInArrow(task, "message binary").collect()
            found = [pickle.loads(bytes(row.message)) for row in rows]  # noqa: S301 - made by our own tasks
            messages = closed(write, found)
    except BaseException:
        sink.abort([])
        raise
    result: WriteResult = sink.commit(messages)
    return result


def _matched(keys: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """Spell partition keys as the frame's columns are; Spark matches them without regard to case."""
    known = {name.lower(): name for name in names}
    for key in keys:
        if key.lower() not in known:
            raise ColumnMissingError(key, names)
    return tuple(known[key.lower()] for key in keys)


def _is_dynamic(df: Any, options: "Mapping[str, Any] | WriteOptions") -> bool:
    if isinstance(options, Mapping):
        for key, value in options.items():
            if key.lower() == "partitionoverwritemode":
                return option_text(value).lower() == "dynamic"
    conf = df.sparkSession.conf.get("spark.sql.sources.partitionOverwriteMode", "static")
    return str(conf).lower() == "dynamic"
