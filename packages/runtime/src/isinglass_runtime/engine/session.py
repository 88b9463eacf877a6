"""The run's one Spark session: on the embedded engine behind the plan gate, or on a Spark cluster."""

import atexit
import contextlib
import os
import shutil
import tempfile
from dataclasses import replace

from pyspark.sql.connect.client.retries import DefaultPolicy
from pyspark.sql.connect.session import SparkSession

from isinglass_runtime.engine import sail
from isinglass_runtime.engine.active import ENGINE
from isinglass_runtime.engine.channel import GatedChannelBuilder
from isinglass_runtime.gate.gate import Gate
from isinglass_runtime.gate.rules.table import SAIL_RULES
from isinglass_runtime.io import dataframe_api
from isinglass_runtime.run import RunSettings, current

#: What Glue's Spark runs with and what both engines agree on.
SESSION_CONF = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "false"}


def start_session(settings: RunSettings | None = None) -> SparkSession:
    """Give the session of this process, starting the engine at the first call."""
    if ENGINE.session is not None and not ENGINE.session.is_stopped:
        return ENGINE.session
    settings = settings or current()
    if not settings.scratch_dir:
        # A script run by hand: checkpoints and spill need a place, too.
        settings = replace(settings, scratch_dir=_own_scratch())
    remote = settings.engine.startswith("sc://")
    if remote:
        url, gate = settings.engine, Gate(())
    else:
        ENGINE.server, url = sail.start(settings)
        gate = Gate(SAIL_RULES, reroute=settings.engine == "auto")
        atexit.register(stop_session)
    session = SparkSession.builder.channelBuilder(GatedChannelBuilder(url, gate)).create()
    # The default policy waits ten minutes for an engine that has died inside this very process.
    policy = DefaultPolicy(max_retries=6) if remote else DefaultPolicy(max_retries=2, max_backoff=200)
    session.client.set_retry_policies([policy])
    # Compressed plans could not be looked at.
    session.client._plan_compression_threshold = -1  # noqa: SLF001 - the client has no public switch
    session.client._plan_compression_algorithm = "NONE"  # noqa: SLF001
    gate.attach(session.client)
    # Before the settings, which it may refuse: the run's child asks this gate why.
    ENGINE.gate = gate
    conf = {name: value for name, value in settings.conf.items() if name.startswith("spark.sql.")}
    session.conf._set_all({**SESSION_CONF, **conf}, silent=False)  # noqa: SLF001 - one round trip for all
    # `SparkSession.builder.getOrCreate()` insists on an address before it looks for the live session.
    os.environ["SPARK_REMOTE"] = url
    ENGINE.session = session
    dataframe_api.install(session)
    return session


def _own_scratch() -> str:
    """Make a folder that ends with this process."""
    folder = tempfile.mkdtemp(prefix="isinglass-")
    maker = os.getpid()

    def remove() -> None:
        # A forked child runs the exit functions of its parent, too.
        if os.getpid() == maker:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder


def stop_session() -> None:
    """End the session and the embedded engine; a later `start_session` begins afresh."""
    session, server, needed = ENGINE.session, ENGINE.server, ENGINE.gate.needs_spark
    ENGINE.session, ENGINE.server, ENGINE.gate, ENGINE.prepared = None, None, Gate(()), False
    # What was refused stays refused when a script stops the session itself.
    ENGINE.gate.needs_spark = needed
    # An engine that has died already is what this is to bring about.
    with contextlib.suppress(Exception):
        if session is not None and not session.is_stopped:
            session.stop()
    with contextlib.suppress(RuntimeError):
        if server is not None:
            server.stop()
