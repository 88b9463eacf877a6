"""DataSink: what `GlueContext.getSink` gives; writes files and keeps a catalog table up to date."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsglue.collection import DynamicFrameCollection
from awsglue.dynamicframe import DynamicFrame
from awsglue.frame_io import check_catalog
from isinglass_runtime.frames.glue_options import FileRequest, file_request
from isinglass_runtime.frames.targets import CatalogTarget, catalog_target, write_request

if TYPE_CHECKING:
    from awsglue.context import GlueContext


class DataSink:
    """Where to write; format and table may be set after the sink was made."""

    def __init__(
        self,
        glue_ctx: "GlueContext",
        connection_type: str,
        options: Mapping[str, Any],
        format: str | None = None,
        transformation_ctx: str = "",
    ) -> None:
        self._glue_ctx = glue_ctx
        self._connection_type = connection_type
        self._options = dict(options)
        self._format = format
        self._format_options: dict[str, Any] = {}
        self._database: str | None = None
        self._table: str | None = None
        self._context = transformation_ctx

    def setFormat(self, format: str, **options: Any) -> None:
        """Say what to write."""
        self._format = format
        self._format_options = options

    def setCatalogInfo(self, catalogDatabase: str, catalogTableName: str, catalogId: str = "") -> None:
        """Name the table to create or update when `enableUpdateCatalog` is set."""
        check_catalog(catalogId)
        self._database, self._table = catalogDatabase, catalogTableName

    def setAccumulableSize(self, size: int) -> None:
        """Accept a batch size; the writer sizes its own."""

    def writeFrame(self, frame: DynamicFrame, info: str = "") -> DynamicFrame:
        """Write a frame; gives a frame of the error records it held."""
        self._write(frame, subfolder="")
        return frame.errorsAsDynamicFrame()

    def write(
        self, dynamic_frame_or_dfc: DynamicFrame | DynamicFrameCollection, info: str = ""
    ) -> DynamicFrame | DynamicFrameCollection:
        """Write a frame, or each frame of a collection into the folder of its name."""
        if isinstance(dynamic_frame_or_dfc, DynamicFrame):
            return self.writeFrame(dynamic_frame_or_dfc, info)
        if isinstance(dynamic_frame_or_dfc, DynamicFrameCollection):
            errors = {}
            for name, frame in dynamic_frame_or_dfc.items():
                self._write(frame, subfolder=name)
                errors[name] = frame.errorsAsDynamicFrame()
            return DynamicFrameCollection(errors, self._glue_ctx)
        found = type(dynamic_frame_or_dfc).__name__
        message = f"a sink writes a DynamicFrame or a DynamicFrameCollection, not {found}"
        raise TypeError(message)

    def writeDataFrame(
        self, data_frame: Any, glue_context: "GlueContext | None" = None, info: str = ""
    ) -> DynamicFrame:
        """Write a DataFrame."""
        return self.writeFrame(DynamicFrame.fromDF(data_frame, self._glue_ctx, self._context))

    def _write(self, frame: DynamicFrame, subfolder: str) -> None:
        request = file_request(self._connection_type, self._options, self._format, self._format_options)
        if subfolder:
            folder = f"{request.urls[0].rstrip('/')}/{subfolder}/"
            request = FileRequest(request.format, (folder,), request.options)
        write_request(
            frame.resolved(),
            request,
            partition_keys=tuple(self._options.get("partitionKeys") or ()),
            mode=str(self._options.get("mode", "append")),
            catalog=self._catalog(),
        )

    def _catalog(self) -> CatalogTarget | None:
        return catalog_target(self._options, self._database, self._table, (self._format or "").lower())


class CatalogSink:
    """A table to write; location and format are the table's own."""

    def __init__(
        self,
        glue_ctx: "GlueContext",
        database: str,
        table_name: str,
        options: Mapping[str, Any],
        transformation_ctx: str = "",
    ) -> None:
        self._glue_ctx = glue_ctx
        self._database, self._table = database, table_name
        self._options = dict(options)
        self._context = transformation_ctx

    def writeFrame(self, frame: DynamicFrame, info: str = "") -> DynamicFrame:
        """Write a frame at the table's location."""
        from isinglass_runtime.io.catalog import table

        found = table(self._database, self._table)
        keys = tuple(self._options.get("partitionKeys") or ())
        declared = tuple(name for name, _ in found.partition_keys)
        if keys and keys != declared:
            message = (
                f"partitionKeys {list(keys)} must be the partition keys of {self._database}.{self._table} "
                f"in the same order: {list(declared)}"
            )
            raise ValueError(message)
        request = FileRequest(found.format, (found.location,), self._format_options(found))
        catalog = catalog_target(self._options, self._database, self._table, found.format)
        write_request(
            frame.resolved(),
            request,
            partition_keys=keys,
            mode=str(self._options.get("mode", "append")),
            catalog=catalog,
        )
        return frame.errorsAsDynamicFrame()

    def _format_options(self, found: Any) -> dict[str, Any]:
        """Say in Glue's words how the table's files are written."""
        options = {key: self._options[key] for key in ("compression",) if key in self._options}
        if found.format == "csv":
            declared = found.options()
            options.update(separator=declared.get("sep", ","), writeHeader=declared.get("header", "false"))
        return options
