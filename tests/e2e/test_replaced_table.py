"""A table that is replaced again and again while statements and jobs read it."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from server_fixtures import ROOT_KEY, ROOT_SECRET, LiveServer, environment

WRITER = """
import sys
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

bucket = getResolvedOptions(sys.argv, ["bucket"])["bucket"]
glue_context = GlueContext(SparkContext.getOrCreate())
for n in range(30):
    frame = glue_context.spark_session.createDataFrame([(i, n, i % 5) for i in range(500)], "i int, n int, k int")
    sink = glue_context.getSink(
        connection_type="s3", path=f"s3://{bucket}/t/", enableUpdateCatalog=True, partitionKeys=["k"], mode="overwrite"
    )
    sink.setFormat("parquet")
    sink.setCatalogInfo(catalogDatabase="replaced", catalogTableName="t")
    sink.writeFrame(DynamicFrame.fromDF(frame, glue_context, "frame"))
    print("written", n)
"""


READER = """
from awsglue.context import GlueContext
from pyspark.context import SparkContext
from pyspark.errors import SparkRuntimeException

spark = GlueContext(SparkContext.getOrCreate()).spark_session
for _ in range(25):
    frame = spark.table("replaced.t")
    for _ in range(3):
        try:
            row = frame.selectExpr("count(*) c", "count(distinct n) d").collect()[0]
            print("seen", row.c, row.d)
        except SparkRuntimeException as error:
            print(str(error)[:33])
            break
"""

pytestmark = pytest.mark.slow


@contextlib.contextmanager
def _running(server: LiveServer, script: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a script as a job in a process of its own."""
    keys = {"ISINGLASS_ACCESS_KEY_ID": ROOT_KEY, "ISINGLASS_SECRET_ACCESS_KEY": ROOT_SECRET}
    process = subprocess.Popen(
        [sys.executable, "-m", "isinglass.cli.main", "run", str(script), *arguments, "--endpoint", server.endpoint],
        env=environment(server.home, **keys), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()


@pytest.fixture
def replacing(live_server: LiveServer, tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Replace a table thirty times; the first time is over."""
    s3, glue = live_server.client("s3"), live_server.client("glue")
    with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket="replaced-table")
    glue.create_database(DatabaseInput={"Name": "replaced"})
    (tmp_path / "replace.py").write_text(WRITER)
    with _running(live_server, tmp_path / "replace.py", "--arg", "bucket=replaced-table") as writing:
        assert writing.stdout.readline() == "written 0\n"
        yield writing
        writing.communicate(timeout=120)
        assert writing.returncode == 0
    glue.delete_database(Name="replaced")


def test_table_replaced_while_statements_read_it_is_seen_whole(live_server: LiveServer, replacing):
    seen = []
    while replacing.poll() is None and len(seen) < 15:
        answer = live_server.cli(
            "sql", "select count(*) c, count(distinct n) d from replaced.t", "-o", "json"
        )
        seen.append(json.loads(answer.stdout))
    assert seen == [[{"c": 500, "d": 1}]] * len(seen)


def test_table_replaced_while_a_job_reads_it_is_seen_whole_or_gone(
    live_server: LiveServer, replacing, tmp_path: Path
):
    (tmp_path / "read.py").write_text(READER)
    with _running(live_server, tmp_path / "read.py") as reading:
        printed, _ = reading.communicate(timeout=120)
    *seen, _summary = printed.splitlines()
    assert set(seen) <= {"seen 500 1", "[FAILED_READ_FILE.FILE_NOT_EXIST]"}
    assert (reading.returncode, "seen 500 1" in seen) == (0, True)
