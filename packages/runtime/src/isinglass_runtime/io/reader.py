"""`spark.read` over our listing and readers."""

from typing import Any

from pyspark.errors import AnalysisException
from pyspark.sql.connect.readwriter import DataFrameReader

from isinglass_runtime.io import catalog
from isinglass_runtime.io.read import FORMATS, PASSED_FORMATS, read_files, scan_passed


class FileReader(DataFrameReader):  # type: ignore[misc] # pyspark is not followed
    """Spark's reader: file formats are read by us, names also found in our catalog, all else passes
    through.
    """

    def load(self, path: Any = None, format: str | None = None, schema: Any = None, **options: Any) -> Any:
        """Load files of a known format, or hand the source to the engine."""
        if format is not None:
            self.format(format)
        if schema is not None:
            self.schema(schema)
        self.options(**options)
        kind = (self._format or "parquet").lower()
        paths = self._paths(path)
        if not paths or kind not in FORMATS | PASSED_FORMATS:
            return super().load(path)
        rest = {key: value for key, value in self._options.items() if key.lower() not in {"path", "paths"}}
        if kind in PASSED_FORMATS:
            return scan_passed(self._client, format=kind, urls=paths, options=rest)
        return read_files(self._client, format=kind, urls=paths, options=rest, schema=self._schema or None).df

    def table(self, tableName: str) -> Any:
        """Find a view of the session first, then a table of our catalog."""
        found = super().table(tableName)
        if not catalog.is_configured() or _resolves(found):
            return found
        database, name = catalog.split_name(tableName)
        return catalog.read_table(self._client, database, name, options=self._options).df

    def _paths(self, path: Any) -> list[str]:
        if path is None:
            path = self._options.get("path")
        if path is None:
            return []
        return [path] if isinstance(path, str) else list(path)


def _resolves(frame: Any) -> bool:
    try:
        return frame.schema is not None
    except AnalysisException:
        return False
