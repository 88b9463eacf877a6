"""The whole server killed while column statistics are computed: the next one ends the run rightly."""

import time
from pathlib import Path
from typing import Any

import pytest
from server_fixtures import start_server, stop_server, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
TABLE = {"DatabaseName": "shop", "TableName": "sales"}
ROWS = 200_000


def _run(glue: Any, run_id: str) -> Any:
    found = glue.get_column_statistics_task_run(ColumnStatisticsTaskRunId=run_id)
    return found["ColumnStatisticsTaskRun"]


def _ended(glue: Any, run_id: str) -> Any:
    wait_for(lambda: "EndTime" in _run(glue, run_id), 60)
    return _run(glue, run_id)


def test_server_killed_while_it_measures_ends_the_run_after_its_restart(tmp_path: Path) -> None:
    data = ("--data-dir", str(tmp_path / "data"))
    server = start_server(tmp_path, *data)
    try:
        s3, glue = server.client("s3"), server.client("glue")
        s3.create_bucket(Bucket="lake")
        body = "id\n" + "".join(f"{n}\n" for n in range(ROWS))
        s3.put_object(Bucket="lake", Key="sales/a.csv", Body=body.encode())
        storage = {"Columns": [{"Name": "id", "Type": "int"}], "Location": "s3://lake/sales/"}
        parameters = {"classification": "csv", "skip.header.line.count": "1"}
        glue.create_database(DatabaseInput={"Name": "shop"})
        table = {"Name": "sales", "Parameters": parameters, "StorageDescriptor": storage}
        glue.create_table(DatabaseName="shop", TableInput=table)

        for pause in (0.0, 0.3):  # the moment is what is tried: before the process is there, and within it
            run_id = glue.start_column_statistics_task_run(**TABLE, Role="r")["ColumnStatisticsTaskRunId"]
            wait_for(lambda glue=glue, run_id=run_id: _run(glue, run_id)["Status"] != "STARTING")
            time.sleep(pause)
            server.kill()
            server = start_server(tmp_path, *data)
            glue = server.client("glue")
            run = _ended(glue, run_id)
            assert (run["Status"], run.get("ErrorMessage")) == ("SUCCEEDED", None)
            found = glue.get_column_statistics_for_table(**TABLE, ColumnNames=["id"])
            [statistics] = found["ColumnStatisticsList"]
            numbers = statistics["StatisticsData"]["LongColumnStatisticsData"]
            assert numbers.pop("NumberOfDistinctValues") == pytest.approx(ROWS, rel=0.03)
            assert numbers == {"MinimumValue": 0, "MaximumValue": ROWS - 1, "NumberOfNulls": 0}

        run_id = glue.start_column_statistics_task_run(**TABLE, Role="r")["ColumnStatisticsTaskRunId"]
        wait_for(lambda: _run(glue, run_id)["Status"] != "STARTING")
        glue.stop_column_statistics_task_run(**TABLE)
        server.kill()
        server = start_server(tmp_path, *data)
        glue = server.client("glue")
        assert _ended(glue, run_id)["Status"] == "STOPPED"
    finally:
        assert stop_server(server) == 0
    assert not list((tmp_path / "data" / "scratch").iterdir())
