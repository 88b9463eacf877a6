"""`isinglass run script.py`: without a server, with one, and on a real Spark."""

import json
import re
from pathlib import Path

import pytest
from server_fixtures import LiveServer, run_cli

WITHOUT_KEYS = {"ISINGLASS_ACCESS_KEY_ID": "", "ISINGLASS_SECRET_ACCESS_KEY": ""}

GREETING = """
import sys
from awsglue.utils import getResolvedOptions
print("hello", getResolvedOptions(sys.argv, ["name"])["name"])
"""

#: Reads what a crawler would meet, joins, and writes a partitioned table.
ETL = """
import sys
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job
from awsglue.transforms import ApplyMapping
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from pyspark.sql import functions as F

args = getResolvedOptions(sys.argv, ["JOB_NAME", "bucket", "table"])
glue_context = GlueContext(SparkContext.getOrCreate())
job = Job(glue_context)
job.init(args["JOB_NAME"], args)
orders = glue_context.create_dynamic_frame.from_options(
    connection_type="s3", connection_options={"paths": [f"s3://{args['bucket']}/raw/"]}, format="csv",
    format_options={"withHeader": True},
)
orders = ApplyMapping.apply(frame=orders, mappings=[
    ("id", "string", "id", "int"), ("amount", "string", "amount", "double"), ("shop", "string", "shop", "string"),
])
totals = orders.toDF().groupBy("shop").agg(F.count("*").alias("n"), F.round(F.sum("amount"), 2).alias("total"))
sink = glue_context.getSink(
    connection_type="s3", path=f"s3://{args['bucket']}/{args['table']}/", enableUpdateCatalog=True, partitionKeys=["shop"],
)
sink.setFormat("parquet")
sink.setCatalogInfo(catalogDatabase="run_script", catalogTableName=args["table"])
sink.writeFrame(DynamicFrame.fromDF(totals, glue_context, "totals"))
job.commit()
"""


def _script(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def test_script_without_a_server_runs_on_one_of_its_own(tmp_path):
    done = run_cli(
        tmp_path, "run", _script(tmp_path, "greet.py", GREETING), "--arg", "name=ada", **WITHOUT_KEYS
    )
    assert done.stdout == "hello ada\n"
    assert "No server runs: starting one for this script" in done.stderr
    assert list((tmp_path / ".local").rglob("isinglass.db")) == []


def test_script_that_fails_without_a_server_shows_why_and_exits_7(tmp_path):
    script = _script(tmp_path, "broken.py", "ages = {}\nprint(ages['ada'])\n")
    done = run_cli(tmp_path, "run", script, code=7, **WITHOUT_KEYS)
    assert re.search(r"KeyError: 'ada' \(broken\.py, line 2: print\(ages\['ada'\]\)\)", done.stderr)


def test_script_with_a_server_becomes_a_job_that_a_second_run_reuses(live_server: LiveServer, tmp_path):
    script = _script(tmp_path, "greet.py", GREETING)
    for name in ("ada", "bruno"):
        done = live_server.cli("run", script, "--arg", f"name={name}", "-f")
        assert done.stdout == f"hello {name}\n"
    [job] = re.findall(r"greet-[0-9a-f]{8}", json.dumps(live_server.client("glue").list_jobs()))
    runs = live_server.client("glue").get_job_runs(JobName=job)["JobRuns"]
    assert [(run["JobRunState"], run["Arguments"]) for run in runs] == [
        ("SUCCEEDED", {"--name": "bruno"}),
        ("SUCCEEDED", {"--name": "ada"}),
    ]


@pytest.mark.spark
def test_script_on_spark_by_one_parameter_makes_the_same_table(
    live_server: LiveServer, spark_url: str, tmp_path
):
    s3, glue = live_server.client("s3"), live_server.client("glue")
    s3.create_bucket(Bucket="run-script")
    glue.create_database(DatabaseInput={"Name": "run_script"})
    lines = ["id,amount,shop", *(f"{n},{n * 1.25},shop {n % 3}" for n in range(200)), "x,,shop 1"]
    s3.put_object(Bucket="run-script", Key="raw/orders.csv", Body="\n".join(lines).encode())
    script = _script(tmp_path, "totals.py", ETL)
    found = {}
    for table, engine in (("on_sail", []), ("on_spark", ["--engine", spark_url])):
        live_server.cli("run", script, "--arg", "bucket=run-script", "--arg", f"table={table}", *engine)
        described = glue.get_table(DatabaseName="run_script", Name=table)["Table"]
        columns = [(column["Name"], column["Type"]) for column in described["StorageDescriptor"]["Columns"]]
        rows = live_server.cli(
            "sql", f"select shop, n, total from run_script.{table} order by shop", "-o", "json"
        ).stdout
        found[table] = (columns, described["PartitionKeys"], json.loads(rows))
    assert found["on_sail"] == found["on_spark"]
    assert found["on_sail"][2] == [
        {"shop": "shop 0", "n": 67, "total": 8291.25},
        {"shop": "shop 1", "n": 68, "total": 8375.0},
        {"shop": "shop 2", "n": 66, "total": 8208.75},
    ]
