"""Start the embedded engine: Sail's Spark Connect server inside this process."""

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from isinglass_runtime.run import RunSettings

#: The pool undercounts (a query's resident set was seen at three times it), so it gets about a third.
POOL_SHARE = 0.35
MEBIBYTE = 1 << 20


def environment(settings: RunSettings) -> dict[str, str]:
    """Give the variables that configure Sail for one run; it reads them once, when the server starts."""
    pool = settings.memory_bytes or _machine_memory()
    variables = {
        "SAIL_MODE": "local",
        "SAIL_RUNTIME__MEMORY_POOL__TYPE": "fair",
        "SAIL_RUNTIME__MEMORY_POOL__FAIR__MAX_SIZE": str(max(int(pool * POOL_SHARE), 64 * MEBIBYTE)),
        "SAIL_PARQUET__COMPRESSION": "snappy",
        "SAIL_PARQUET__STATISTICS_ENABLED": "chunk",
        "SAIL_PARQUET__ALLOW_SINGLE_FILE_PARALLELISM": "false",
        "SAIL_EXECUTION__BATCH_SIZE": "16384",
        # Sail logs every session and warns at every shutdown; a run's log is for its script.
        "RUST_LOG": os.environ.get("ISINGLASS_SAIL_LOG", "error"),
    }
    if settings.scratch_dir:
        scratch = Path(settings.scratch_dir)
        variables["SAIL_RUNTIME__TEMPORARY_FILES__PATHS"] = json.dumps([str(scratch / "spill")])
        variables["SAIL_EXECUTION__CHECKPOINT__PATH"] = (scratch / "checkpoints").as_uri()
    if settings.s3_endpoint:
        variables["AWS_ENDPOINT_URL_S3"] = settings.s3_endpoint
        if settings.s3_endpoint.startswith("http://"):
            variables["AWS_ALLOW_HTTP"] = "true"
    if settings.region:
        variables["AWS_REGION"] = settings.region
    for name, value in settings.conf.items():
        if name.startswith("isinglass.sail."):
            key = name.removeprefix("isinglass.sail.").replace(".", "__").upper()
            variables[f"SAIL_{key}"] = value
    return variables


def start(settings: RunSettings) -> tuple[Any, str]:
    """Start the server on a free port of the loopback and give it with its Spark Connect address."""
    from pysail.spark import SparkConnectServer

    if settings.scratch_dir:
        for folder in ("spill", "checkpoints"):
            (Path(settings.scratch_dir) / folder).mkdir(parents=True, exist_ok=True)
    os.environ.update(environment(settings))
    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    host, port = server.listening_address
    return server, f"sc://{host}:{port}"


def _machine_memory() -> int:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):
        return min(total, int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    return total
