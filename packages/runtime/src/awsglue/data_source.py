"""DataSource: what `GlueContext.getSource` gives."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsglue.dynamicframe import DynamicFrame
from isinglass_runtime.frames.glue_options import file_request
from isinglass_runtime.frames.sources import read_catalog, read_request

if TYPE_CHECKING:
    from awsglue.context import GlueContext


class DataSource:
    """Files to read; the format may be set after the source was made."""

    def __init__(
        self,
        glue_ctx: "GlueContext",
        connection_type: str,
        options: Mapping[str, Any],
        transformation_ctx: str = "",
    ) -> None:
        self._glue_ctx = glue_ctx
        self._connection_type = connection_type
        self._options = dict(options)
        self._format: str | None = self._options.pop("format", None)
        self._format_options: dict[str, Any] = {}
        self.name = transformation_ctx

    def setFormat(self, format: str, **options: Any) -> None:
        """Say what the files are."""
        self._format = format
        self._format_options = options

    def getFrame(self, **_options: Any) -> DynamicFrame:
        """Open the source."""
        request = file_request(self._connection_type, self._options, self._format, self._format_options)
        frame = read_request(self._glue_ctx.spark_session, request)
        return DynamicFrame(lambda: frame, self._glue_ctx, self.name)


class CatalogSource:
    """A table to read."""

    def __init__(
        self,
        glue_ctx: "GlueContext",
        database: str,
        table_name: str,
        push_down_predicate: str,
        options: Mapping[str, Any],
        transformation_ctx: str = "",
    ) -> None:
        self._glue_ctx = glue_ctx
        self._arguments = (database, table_name, push_down_predicate, dict(options))
        self.name = transformation_ctx

    def getFrame(self, **_options: Any) -> DynamicFrame:
        """Open the table."""
        frame = read_catalog(self._glue_ctx.spark_session, *self._arguments)
        return DynamicFrame(lambda: frame, self._glue_ctx, self.name)
