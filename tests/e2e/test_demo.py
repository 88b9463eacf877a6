"""`isinglass demo`: the main job end to end, twice, then gone without a trace."""

import json
from typing import Any

import duckdb
import pytest
from server_fixtures import LiveServer, run_cli, start_server, stop_server

pytestmark = pytest.mark.slow
BUCKET = "isinglass-000000000000"


def _figures(server: LiveServer) -> dict[str, Any]:
    """Gather what the demo leaves: tables, the files of its results, and their rows."""
    tables = json.loads(server.cli("tables", "-o", "json").stdout)
    rows = server.cli(
        "sql",
        "select segment, count(*) n, sum(orders) orders from retail.customer_360 group by 1 order by 1",
        "-o",
        "csv",
    )
    return {
        "tables": [(table["DatabaseName"], table["Name"]) for table in tables],
        "keys": [key.rpartition("run-jr_")[0] for key in _keys(server, "demo/customer_360/")],
        "rows": rows.stdout,
    }


def _keys(server: LiveServer, prefix: str) -> list[str]:
    pages = server.client("s3").get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
    return [found["Key"] for page in pages for found in page.get("Contents", [])]


def test_demo_twice_leaves_the_same_and_clean_removes_it(tmp_path):
    server = start_server(tmp_path)
    try:
        done = json.loads(server.cli("demo", "-o", "json").stdout)
        assert {name: done[name] for name in ("customers", "distinct", "orders", "table")} == {
            "customers": 5000,
            "distinct": 5000,
            "orders": 32877,
            "table": "retail.customer_360",
        }
        first = _figures(server)
        with duckdb.connect() as connection:
            counted = connection.execute(_over_http(server, connection)).fetchall()
        assert counted == [(5000, 32877)]

        again = server.cli("demo")
        assert "401 files, 0 sent" in again.stderr
        assert _figures(server) == first
        runs = json.loads(server.cli("runs", "list", "-o", "json").stdout)
        assert [(run["JobName"], run["JobRunState"]) for run in runs] == [
            ("customer-360", "SUCCEEDED"), ("customer-data-cleansing", "SUCCEEDED"),
        ] * 2  # fmt: skip

        server.cli("demo", "--clean")
        glue = server.client("glue")
        assert (
            glue.get_databases()["DatabaseList"],
            glue.get_jobs()["Jobs"],
            glue.get_crawlers()["Crawlers"],
        ) == ([], [], [])
        assert _keys(server, "") == []
        server.cli("demo", "--clean")
    finally:
        assert stop_server(server) == 0


def _over_http(server: LiveServer, connection: duckdb.DuckDBPyConnection) -> str:
    """Fetch the result's files as any client would, and count them with another engine."""
    folder = server.home / "fetched"
    s3 = server.client("s3")
    for key in _keys(server, "demo/customer_360/segment="):
        target = folder / key
        target.parent.mkdir(parents=True, exist_ok=True)
        s3.download_file(BUCKET, key, str(target))
    connection.execute("SET VARIABLE files = ?", [str(folder / "**" / "*.parquet")])
    return "SELECT count(*), sum(orders)::BIGINT FROM read_parquet(getvariable('files'), hive_partitioning = true)"


def test_demo_without_a_server_starts_one_that_goes_on(tmp_path):
    shown = run_cli(
        tmp_path, "demo", "--port", "0", ISINGLASS_ACCESS_KEY_ID="", ISINGLASS_SECRET_ACCESS_KEY=""
    ).stderr
    try:
        assert "The server keeps running at http://127.0.0.1:" in shown
        tables = run_cli(tmp_path, "tables", "retail", "-o", "name").stdout
        assert tables.split() == ["retail.customer_360", "retail.customers_clean"]
    finally:
        run_cli(tmp_path, "down")
    assert "isinglass up" in run_cli(tmp_path, "tables", code=13).stderr
