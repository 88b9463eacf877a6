"""Give `spark.read`, `df.write`, `spark.table`, `spark.sql` and `spark.catalog` our files and catalog.

The client's classes get other readers and writers; what is not a file or a table of our catalog passes
through unchanged.
"""

from typing import Any

from pyspark.sql.connect.catalog import Catalog
from pyspark.sql.connect.dataframe import DataFrame
from pyspark.sql.connect.readwriter import DataFrameWriterV2
from pyspark.sql.connect.session import SparkSession

from isinglass_runtime.gate.tokens import tokenize
from isinglass_runtime.io import metastore
from isinglass_runtime.io.reader import FileReader
from isinglass_runtime.io.refused_statements import StatementRefusedError, is_the_engines
from isinglass_runtime.io.session_catalog import SessionCatalog
from isinglass_runtime.io.statement_cursor import Cursor
from isinglass_runtime.io.statements import run_sql
from isinglass_runtime.io.writer import FileWriter

_engine_sql = SparkSession.sql
_engine_write_to = DataFrame.writeTo


def install(spark: Any) -> None:
    """Route the DataFrame API of this process through our input and output; idempotent."""
    kind = type(spark)
    kind.read = property(_read)
    kind.catalog = property(_catalog)
    kind.table = _table
    kind.sql = _sql
    DataFrame.write = property(_write)
    DataFrame.writeTo = _write_to


def _read(self: Any) -> FileReader:
    return FileReader(self)


def _catalog(self: Any) -> Catalog:
    return SessionCatalog(self) if metastore.is_configured() else Catalog(self)


def _table(self: Any, tableName: str) -> Any:
    return FileReader(self).table(tableName)


def _write(self: Any) -> FileWriter:
    return FileWriter(self)


def _write_to(self: Any, table: str) -> DataFrameWriterV2:
    ours = metastore.is_configured() and not is_the_engines(Cursor(tokenize(table)))
    if ours:
        raise StatementRefusedError(
            f"df.writeTo({table!r})", "use df.write.saveAsTable or df.write.insertInto"
        )
    return _engine_write_to(self, table)


def _sql(self: Any, sqlQuery: str, args: Any = None, **kwargs: Any) -> Any:
    return run_sql(self, sqlQuery, lambda text: _engine_sql(self, text, args, **kwargs))
