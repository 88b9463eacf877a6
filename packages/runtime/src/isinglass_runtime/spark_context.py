"""Stand in for what Spark's Connect client lacks and nearly every Glue script imports.

`from pyspark.context import SparkContext`, `from pyspark import SparkConf, RDD`, `py4j` and `df.rdd` work
after `install()`. RDDs are computed in the script's own process: right for the small things scripts do with
them.
"""

import logging
import sys
import types
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from isinglass_runtime.spark_rdd import RDD, Accumulator, Broadcast
from isinglass_runtime.spark_text import read_text_lines

_log = logging.getLogger("isinglass.spark_context")


class NotOnConnectError(AttributeError):
    """A member that needs a JVM was used."""

    def __init__(self, owner: str, name: str, instead: str) -> None:
        super().__init__(f"{owner}.{name} needs a JVM, and there is none here; {instead}")


class SparkConf:
    """Settings as a dict."""

    def __init__(self, loadDefaults: bool = True, _jvm: Any = None, _jconf: Any = None) -> None:
        self._conf: dict[str, str] = {}

    def set(self, key: str, value: Any) -> "SparkConf":
        """Set one setting."""
        self._conf[key] = str(value)
        return self

    def setAll(self, pairs: Iterable[tuple[str, Any]]) -> "SparkConf":
        """Set several settings."""
        for key, value in pairs:
            self.set(key, value)
        return self

    def setIfMissing(self, key: str, value: Any) -> "SparkConf":
        """Set a setting that has no value yet."""
        self._conf.setdefault(key, str(value))
        return self

    def setAppName(self, value: str) -> "SparkConf":
        """Name the application."""
        return self.set("spark.app.name", value)

    def setMaster(self, value: str) -> "SparkConf":
        """Note the master; the engine is chosen by the run, not by the script."""
        return self.set("spark.master", value)

    def setExecutorEnv(
        self, key: str | None = None, value: str | None = None, pairs: Iterable[tuple[str, str]] = ()
    ) -> "SparkConf":
        """Note environment variables for executors."""
        for name, each in [*([(key, value)] if key else []), *pairs]:
            self.set(f"spark.executorEnv.{name}", each)
        return self

    def setSparkHome(self, value: str) -> "SparkConf":
        """Note Spark's home; nothing here uses it."""
        return self.set("spark.home", value)

    def get(self, key: str, defaultValue: str | None = None) -> str | None:
        """Give a setting."""
        return self._conf.get(key, defaultValue)

    def getAll(self) -> list[tuple[str, str]]:
        """Give all settings."""
        return list(self._conf.items())

    def contains(self, key: str) -> bool:
        """Tell whether a setting has a value."""
        return key in self._conf

    def toDebugString(self) -> str:
        """Write the settings, one a line."""
        return "\n".join(f"{key}={value}" for key, value in sorted(self._conf.items()))


class SparkContext:
    """The entry point of old scripts; it leads to the run's one session, started when first needed."""

    _active_spark_context: ClassVar["SparkContext | None"] = None
    _jvm: ClassVar[None] = None
    PACKAGE_EXTENSIONS = (".zip", ".egg", ".jar")

    def __init__(
        self,
        master: str | None = None,
        appName: str | None = None,
        *_: Any,
        conf: SparkConf | None = None,
        **__: Any,
    ) -> None:
        if isinstance(master, SparkConf):
            master, conf = None, master
        # A second context is an error in Spark; notebooks re-run the header, so here it is the same session.
        self._conf = conf or SparkConf()
        if appName:
            self._conf.setAppName(appName)
        self._stopped = False
        SparkContext._active_spark_context = self
        _apply(self._conf)

    @classmethod
    def getOrCreate(cls, conf: SparkConf | None = None) -> "SparkContext":
        """Give the context of this process."""
        active = cls._active_spark_context
        if active is None:
            return cls(conf=conf)
        if conf is not None:
            active._conf.setAll(conf.getAll())
            _apply(conf)
        return active

    @property
    def session(self) -> Any:
        """The run's Spark session."""
        from isinglass_runtime.engine.session import start_session

        return start_session()

    def getConf(self) -> SparkConf:
        """Give a copy of the settings."""
        return SparkConf().setAll(self._conf.getAll())

    def setLogLevel(self, logLevel: str) -> None:
        """Set the level of this process's own log."""
        level = {"WARN": "WARNING", "FATAL": "CRITICAL", "TRACE": "DEBUG", "ALL": "DEBUG", "OFF": "CRITICAL"}
        name = logLevel.upper()
        logging.getLogger("pyspark").setLevel(level.get(name, name))

    def setSystemProperty(self, key: str, value: str) -> None:
        """Note a property."""
        self._conf.set(key, value)

    def setCheckpointDir(self, dirName: str) -> None:
        """Accept a checkpoint folder; the run has its own."""

    def setLocalProperty(self, key: str, value: str) -> None:
        """Accept a scheduler property; the engine schedules by itself."""

    setJobGroup = setJobDescription = setLocalProperty

    def parallelize(self, c: Iterable[Any], numSlices: int | None = None) -> RDD:
        """Make an RDD of a Python collection."""
        items = list(c)
        return RDD(lambda: iter(items), self, partitions=numSlices or self.defaultParallelism)

    def emptyRDD(self) -> RDD:
        """Make an RDD without elements."""
        return RDD(lambda: iter(()), self, partitions=0)

    def range(self, start: int, end: int | None = None, step: int = 1, numSlices: int | None = None) -> RDD:
        """Make an RDD of numbers."""
        numbers = range(start) if end is None else range(start, end, step)
        return RDD(lambda: iter(numbers), self, partitions=numSlices or self.defaultParallelism)

    def textFile(self, name: str, minPartitions: int | None = None, use_unicode: bool = True) -> RDD:
        """Read files as an RDD of lines."""
        return RDD(lambda: read_text_lines(name), self, partitions=minPartitions or 1)

    def wholeTextFiles(self, path: str, minPartitions: int | None = None, use_unicode: bool = True) -> RDD:
        """Read files as an RDD of (name, text)."""
        from isinglass_runtime.spark_text import read_whole_files

        return RDD(lambda: read_whole_files(path), self, partitions=minPartitions or 1)

    def union(self, rdds: list[RDD]) -> RDD:
        """Put RDDs one after the other."""
        first, *others = rdds
        for each in others:
            first = first.union(each)
        return first

    def broadcast(self, value: Any) -> Broadcast:
        """Wrap a value for use in functions; they get their own copy of it."""
        return Broadcast(value)

    def accumulator(self, value: Any, accum_param: Any = None) -> Accumulator:
        """Make a counter for functions that run in this process."""
        return Accumulator(value)

    def addPyFile(self, path: str) -> None:
        """Make a module or archive importable."""
        from isinglass_runtime.spark_text import local_copy

        sys.path.insert(0, local_copy(path))

    @property
    def defaultParallelism(self) -> int:
        """How many things run at once."""
        import os

        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    defaultMinPartitions = defaultParallelism

    @property
    def version(self) -> str:
        """The version of Spark whose API this is."""
        from pyspark.version import __version__

        return str(__version__)

    @property
    def appName(self) -> str:
        """The application's name."""
        return self._conf.get("spark.app.name") or self.applicationId

    @property
    def applicationId(self) -> str:
        """The run's id."""
        from isinglass_runtime.run import current

        return current().run_id or "local-application"

    @property
    def master(self) -> str:
        """Where the engine runs."""
        from isinglass_runtime.run import current

        engine = current().engine
        return engine if engine.startswith("sc://") else "local[*]"

    @property
    def uiWebUrl(self) -> None:
        """There is no Spark UI."""
        return

    @property
    def _jsc(self) -> "_JavaContext":
        return _JavaContext()

    def stop(self) -> None:
        """End the context; the session stays until the process ends, as other code may hold it."""
        self._stopped = True
        SparkContext._active_spark_context = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        instead = _INSTEAD.get(name, "use the DataFrame API of spark_session")
        raise NotOnConnectError("SparkContext", name, instead)


class _JavaContext:
    """What is left of `sc._jsc`: Hadoop's configuration, which nothing here reads."""

    def hadoopConfiguration(self) -> "_JavaContext":
        """Give the configuration."""
        return self

    def set(self, key: str, value: object) -> None:
        """Say that a setting has no effect; the value may be a secret and is not shown."""
        _log.warning(
            "hadoopConfiguration().set(%r, …) has no effect: storage uses the run's own credentials", key
        )

    def get(self, key: str, default: str | None = None) -> str | None:
        """Give the default: nothing was set."""
        return default


_INSTEAD = {
    "_gateway": "call a Python library instead of a Java class",
    "newAPIHadoopFile": "use spark.read",
    "sequenceFile": "use spark.read",
    "binaryFiles": "use spark.read.format('binaryFile')",
    "runJob": "use DataFrame actions",
    "addFile": "pass --extra-files to the job",
}


def _apply(conf: SparkConf) -> None:
    """Pass SQL settings on to the session; the others configure a cluster that is not there."""
    wanted = [(key, value) for key, value in conf.getAll() if key.startswith("spark.sql.")]
    if not wanted:
        return
    from isinglass_runtime.engine.session import start_session

    session = start_session()
    for key, value in wanted:
        try:
            session.conf.set(key, value)
        except Exception as failure:
            _log.warning("the engine does not take the setting %s=%s: %s", key, value, failure)


_installed = False


def install() -> bool:
    """Register the stand-ins; False where the full pyspark makes them needless."""
    global _installed  # noqa: PLW0603 - modules are patched once per process
    from pyspark.util import is_remote_only

    if not is_remote_only():
        return False
    if not _installed:
        from isinglass_runtime.spark_patches import patch_client

        _register_modules()
        patch_client(SparkContext)
        _installed = True
    return True


def _register_modules() -> None:
    """Put the missing modules and names where imports look for them."""
    import pyspark

    members: dict[str, dict[str, Any]] = {
        "pyspark.context": {"SparkContext": SparkContext, "SparkConf": SparkConf},
        "pyspark.rdd": {"RDD": RDD, "PipelinedRDD": RDD},
        "pyspark.broadcast": {"Broadcast": Broadcast},
        "pyspark.core": {},
        "pyspark.core.context": {"SparkContext": SparkContext},
        "pyspark.core.rdd": {"RDD": RDD},
    }
    for name, contents in members.items():
        _module(name, contents)
    for name in ("context", "rdd", "broadcast"):
        setattr(pyspark, name, sys.modules[f"pyspark.{name}"])
    patched: Any = pyspark
    patched.SparkContext, patched.RDD, patched.Broadcast = SparkContext, RDD, Broadcast
    patched.conf.SparkConf = patched.SparkConf = SparkConf
    _register_py4j()


def _module(name: str, contents: dict[str, Any], doc: str = "Stand-in without a JVM.") -> types.ModuleType:
    module = types.ModuleType(name, doc)
    module.__dict__.update(contents)
    sys.modules[name] = module
    return module


def _register_py4j() -> None:
    """Offer the error classes that scripts name in `except`; nothing ever raises them."""
    try:
        import py4j  # noqa: F401 - someone installed the real one
    except ImportError:
        error = type("Py4JError", (Exception,), {})
        java_error = type("Py4JJavaError", (error,), {"java_exception": None})
        network_error = type("Py4JNetworkError", (error,), {})
        protocol = {"Py4JError": error, "Py4JJavaError": java_error, "Py4JNetworkError": network_error}
        root = _module("py4j", {"__path__": []})
        root.__dict__["protocol"] = _module("py4j.protocol", protocol)
        gateway = {"java_import": _no_java, "JavaObject": type("JavaObject", (), {}), "JavaGateway": _no_java}
        root.__dict__["java_gateway"] = _module("py4j.java_gateway", gateway)


def _no_java(*_: Any, **__: Any) -> Any:
    raise NotOnConnectError("py4j", "java_gateway", "call a Python library instead of a Java class")


__all__ = ["NotOnConnectError", "SparkConf", "SparkContext", "install"]
