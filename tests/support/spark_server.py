"""A real Spark Connect server from `.venv-spark`, for tests that compare with it or run on it."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-spark" / "bin" / "python"
START_SECONDS = 90
#: Each plan runs once or twice: compiling it thoroughly costs more than half of what the plans themselves do.
QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def missing() -> str | None:
    """Say what has to be installed before Spark can run, or None."""
    if not PYTHON.exists():
        return "real Spark is not installed: run `tools/setup_env.sh spark`"
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        return "Spark needs Java 17: install a JRE (Debian: openjdk-17-jre-headless) or set JAVA_HOME"
    return None


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@contextmanager
def spark_connect(folder: Path, *, cores: int = 2) -> Iterator[str]:
    """Run a server below `folder` and give its `sc://` address."""
    port = free_port()
    site = next((ROOT / ".venv-spark" / "lib").glob("python3.*")) / "site-packages"
    home = site / "pyspark"
    command = [
        str(home / "bin" / "spark-submit"),
        "--class",
        "org.apache.spark.sql.connect.service.SparkConnectServer",
        "--master",
        f"local[{cores}]",
        "--driver-memory",
        "2g",
        "--conf",
        f"spark.connect.grpc.binding.port={port}",
        "--conf",
        "spark.ui.enabled=false",
        "--conf",
        "spark.sql.shuffle.partitions=4",
        "--conf",
        f"spark.sql.warehouse.dir={folder / 'warehouse'}",
        "--conf",
        f"spark.driver.extraJavaOptions={QUICK_START} -Dderby.system.home={folder} -Duser.timezone=UTC",
        "spark-internal",
    ]
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "PYSPARK_PYTHON": str(PYTHON),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "TZ": "UTC",
    }
    environment.pop("SPARK_REMOTE", None)
    log = (folder / "spark.log").open("wb")
    server = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait(server, port, folder / "spark.log")
        yield f"sc://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"Spark ended while starting:\n{log.read_text()[-2000:]}")
        with socket.socket() as sock:
            sock.settimeout(0.5)
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"Spark did not listen within {START_SECONDS} s:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def spark_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of one server, started for all tests of a session."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    with spark_connect(tmp_path_factory.mktemp("spark")) as url:
        yield url
