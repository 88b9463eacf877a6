"""Runs and statements that use the engine."""

import json

import pytest
from api_fixtures import ROOT_ACCOUNT
from job_fixtures import JobServer, JobServices

from isinglass.jobs.queries import Statement, StatementFailedError
from isinglass.model.isinglass.errors import InvalidInputException
from isinglass.operations.context import Context, Principal
from isinglass.operations.observe.queries import run_query

#: What is tried here depends on no database.
DATABASES = ["sqlite"]

SCRIPT = """
import sys
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.job import Job

args = getResolvedOptions(sys.argv, ["JOB_NAME", "target"])
glueContext = GlueContext(SparkContext.getOrCreate())
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)
frame = spark.createDataFrame([(1, "a"), (2, "b"), (3, "a")], ["n", "k"])
frame.groupBy("k").sum("n").write.mode("overwrite").parquet(args["target"])
print(sorted(tuple(row) for row in spark.read.parquet(args["target"]).collect()))
job.commit()
"""


def test_glue_script_runs_on_the_engine(job_server: JobServer) -> None:
    job_server.create_job(SCRIPT, command="glueetl")
    run_id = job_server.start(Arguments={"--target": str(job_server.folder / "out")})
    run = job_server.wait(run_id)
    log = "\n".join(job_server.log(run_id))
    assert (run["JobRunState"], run.get("ErrorMessage")) == ("SUCCEEDED", None), log
    assert "O [('a', 4), ('b', 2)]" in log


def _key(job_server: JobServer) -> str:
    return job_server.api.credentials_of(ROOT_ACCOUNT).access_key_id


def test_statement_gives_its_first_rows(job_server: JobServer) -> None:
    statement = Statement(ROOT_ACCOUNT, _key(job_server), "SELECT id, id / 2 h FROM range(5)", limit=2)
    rows = job_server.queries.run(statement)
    assert (rows.columns, rows.rows, rows.truncated) == (
        [{"Name": "id", "Type": "bigint"}, {"Name": "h", "Type": "double"}],
        [[0, 0.0], [1, 0.5]],
        True,
    )
    assert job_server.access_keys() == []


def test_statement_that_fails_says_why(job_server: JobServer) -> None:
    statement = Statement(ROOT_ACCOUNT, _key(job_server), "SELECT nothing FROM range(1)")
    with pytest.raises(StatementFailedError, match="nothing"):
        job_server.queries.run(statement)


def test_query_operation_answers_rows_as_json_and_refuses_what_writes(job_server: JobServer) -> None:
    principal = Principal(ROOT_ACCOUNT, f"arn:aws:iam::{ROOT_ACCOUNT}:root", _key(job_server))
    services = JobServices(job_server.folder, [job_server.queries])
    context = Context(principal, "eu-west-1", "request", 1.0, job_server.store, services)
    answer = run_query(context, {"SqlText": "SELECT 'ä' a, CAST(1.50 AS DECIMAL(9,2)) d, NULL n;"})
    assert (json.loads(answer["Rows"]), answer["Truncated"]) == ([["ä", "1.50", None]], False)
    with pytest.raises(InvalidInputException, match="begins with DROP"):
        run_query(context, {"SqlText": "DROP TABLE t"})
