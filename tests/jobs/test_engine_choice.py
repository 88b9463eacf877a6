"""Which engine executes a run, and what a run says of its work."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from job_fixtures import JobServer

from isinglass.jobs.report import summary
from isinglass.model.isinglass.errors import EntityNotFoundException
from isinglass.operations.jobs.details import get_run_details

#: What is tried here depends on no database.
DATABASES = ["sqlite"]

WRITES = """
import sys
from isinglass_runtime.engine.session import start_session
spark = start_session()
target = sys.argv[sys.argv.index("--target") + 1]
spark.range(3).coalesce(1).write.mode("append").parquet(target)
print(spark.read.parquet(target).count())
"""
REFUSED = (
    WRITES
    + """
try:
    spark.conf.set("spark.sql.session.timeZone", "Europe/Paris")
except Exception as error:
    print("caught", type(error).__name__)
spark.range(2).coalesce(1).write.parquet(target + "-more")
"""
)


def _details(server: JobServer, run_id: str) -> dict[str, Any]:
    """Ask the operation of the server under test."""
    from isinglass.operations.context import Context, Principal

    principal = Principal("123456789012", "arn:aws:iam::123456789012:root", "AKIA")
    context = Context(principal, "eu-west-1", "request", 1.0, server.store, None)  # type: ignore[arg-type] # not asked
    return dict(get_run_details(context, {"JobName": "job", "RunId": run_id})["RunDetails"])


def test_run_tells_what_it_wrote_and_read(job_server: JobServer) -> None:
    job_server.create_job(WRITES, command="glueetl")
    target = str(job_server.folder / "out")
    run_id = job_server.start(Arguments={"--target": target})
    run, log = job_server.wait(run_id), job_server.log(run_id)
    assert run["JobRunState"] == "SUCCEEDED", log
    found = _details(job_server, run_id)
    size = found["BytesWritten"]
    counts = ("FilesRead", "BytesRead", "RowsWritten", "FilesWritten", "Launches", "Engine", "Targets")
    assert {name: found[name] for name in counts} == {
        "FilesRead": 1,
        "BytesRead": size,
        "RowsWritten": 3,
        "FilesWritten": 1,
        "Launches": 1,
        "Engine": "sail",
        "Targets": [{"Url": target, "Rows": 3, "Files": 1, "Bytes": size}],
    }
    assert found["PeakMemoryBytes"] > 0
    assert log[-1].startswith(f"E Wrote 3 rows in 1 file ({size} B) to {target}; read 1 file ({size} B); ")
    with pytest.raises(EntityNotFoundException, match="jr_none"):
        _details(job_server, "jr_none")


def test_run_of_unknown_engine_says_which_there_are(job_server: JobServer) -> None:
    job_server.create_job("print(1)", command="glueetl")
    reasons = []
    for engine in ("flink", "spark"):
        run = job_server.wait(job_server.start(Arguments={"--isinglass-engine": engine}))
        reasons.append(run["ErrorMessage"])
    assert reasons == [
        "--isinglass-engine is 'flink'; it must be sail, auto, spark or an address sc://host:port.",
        (
            "The run asks for the engine spark, and this server has none: start it with "
            "ISINGLASS_SPARK_CONNECT=sc://host:port, or use --isinglass-engine sail."
        ),
    ]


def test_refused_run_without_spark_fails_with_the_refusal(job_server: JobServer) -> None:
    job_server.create_job(REFUSED.replace("except Exception", "except KeyError"), command="glueetl")
    target = str(job_server.folder / "out")
    run = job_server.wait(job_server.start(Arguments={"--target": target, "--isinglass-engine": "auto"}))
    assert run["JobRunState"] == "FAILED"
    assert "PLAN_REFUSED.SESSION_TIME_ZONE" in run["ErrorMessage"]


@pytest.mark.spark
def test_refused_run_moves_to_spark_and_replaces_what_it_wrote(
    make_job_server: Callable[..., JobServer], tmp_path: Path, spark_url: str
) -> None:
    server = make_job_server(spark_connect=spark_url)
    server.create_job(REFUSED, command="glueetl")
    run_id = server.start(Arguments={"--target": str(tmp_path / "out"), "--isinglass-engine": "auto"})
    run, log = server.wait(run_id, seconds=120), server.log(run_id)
    assert run["JobRunState"] == "SUCCEEDED", log
    assert [line for line in log if line.startswith("O ")] == ["O 3", "O caught NeedsSparkError", "O 3"]
    assert any("Executing once more on Apache Spark" in line for line in log)
    found = _details(server, run_id)
    assert (found["Engine"], found["Launches"], found["RowsWritten"]) == ("spark", 2, 5)


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ({}, ""),
        ({"files_written": 0, "files_read": 0}, ""),
        ({"files_read": 2, "bytes_read": 2_500_000}, "Read 2 files (2.5 MB); 1.5 s on Sail."),
        (
            {
                "files_written": 7,
                "rows_written": 12345,
                "bytes_written": 10**13,
                "targets": [{"url": f"s3://b/{n}"} for n in range(7)],
            },
            (
                "Wrote 12,345 rows in 7 files (10.0 TB) to s3://b/0, s3://b/1, s3://b/2, s3://b/3, s3://b/4, "
                "2 more; 1.5 s on Sail."
            ),
        ),
    ],
)
def test_summary_names_rows_files_bytes_and_targets(counts: dict[str, Any], line: str) -> None:
    assert summary(counts, "sail", 1.5) == line
