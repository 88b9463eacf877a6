"""A table that is replaced again and again while statements read it."""

import json
import subprocess
import sys

import pytest
from server_fixtures import ROOT_KEY, ROOT_SECRET, LiveServer, environment

SCRIPT = """
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


@pytest.mark.slow
def test_table_replaced_while_it_is_read_is_seen_whole(live_server: LiveServer, tmp_path):
    live_server.client("s3").create_bucket(Bucket="replaced-table")
    live_server.client("glue").create_database(DatabaseInput={"Name": "replaced"})
    (tmp_path / "replace.py").write_text(SCRIPT)
    keys = {"ISINGLASS_ACCESS_KEY_ID": ROOT_KEY, "ISINGLASS_SECRET_ACCESS_KEY": ROOT_SECRET}
    writing = subprocess.Popen(
        [sys.executable, "-m", "isinglass.cli.main", "run", str(tmp_path / "replace.py"),
         "--arg", "bucket=replaced-table", "--endpoint", live_server.endpoint],
        env=environment(live_server.home, **keys), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert writing.stdout.readline() == "written 0\n"
        seen = []
        while writing.poll() is None and len(seen) < 15:
            answer = live_server.cli(
                "sql", "select count(*) c, count(distinct n) d from replaced.t", "-o", "json"
            )
            seen.append(json.loads(answer.stdout))
        assert seen == [[{"c": 500, "d": 1}]] * len(seen)
        writing.communicate(timeout=120)
        assert writing.returncode == 0
    finally:
        writing.kill()
