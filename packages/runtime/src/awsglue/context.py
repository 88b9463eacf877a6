"""GlueContext: where a Glue script begins."""

import logging
from collections.abc import Mapping
from typing import Any

from awsglue.data_sink import CatalogSink, DataSink
from awsglue.data_source import CatalogSource, DataSource
from awsglue.dynamicframe import DynamicFrame
from awsglue.frame_io import (
    DataFrameReader,
    DataFrameWriter,
    DynamicFrameReader,
    DynamicFrameWriter,
    check_catalog,
    table_of,
)
from isinglass_runtime.frames import housekeeping
from isinglass_runtime.frames.glue_options import UnsupportedConnectionError


class GlueLogger:
    """The logger of `get_logger()`; its lines go to the run's log."""

    def __init__(self, name: str = "GlueLogger") -> None:
        self._log = logging.getLogger(name)

    def info(self, message: Any) -> None:
        """Log what happened."""
        self._log.info("%s", message)

    def warn(self, message: Any) -> None:
        """Log what looks wrong."""
        self._log.warning("%s", message)

    warning = warn

    def error(self, message: Any) -> None:
        """Log what went wrong."""
        self._log.error("%s", message)

    def debug(self, message: Any) -> None:
        """Log a detail."""
        self._log.debug("%s", message)


class GlueContext:
    """Reads, writes and looks after data on the run's engine."""

    def __init__(self, sparkContext: Any = None, **_options: Any) -> None:
        from isinglass_runtime.engine.session import start_session
        from isinglass_runtime.io import dataframe_api

        given = getattr(sparkContext, "session", sparkContext)
        self.spark_session: Any = given if hasattr(given, "createDataFrame") else start_session()
        dataframe_api.install(self.spark_session)
        self.create_dynamic_frame = DynamicFrameReader(self)
        self.write_dynamic_frame = DynamicFrameWriter(self)
        self.create_data_frame = DataFrameReader(self)
        self.write_data_frame = DataFrameWriter(self)

    @classmethod
    def getOrCreate(cls, sc: Any = None) -> "GlueContext":
        """Give a context over the run's session."""
        return cls(sc)

    @property
    def sparkSession(self) -> Any:
        """The session, by the name that SQLContext used."""
        return self.spark_session

    def __getattr__(self, name: str) -> Any:
        # GlueContext is a SQLContext on Glue: `sql`, `table`, `read`, `createDataFrame` … are the session's.
        if name.startswith("_") or "spark_session" not in self.__dict__:
            raise AttributeError(name)
        return getattr(self.spark_session, name)

    # -- reading

    def getSource(
        self,
        connection_type: str,
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        **options: Any,
    ) -> DataSource:
        """Make a source of files."""
        return DataSource(self, connection_type, options, transformation_ctx)

    def create_dynamic_frame_from_options(
        self,
        connection_type: str,
        connection_options: Mapping[str, Any] | None = None,
        format: str | None = None,
        format_options: Mapping[str, Any] | None = None,
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        **_kwargs: Any,
    ) -> DynamicFrame:
        """Read files."""
        source = DataSource(self, connection_type, connection_options or {}, transformation_ctx)
        if format:
            source.setFormat(format, **dict(format_options or {}))
        return source.getFrame()

    def create_dynamic_frame_from_catalog(
        self,
        database: str | None = None,
        table_name: str | None = None,
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        additional_options: Mapping[str, Any] | None = None,
        catalog_id: str | None = None,
        name_space: str | None = None,
        **_kwargs: Any,
    ) -> DynamicFrame:
        """Read a table of the catalog."""
        check_catalog(catalog_id)
        named = table_of(database, table_name, name_space)
        source = CatalogSource(
            self, *named, push_down_predicate, additional_options or {}, transformation_ctx
        )
        return source.getFrame()

    def create_dynamic_frame_from_rdd(
        self,
        data: Any,
        name: str,
        schema: Any = None,
        sample_ratio: float | None = None,
        transformation_ctx: str = "",
    ) -> DynamicFrame:
        """Make a frame of an RDD's records."""
        args = () if schema is None else (schema,)
        return DynamicFrame.fromDF(self.spark_session.createDataFrame(data, *args), self, name)

    def create_data_frame_from_options(self, connection_type: str, *args: Any, **kwargs: Any) -> Any:
        """Read files into a DataFrame."""
        return self.create_dynamic_frame_from_options(connection_type, *args, **kwargs).toDF()

    def create_data_frame_from_catalog(
        self, database: str | None = None, table_name: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Read a table of the catalog into a DataFrame."""
        return self.create_dynamic_frame_from_catalog(database, table_name, *args, **kwargs).toDF()

    def create_sample_dynamic_frame_from_catalog(
        self,
        database: str | None = None,
        table_name: str | None = None,
        num: int = 100,
        sample_options: Mapping[str, Any] | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> DynamicFrame:
        """Give the first records of a table."""
        return self._sample(
            self.create_dynamic_frame_from_catalog(database, table_name, *args, **kwargs), num
        )

    def create_sample_dynamic_frame_from_options(
        self,
        connection_type: str,
        connection_options: Mapping[str, Any] | None = None,
        num: int = 100,
        sample_options: Mapping[str, Any] | None = None,
        format: str | None = None,
        format_options: Mapping[str, Any] | None = None,
        transformation_ctx: str = "",
    ) -> DynamicFrame:
        """Give the first records of files."""
        frame = self.create_dynamic_frame_from_options(
            connection_type, connection_options, format, format_options, transformation_ctx
        )
        return self._sample(frame, num)

    def _sample(self, frame: DynamicFrame, num: int) -> DynamicFrame:
        resolved = frame.resolved()
        return DynamicFrame(lambda: resolved.with_df(resolved.df.limit(num)), self, frame.name)

    # -- writing

    def getSink(
        self, connection_type: str, format: str | None = None, transformation_ctx: str = "", **options: Any
    ) -> DataSink:
        """Make a sink of files."""
        return DataSink(self, connection_type, options, format, transformation_ctx)

    def write_dynamic_frame_from_options(
        self,
        frame: Any,
        connection_type: str,
        connection_options: Mapping[str, Any] | None = None,
        format: str | None = None,
        format_options: Mapping[str, Any] | None = None,
        transformation_ctx: str = "",
    ) -> Any:
        """Write files."""
        options = dict(connection_options or {})
        sink = DataSink(self, connection_type, options, format, transformation_ctx)
        if format:
            sink.setFormat(format, **dict(format_options or {}))
        return sink.write(frame)

    write_from_options = write_dynamic_frame_from_options

    def write_dynamic_frame_from_catalog(
        self,
        frame: DynamicFrame,
        database: str | None = None,
        table_name: str | None = None,
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        additional_options: Mapping[str, Any] | None = None,
        catalog_id: str | None = None,
        name_space: str | None = None,
    ) -> DynamicFrame:
        """Write at a table's location."""
        check_catalog(catalog_id)
        named = table_of(database, table_name, name_space)
        return CatalogSink(self, *named, additional_options or {}, transformation_ctx).writeFrame(frame)

    def write_data_frame_from_catalog(
        self, frame: Any, database: str | None = None, table_name: str | None = None, **kwargs: Any
    ) -> Any:
        """Write a DataFrame at a table's location."""
        return self.write_dynamic_frame_from_catalog(
            DynamicFrame.fromDF(frame, self), database, table_name, **kwargs
        )

    def write_dynamic_frame_from_jdbc_conf(
        self, frame: Any, catalog_connection: str, *_: Any, **__: Any
    ) -> Any:
        """Refuse: databases are not built yet."""
        raise UnsupportedConnectionError("jdbc")

    write_from_jdbc_conf = write_dynamic_frame_from_jdbc_conf

    def extract_jdbc_conf(self, connection_name: str, catalog_id: str | None = None) -> dict[str, str]:
        """Refuse: connections are not built yet."""
        raise UnsupportedConnectionError("jdbc")

    # -- catalog

    def catalog_types(self, database: str, table_name: str) -> dict[str, str]:
        """Give the declared types of a table's columns, partition columns too."""
        from isinglass_runtime.io.catalog import table

        found = table(database, table_name)
        return {**dict(found.columns), **dict(found.partition_keys)}

    def get_catalog_schema_as_spark_schema(
        self, database: str, table_name: str, catalog_id: str | None = None
    ) -> Any:
        """Give a table's schema as Spark's, partition columns last."""
        check_catalog(catalog_id)
        from isinglass_runtime.io.catalog import table

        found = table(database, table_name)
        schema = found.schema
        for field in found.partition_schema.fields:
            schema = schema.add(field)
        return schema

    def tableNames(self, dbName: str | None = None) -> list[str]:
        """Name the tables of a database, and the session's views."""
        return housekeeping.table_names(self.spark_session, dbName)

    def purge_table(
        self,
        database: str | None = None,
        table_name: str | None = None,
        options: Mapping[str, Any] | None = None,
        transformation_ctx: str = "",
        catalog_id: str | None = None,
    ) -> None:
        """Delete a table's old files, and its partitions that have none left."""
        check_catalog(catalog_id)
        named = table_of(database, table_name, None)
        housekeeping.purge_table(self.spark_session, *named, dict(options or {}))

    def purge_s3_path(
        self, s3_path: str, options: Mapping[str, Any] | None = None, transformation_ctx: str = ""
    ) -> None:
        """Delete the old files below a path."""
        housekeeping.purge_path(s3_path, dict(options or {}))

    def transition_table(self, *_: Any, **__: Any) -> None:
        """Refuse: storage classes are a matter of the object store."""
        message = (
            "storage classes are not available on this object store; use purge_table to delete old files"
        )
        raise NotImplementedError(message)

    transition_s3_path = transition_table

    # -- the rest

    def get_logger(self) -> GlueLogger:
        """Give the run's logger."""
        return GlueLogger()

    def currentTimeMillis(self) -> int:
        """Give the time in milliseconds."""
        import time

        return int(time.time() * 1000)

    def getSampleStreamingDynamicFrame(self, *_: Any, **__: Any) -> Any:
        """Refuse: streams are not built yet."""
        message = "streaming is not available yet; read the source as a batch"
        raise NotImplementedError(message)

    forEachBatch = getSampleStreamingDynamicFrame

    def add_ingestion_time_columns(self, frame: Any, time_granularity: str) -> Any:
        """Add the columns `ingest_year` … up to a granularity."""
        return housekeeping.add_ingestion_time_columns(frame, time_granularity)

    def start_transaction(self, read_only: bool) -> str:
        """Refuse: governed tables are retired; a write here commits as a whole anyway."""
        message = "transactions of governed tables are retired; every write here is committed as a whole"
        raise NotImplementedError(message)

    commit_transaction = cancel_transaction = start_transaction
