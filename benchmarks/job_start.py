"""How long from StartJobRun to the script's first line, and to its first DataFrame result.

Warm: the server has been up for a moment. Cold: the warm parent process starts together with the run.
Beside it, in the same session, local Apache Spark from process start, when requirements/spark.lock is
installed in .venv-spark. Prints a table and the ratios; asserts nothing.

    python benchmarks/job_start.py [--runs 15]
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

import boto3  # noqa: E402 - the support modules must be found first
from job_fixtures import JobServer, start_job_server  # noqa: E402

from isinglass.engines.launcher import Launcher  # noqa: E402
from isinglass.store import schema  # noqa: E402
from isinglass.store.store import Store  # noqa: E402

FIRST_LINE = "import time\nprint('at', time.time(), flush=True)\n"
GLUE = """
from pyspark.context import SparkContext
from awsglue.context import GlueContext
spark = GlueContext(SparkContext.getOrCreate()).spark_session
print(spark.range(1000).count())
import time
print("at", time.time(), flush=True)
"""
SPARK = """
from pyspark.sql import SparkSession
spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
import time
print("at", time.time(), flush=True)
print(spark.range(1000).count())
print("at", time.time(), flush=True)
"""


def serve(folder: Path, launcher: Launcher, stack: ExitStack) -> JobServer:
    """Start a live server with a worker in this process."""
    store = Store(f"sqlite:///{folder}/isinglass.sqlite")
    schema.upgrade(store)
    stack.callback(store.close)
    return start_job_server(store, launcher, folder, boto3.Session(), stack)


def seconds_to_line(server: JobServer, name: str) -> float:
    """Start a run and read from its log when its script printed the line."""
    started = time.time()
    run_id = server.start(name)
    server.wait(run_id, "SUCCEEDED", name=name)
    return float(server.log(run_id)[-1].split()[-1]) - started


def isinglass(runs: int, folder: Path) -> dict[str, list[float]]:
    """Measure runs over HTTP, warm and cold."""
    found: dict[str, list[float]] = {}
    with ExitStack() as stack:
        launcher = Launcher()
        stack.callback(launcher.close)
        server = serve(folder, launcher, stack)
        server.create_job(FIRST_LINE, name="line")
        server.create_job(GLUE, name="glue", command="glueetl")
        found["cold: first line"] = [seconds_to_line(server, "line")]
        for _ in range(2):
            os.kill(launcher.zygote_pid, signal.SIGKILL)
            while launcher.warm:
                time.sleep(0.01)
            found["cold: first line"].append(seconds_to_line(server, "line"))
        found["warm: first line"] = [seconds_to_line(server, "line") for _ in range(runs)]
        found["warm: first DataFrame result"] = [seconds_to_line(server, "glue") for _ in range(runs)]
    return found


def local_spark(runs: int) -> dict[str, list[float]]:
    """Measure a script that starts local Spark; nothing when Spark is not installed."""
    python = ROOT / ".venv-spark" / "bin" / "python"
    if not python.exists():
        return {}
    found: dict[str, list[float]] = {"local Spark: session": [], "local Spark: first DataFrame result": []}
    for _ in range(runs):
        started = time.time()
        done = subprocess.run([python, "-c", SPARK], capture_output=True, text=True, check=True)
        times = [float(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("at ")]
        for name, at in zip(found, times, strict=True):
            found[name].append(at - started)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=15, help="warm runs of each kind")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        found = isinglass(runs, Path(folder))
    found |= local_spark(3)
    print(f"{'seconds':38} {'median':>8} {'least':>8} {'most':>8} {'runs':>5}")
    for name, values in found.items():
        print(
            f"{name:38} {statistics.median(values):8.3f}"
            f" {min(values):8.3f} {max(values):8.3f} {len(values):5}"
        )
    spark = found.get("local Spark: first DataFrame result")
    if spark:
        ratio = statistics.median(spark) / statistics.median(found["warm: first DataFrame result"])
        print(f"first DataFrame result: {ratio:.0f} times sooner than local Spark")


if __name__ == "__main__":
    main()
