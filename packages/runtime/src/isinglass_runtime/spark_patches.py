"""Add to the Connect client what the stand-ins need: `df.rdd`, `SparkSession(sc)`, RDDs as input."""

import logging
from typing import Any

from isinglass_runtime.spark_rdd import RDD, FrameRDD

_log = logging.getLogger("isinglass.spark_context")


def patch_client(context_class: Any) -> None:
    """Patch the client's classes, once per process."""
    from pyspark.sql.connect.dataframe import DataFrame
    from pyspark.sql.connect.readwriter import DataFrameReader
    from pyspark.sql.connect.session import SparkSession

    DataFrame.rdd = property(lambda self: FrameRDD(self, context_class.getOrCreate()))
    DataFrame.toJSON = _to_json_method(context_class)
    SparkSession.sparkContext = property(lambda _self: context_class.getOrCreate())
    SparkSession.newSession = lambda self: self
    SparkSession.createDataFrame = _accepting_rdds(SparkSession.createDataFrame)
    DataFrameReader.json = _json_of_rdd(DataFrameReader.json)
    DataFrameReader.csv = _csv_of_rdd(DataFrameReader.csv)
    _patch_classic(context_class)


def _to_json_method(context_class: Any) -> Any:
    def toJSON(self: Any, use_unicode: bool = True) -> RDD:
        from pyspark.sql import functions as F

        lines = self.select(F.to_json(F.struct("*")).alias("value"))
        return FrameRDD(lines, context_class.getOrCreate()).map(lambda row: row["value"])

    return toJSON


def _accepting_rdds(original: Any) -> Any:
    def createDataFrame(self: Any, data: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(data, FrameRDD) and not args and not kwargs:
            return data.toDF()
        return original(self, data.collect() if isinstance(data, RDD) else data, *args, **kwargs)

    return createDataFrame


def _json_of_rdd(original: Any) -> Any:
    def json(self: Any, path: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(path, RDD):
            return original(self, path, *args, **kwargs)
        from isinglass_runtime.spark_text import frame_of_json

        schema = args[0] if args else kwargs.get("schema")
        return frame_of_json(self._client, path.collect(), schema or self._schema or None)

    return json


def _csv_of_rdd(original: Any) -> Any:
    def csv(self: Any, path: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(path, RDD):
            message = "spark.read.csv of an RDD is not available here; read the files, or use createDataFrame"
            raise NotImplementedError(message)
        return original(self, path, *args, **kwargs)

    return csv


def _patch_classic(context_class: Any) -> None:
    """Let the classic entry points lead to the run's session."""
    from pyspark.sql import context as sql_context
    from pyspark.sql.session import SparkSession as ClassicSession

    def new_session(_cls: Any, sparkContext: Any = None, *_: Any, **__: Any) -> Any:
        return (sparkContext or context_class.getOrCreate()).session

    ClassicSession.__new__ = new_session
    # A script's `.master("local[*]")` is no conflict with the engine that the run has: it is not used.
    ClassicSession.Builder._validate_startup_urls = lambda _self: None
    ClassicSession.Builder.getOrCreate = _builder_get_or_create(ClassicSession.Builder.getOrCreate)
    for name in ("SQLContext", "HiveContext"):
        stand_in = type(name, (SQLContext,), {})
        setattr(sql_context, name, stand_in)
        import pyspark.sql

        setattr(pyspark.sql, name, stand_in)


def _builder_get_or_create(original: Any) -> Any:
    def getOrCreate(self: Any) -> Any:
        options = dict(self._options)
        if "spark.remote" in options:
            return original(self)
        from isinglass_runtime.engine.session import start_session

        session = start_session()
        for name, value in options.items():
            if name.startswith("spark.sql."):
                try:
                    session.conf.set(name, value)
                except Exception as failure:
                    _log.warning("the engine does not take the setting %s=%s: %s", name, value, failure)
        return session

    return getOrCreate


class SQLContext:
    """The entry point of Spark 1: a session by another name."""

    def __init__(self, sparkContext: Any = None, sparkSession: Any = None, jsqlContext: Any = None) -> None:
        self.sparkSession = sparkSession or sparkContext.session

    @classmethod
    def getOrCreate(cls, sc: Any) -> "SQLContext":
        """Give a context over the run's session."""
        return cls(sc)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sparkSession, name)

    def registerDataFrameAsTable(self, df: Any, tableName: str) -> None:
        """Name a DataFrame for SQL."""
        df.createOrReplaceTempView(tableName)
