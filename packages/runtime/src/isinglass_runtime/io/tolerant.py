"""Our own reader as a Python data source of the engine: every record is kept, or kept aside with its
reason.
"""

import base64
import pickle
from collections.abc import Iterator, Sequence
from typing import Any

from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.types import StructType

from isinglass_connectors.files.source import FileSource, FileSplit
from isinglass_runtime.io.engine_batches import for_engine

ROWS = "isinglass_files"
ERRORS = "isinglass_file_errors"


class SplitPartition(InputPartition):  # type: ignore[misc] # pyspark is not followed
    """One task's files."""

    def __init__(self, split: FileSplit) -> None:
        self.split = split


class FileSourceReader(DataSourceReader):  # type: ignore[misc] # pyspark is not followed
    """Read the rows, or the bad records, of a source."""

    def __init__(self, source: FileSource, *, errors: bool) -> None:
        self._splits: Sequence[FileSplit] = source.splits()
        self._source = source.without_files()
        self._errors = errors

    def partitions(self) -> list[InputPartition]:
        return [SplitPartition(split) for split in self._splits]

    def read(self, partition: Any) -> Iterator[Any]:
        batches = (self._source.read_errors if self._errors else self._source.read)(partition.split)
        return (for_engine(batch) for batch in batches)


class RowsDataSource(DataSource):  # type: ignore[misc] # pyspark is not followed
    """The rows of a pickled FileSource."""

    @classmethod
    def name(cls) -> str:
        return ROWS

    def reader(self, schema: StructType) -> DataSourceReader:  # noqa: ARG002 - the source knows its schema
        return FileSourceReader(decoded(self.options["source"]), errors=False)


class ErrorsDataSource(DataSource):  # type: ignore[misc] # pyspark is not followed
    """The bad records of a pickled FileSource."""

    @classmethod
    def name(cls) -> str:
        return ERRORS

    def reader(self, schema: StructType) -> DataSourceReader:  # noqa: ARG002 - the source knows its schema
        return FileSourceReader(decoded(self.options["source"]), errors=True)


def encoded(source: FileSource) -> str:
    return base64.b64encode(pickle.dumps(source)).decode("ascii")


def decoded(text: str) -> FileSource:
    """Undo `encoded`; the text comes from this process or from a plan that it sent."""
    source: FileSource = pickle.loads(base64.b64decode(text))  # noqa: S301 - our own text, see above
    return source
