"""`glueContext.create_dynamic_frame` and `glueContext.write_dynamic_frame`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from isinglass_runtime.run import current

if TYPE_CHECKING:
    from awsglue.context import GlueContext
    from awsglue.dynamicframe import DynamicFrame


def table_of(database: str | None, table_name: str | None, name_space: str | None) -> tuple[str, str]:
    """Check how a table was named; `name_space` is the old word for `database`."""
    if database is not None and name_space is not None:
        message = "Parameter name_space and database are both specified, choose one."
        raise Exception(message)  # noqa: TRY002 - the class scripts catch
    if database is None and name_space is None:
        message = "Parameter name_space or database is missing."
        raise Exception(message)  # noqa: TRY002 - the class scripts catch
    if table_name is None:
        message = "Parameter table_name is missing."
        raise Exception(message)  # noqa: TRY002 - the class scripts catch
    return database or name_space or "", table_name


def check_catalog(catalog_id: str | None) -> None:
    """Refuse another catalog than the account's own: jobs reach those by links, which anyone can list."""
    own = current().account_id
    if not catalog_id or catalog_id == own or (not own and catalog_id.isdigit()):
        return
    message = (
        f"catalog_id {catalog_id} is not the catalog of the job's account: create a database with "
        "a TargetDatabase of that CatalogId, and read or write the table by the name of that link"
    )
    raise ValueError(message)


class DynamicFrameReader:
    """Reads into DynamicFrames."""

    def __init__(self, glue_context: "GlueContext") -> None:
        self._glue_context = glue_context

    def from_rdd(
        self, data: Any, name: str, schema: Any = None, sampleRatio: float | None = None
    ) -> "DynamicFrame":
        """Make a frame of an RDD's records."""
        return self._glue_context.create_dynamic_frame_from_rdd(data, name, schema, sampleRatio)

    def from_options(
        self,
        connection_type: str,
        connection_options: Mapping[str, Any] | None = None,
        format: str | None = None,
        format_options: Mapping[str, Any] | None = None,
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        **kwargs: Any,
    ) -> "DynamicFrame":
        """Read files."""
        return self._glue_context.create_dynamic_frame_from_options(
            connection_type,
            connection_options,
            format,
            format_options,
            transformation_ctx,
            push_down_predicate,
            **kwargs,
        )

    def from_catalog(
        self,
        database: str | None = None,
        table_name: str | None = None,
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        additional_options: Mapping[str, Any] | None = None,
        catalog_id: str | None = None,
        name_space: str | None = None,
        **kwargs: Any,
    ) -> "DynamicFrame":
        """Read a table of the catalog."""
        return self._glue_context.create_dynamic_frame_from_catalog(
            database,
            table_name,
            redshift_tmp_dir,
            transformation_ctx,
            push_down_predicate,
            additional_options,
            catalog_id,
            name_space=name_space,
            **kwargs,
        )


class DynamicFrameWriter:
    """Writes DynamicFrames."""

    def __init__(self, glue_context: "GlueContext") -> None:
        self._glue_context = glue_context

    def from_options(
        self,
        frame: Any,
        connection_type: str,
        connection_options: Mapping[str, Any] | None = None,
        format: str | None = None,
        format_options: Mapping[str, Any] | None = None,
        transformation_ctx: str = "",
    ) -> Any:
        """Write files."""
        return self._glue_context.write_dynamic_frame_from_options(
            frame, connection_type, connection_options, format, format_options, transformation_ctx
        )

    def from_catalog(
        self,
        frame: Any,
        database: str | None = None,
        table_name: str | None = None,
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        additional_options: Mapping[str, Any] | None = None,
        catalog_id: str | None = None,
        name_space: str | None = None,
    ) -> Any:
        """Write at a table's location."""
        return self._glue_context.write_dynamic_frame_from_catalog(
            frame,
            database,
            table_name,
            redshift_tmp_dir,
            transformation_ctx,
            additional_options,
            catalog_id,
            name_space=name_space,
        )

    def from_jdbc_conf(
        self,
        frame: Any,
        catalog_connection: str,
        connection_options: Mapping[str, Any] | None = None,
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        catalog_id: str | None = None,
    ) -> Any:
        """Write into a database through a connection of the catalog."""
        return self._glue_context.write_dynamic_frame_from_jdbc_conf(
            frame, catalog_connection, connection_options, redshift_tmp_dir, transformation_ctx, catalog_id
        )


class DataFrameReader:
    """Reads into DataFrames."""

    def __init__(self, glue_context: "GlueContext") -> None:
        self._glue_context = glue_context

    def from_options(self, connection_type: str, *args: Any, **kwargs: Any) -> Any:
        """Read files."""
        return self._glue_context.create_data_frame_from_options(connection_type, *args, **kwargs)

    def from_catalog(
        self, database: str | None = None, table_name: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Read a table of the catalog."""
        return self._glue_context.create_data_frame_from_catalog(database, table_name, *args, **kwargs)


class DataFrameWriter:
    """Writes DataFrames."""

    def __init__(self, glue_context: "GlueContext") -> None:
        self._glue_context = glue_context

    def from_catalog(
        self, frame: Any, database: str | None = None, table_name: str | None = None, **kwargs: Any
    ) -> Any:
        """Write at a table's location."""
        return self._glue_context.write_data_frame_from_catalog(frame, database, table_name, **kwargs)
