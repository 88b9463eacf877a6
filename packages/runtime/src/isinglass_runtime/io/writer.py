"""`df.write` over our two-phase sink."""

from typing import Any

from pyspark.errors import AnalysisException
from pyspark.sql.connect.readwriter import DataFrameWriter

from isinglass_runtime.io import catalog
from isinglass_runtime.io.metastore import is_of_another_catalog
from isinglass_runtime.io.refused_statements import StatementRefusedError
from isinglass_runtime.io.write import FORMATS, next_write_id, write_files

_DEFAULT_FORMAT = "parquet"


class FileWriter(DataFrameWriter):  # type: ignore[misc] # pyspark is not followed
    """Spark's writer: files and tables of our catalog go through our sink, all else passes through."""

    def __init__(self, frame: Any) -> None:
        super().__init__(frame._plan, frame._session, lambda info: setattr(frame, "_execution_info", info))  # noqa: SLF001
        self._frame = frame

    def save(
        self,
        path: str | None = None,
        format: str | None = None,
        mode: str | None = None,
        partitionBy: Any = None,
        **options: Any,
    ) -> None:
        """Write files of a known format, or hand the sink to the engine."""
        self.mode(mode).options(**options)
        if partitionBy is not None:
            self.partitionBy(*([partitionBy] if isinstance(partitionBy, str) else partitionBy))
        if format is not None:
            self.format(format)
        target = path or self._write.options.get("path")
        kind = (self._write.source or _DEFAULT_FORMAT).lower()
        if kind not in FORMATS or target is None:
            super().save(path)
            return
        self._refuse_buckets()
        write_files(
            self._frame,
            url=target,
            format=kind,
            options={key: value for key, value in self._write.options.items() if key != "path"},
            partition_keys=tuple(self._write.partitioning_cols),
            mode=self._mode(),
            write_id=next_write_id(),
        )

    def saveAsTable(
        self,
        name: str,
        format: str | None = None,
        mode: str | None = None,
        partitionBy: Any = None,
        **options: Any,
    ) -> None:
        """Write a table of our catalog at its path, the option `path`, or below the database's location."""
        self.mode(mode).options(**options)
        if partitionBy is not None:
            self.partitionBy(*([partitionBy] if isinstance(partitionBy, str) else partitionBy))
        if format is not None:
            self.format(format)
        kind = (self._write.source or _DEFAULT_FORMAT).lower()
        if not catalog.is_configured() or is_of_another_catalog(name):
            super().saveAsTable(name)
            return
        if kind not in FORMATS:
            raise StatementRefusedError(
                f"saveAsTable as {kind}", "save at a path, and let a crawler or create_table make the table"
            )
        self._refuse_buckets()
        from isinglass_runtime.io.tables import save_as_table

        save_as_table(
            self._frame,
            name,
            format=kind,
            mode=self._mode(),
            partition_keys=tuple(self._write.partitioning_cols),
            options=dict(self._write.options),
        )

    def insertInto(self, tableName: str, overwrite: bool | None = None) -> None:
        """Append to, or overwrite, a table of our catalog, columns by position."""
        if overwrite is not None:
            self.mode("overwrite" if overwrite else "append")
        if not catalog.is_configured():
            super().insertInto(tableName)
            return
        from isinglass_runtime.io.tables import insert_into

        insert_into(
            self._frame, tableName, overwrite=self._mode() == "overwrite", options=dict(self._write.options)
        )

    def _mode(self) -> str:
        return (self._write.mode or "error").lower()

    def _refuse_buckets(self) -> None:
        if self._write.num_buckets != -1 or self._write.sort_cols:
            raise AnalysisException(
                "[UNSUPPORTED] bucketBy and sortBy are not kept by file writes; "
                "sort the frame before writing instead."
            )
