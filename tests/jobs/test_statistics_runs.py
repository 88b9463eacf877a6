"""Column statistics computed by real processes over real files."""

import datetime as dt
import json
import socket
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.exceptions import ClientError
from job_fixtures import JobServer, eventually

from isinglass.observe.logs import log_path, read_forward

TABLE = {"DatabaseName": "shop", "TableName": "sales"}
ENDED = {"SUCCEEDED", "FAILED", "STOPPED"}
DAY = dt.datetime(2026, 1, 31, tzinfo=dt.UTC)


def _create(
    server: JobServer, columns: str, location: Path | str, format: str = "parquet", keys: str = ""
) -> None:
    """Create the table; columns are `name type, name type`."""

    def read(text: str) -> list[dict[str, str]]:
        pairs = [part.split(maxsplit=1) for part in text.split(", ")] if text else []
        return [{"Name": name, "Type": kind} for name, kind in pairs]

    server.glue.create_database(DatabaseInput={"Name": "shop"})
    table = {
        "Name": "sales",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": format, "skip.header.line.count": "1"},
        "PartitionKeys": read(keys),
        "StorageDescriptor": {"Columns": read(columns), "Location": f"{location}/"},
    }
    server.glue.create_table(DatabaseName="shop", TableInput=table)


def _start(server: JobServer, **members: Any) -> str:
    request = {**TABLE, "Role": "stats", **members}
    return str(server.glue.start_column_statistics_task_run(**request)["ColumnStatisticsTaskRunId"])


def _run(server: JobServer, run_id: str) -> Any:
    found = server.glue.get_column_statistics_task_run(ColumnStatisticsTaskRunId=run_id)
    return found["ColumnStatisticsTaskRun"]


def _log(server: JobServer, run_id: str) -> list[str]:
    directory = server.settings.log_directory("123456789012")
    return [line.text for line in read_forward(log_path(directory, "column-statistics", run_id), 0)]


def _ended(server: JobServer, run_id: str) -> Any:
    return eventually(
        lambda: run if (run := _run(server, run_id))["Status"] in ENDED else None,
        60,
        lambda: f"{_run(server, run_id)} {_log(server, run_id)}",
    )


def _compute(server: JobServer, **members: Any) -> Any:
    run_id = _start(server, **members)
    run = _ended(server, run_id)
    assert run["Status"] == "SUCCEEDED", (run, _log(server, run_id))
    return run


def _statistics(server: JobServer, *names: str) -> dict[str, Any]:
    """Read the statistics of columns: type, then data."""
    found = server.glue.get_column_statistics_for_table(**TABLE, ColumnNames=list(names))
    shown = {}
    for each in found["ColumnStatisticsList"]:
        data = dict(each["StatisticsData"])
        kind = data.pop("Type")
        [values] = data.values()
        shown[each["ColumnName"]] = (each["ColumnType"], kind, values)
    return shown


def _error(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_every_type_of_column_is_measured_exactly(job_server: JobServer, tmp_path: Path) -> None:
    folder = tmp_path / "sales"
    folder.mkdir()
    table = pa.table(
        {
            "ok": pa.array([True, True, False, None]),
            "n": pa.array([3, -1, 3, None], pa.int32()),
            "big": pa.array([2**62, 1, 2, 3], pa.int64()),
            "x": pa.array([1.5, float("nan"), float("-inf"), None]),
            "price": pa.array([Decimal("-12.34"), Decimal("99.99"), None, None], pa.decimal128(10, 2)),
            "day": pa.array([dt.date(1969, 12, 31), dt.date(2026, 1, 31), None, None]),
            "at": pa.array([DAY, DAY + dt.timedelta(seconds=1.5), None, None], pa.timestamp("us", "UTC")),
            "name": pa.array(["a", "ä€", "", None]),
            "raw": pa.array([b"\x00\x01\x02", b"", None, None]),
            "none": pa.array([None] * 4, pa.string()),
            "tags": pa.array([["a"], [], None, ["b", "c"]]),
        }
    )
    pq.write_table(table, folder / "a.parquet")
    _create(
        job_server,
        "ok boolean, n int, big bigint, x double, price decimal(10,2), day date, at timestamp, name string, "
        "raw binary, none string, tags array<string>",
        folder,
    )
    run_id = _start(job_server)
    run = _ended(job_server, run_id)
    times = [run.pop(name) for name in ("CreationTime", "StartTime", "EndTime", "LastUpdated")]
    assert times[:3] == sorted(times[:3])
    assert times[3] == times[2]
    assert run.pop("DPUSeconds") == pytest.approx((times[2] - times[1]).total_seconds(), abs=0.01)
    assert run == {
        "CustomerId": "123456789012",
        "ColumnStatisticsTaskRunId": run_id,
        "DatabaseName": "shop",
        "TableName": "sales",
        "CatalogID": "123456789012",
        "ColumnNameList": table.column_names,
        "Role": "stats",
        "NumberOfWorkers": 1,
        "WorkerType": "G.1X",
        "ComputationType": "FULL",
        "Status": "SUCCEEDED",
    }
    assert _statistics(job_server, *table.column_names) == {
        "ok": ("boolean", "BOOLEAN", {"NumberOfTrues": 2, "NumberOfFalses": 1, "NumberOfNulls": 1}),
        "n": ("int", "LONG", _bounds(-1, 3, nulls=1, distinct=2)),
        "big": ("bigint", "LONG", _bounds(1, 2**62, nulls=0, distinct=4)),
        "x": ("double", "DOUBLE", _bounds(1.5, 1.5, nulls=1, distinct=3)),
        "price": (
            "decimal(10,2)",
            "DECIMAL",
            _bounds(
                {"UnscaledValue": (-1234).to_bytes(2, "big", signed=True), "Scale": 2},
                {"UnscaledValue": (9999).to_bytes(2, "big"), "Scale": 2},
                nulls=2,
                distinct=2,
            ),
        ),
        "day": ("date", "DATE", _bounds(dt.datetime(1969, 12, 31, tzinfo=dt.UTC), DAY, nulls=2, distinct=2)),
        "at": (
            "timestamp",
            "LONG",
            _bounds(int(DAY.timestamp()), int(DAY.timestamp()) + 1, nulls=2, distinct=2),
        ),
        "name": ("string", "STRING", _lengths(2, 1.0, nulls=1, NumberOfDistinctValues=3)),
        "raw": ("binary", "BINARY", _lengths(3, 1.5, nulls=2)),
        "none": ("string", "STRING", _lengths(0, 0.0, nulls=4, NumberOfDistinctValues=0)),
    }
    assert "Skipped column tags: there are no statistics of type array<string>" in _log(job_server, run_id)
    with job_server.store.read() as tx:
        events = [row.payload["detail"] for row in tx.outbox.undelivered(100)]
    assert [event for event in events if "Statistics" in event["typeOfChange"]] == [
        {
            "databaseName": "shop",
            "tableName": "sales",
            "typeOfChange": "UpdateColumnStatisticsForTable",
            "changedPartitions": [],
        }
    ]
    assert job_server.access_keys() == []


def _bounds(least: Any, most: Any, *, nulls: int, distinct: int) -> dict[str, Any]:
    return {
        "MinimumValue": least,
        "MaximumValue": most,
        "NumberOfNulls": nulls,
        "NumberOfDistinctValues": distinct,
    }


def _lengths(longest: int, average: float, *, nulls: int, **more: int) -> dict[str, Any]:
    return {"MaximumLength": longest, "AverageLength": average, "NumberOfNulls": nulls, **more}


def test_partitions_of_csv_are_measured_with_their_keys(job_server: JobServer, tmp_path: Path) -> None:
    root = tmp_path / "sales"
    for day, rows in (("1", "1,a\n2,b\n"), ("2", "3,\n"), ("3", "oops,c\n")):
        folder = root / f"day={day}"
        folder.mkdir(parents=True)
        (folder / "a.csv").write_text(f"id,name\n{rows}")
    _create(job_server, "id int, name string", root, "csv", keys="day int")
    for day in ("1", "2"):  # the third is not registered: no reader of the catalog sees it
        partition = {"Values": [day], "StorageDescriptor": {"Location": f"{root}/day={day}/"}}
        job_server.glue.create_partition(**TABLE, PartitionInput=partition)
    _compute(job_server, ColumnNameList=["ID", "day"])
    assert _statistics(job_server, "id", "name", "day") == {
        "id": ("int", "LONG", _bounds(1, 3, nulls=0, distinct=3)),
        "day": ("int", "LONG", _bounds(1, 2, nulls=0, distinct=2)),
    }
    (root / "day=2" / "b.csv").write_text("id,name\n9,d\n")
    _compute(job_server)
    assert _statistics(job_server, "id", "name") == {
        "id": ("int", "LONG", _bounds(1, 9, nulls=0, distinct=4)),
        "name": ("string", "STRING", _lengths(1, 1.0, nulls=1, NumberOfDistinctValues=3)),
    }


def test_sample_of_files_is_scaled_to_the_whole_table(job_server: JobServer, tmp_path: Path) -> None:
    folder = tmp_path / "sales"
    folder.mkdir()
    for number in range(100):
        rows = [
            {"id": number * 100 + n, "kind": n % 5, "gap": None if n % 4 == 0 else "x"} for n in range(100)
        ]
        (folder / f"{number:03}.json").write_text("".join(json.dumps(row) + "\n" for row in rows))
    _create(job_server, "id int, kind int, gap string", folder, "json")
    run = _compute(job_server, SampleSize=20)
    assert run["SampleSize"] == 20
    found = _statistics(job_server, "id", "kind", "gap")
    assert found["id"][2]["NumberOfDistinctValues"] == pytest.approx(10_000, rel=0.05)
    assert found["kind"][2] == _bounds(0, 4, nulls=0, distinct=5)
    assert found["gap"][2]["NumberOfNulls"] == pytest.approx(2500, rel=0.05)
    [measured] = [line for line in _log(job_server, run["ColumnStatisticsTaskRunId"]) if "Measured" in line]
    assert measured.startswith(("Measured 2,0", "Measured 2,1")), measured


@pytest.fixture
def waiting(make_job_server: Callable[..., JobServer], tmp_path: Path) -> JobServer:
    """A server with a table, and no worker to measure it."""
    server = make_job_server()
    assert server.worker.stop()
    folder = tmp_path / "sales"
    folder.mkdir()
    pq.write_table(pa.table({"id": [1, 2]}), folder / "a.parquet")
    _create(server, "id bigint", folder)
    return server


def test_one_run_of_a_table_at_a_time_and_stopped_before_it_begins(waiting: JobServer) -> None:
    glue = waiting.glue
    first = _start(waiting)
    assert _run(waiting, first)["Status"] == "STARTING"
    running = _error(glue.start_column_statistics_task_run, **TABLE, Role="stats")
    assert running == (
        "ColumnStatisticsTaskRunningException",
        f"Column statistics of table shop.sales are being computed already, by run {first}.",
    )
    glue.stop_column_statistics_task_run(**TABLE)
    assert _run(waiting, first)["Status"] == "STOPPED"
    assert _error(glue.stop_column_statistics_task_run, **TABLE) == (
        "ColumnStatisticsTaskNotRunningException",
        "No column statistics of table shop.sales are being computed.",
    )
    second = _start(waiting)
    newest = glue.get_column_statistics_task_runs(**TABLE, MaxResults=1)
    older = glue.get_column_statistics_task_runs(**TABLE, NextToken=newest["NextToken"])
    listed = [*newest["ColumnStatisticsTaskRuns"], *older["ColumnStatisticsTaskRuns"]]
    assert [run["ColumnStatisticsTaskRunId"] for run in listed] == [second, first]
    assert "NextToken" not in older
    assert glue.list_column_statistics_task_runs()["ColumnStatisticsTaskRunIds"] == [second, first]
    other = waiting.api.client("glue", "210987654321")
    assert other.list_column_statistics_task_runs()["ColumnStatisticsTaskRunIds"] == []


@pytest.mark.parametrize(
    ("members", "code", "message"),
    [
        ({"TableName": "nope"}, "EntityNotFoundException", "Table nope not found."),
        ({"ColumnNameList": ["id", "nope"]}, "EntityNotFoundException", "Column nope not found."),
        (
            {"SampleSize": 0.0},
            "InvalidInputException",
            "SampleSize must be above 0: a sample of 0 % has no rows.",
        ),
        (
            {"Role": "arn:aws:iam::999999999999:role/r"},
            "InvalidInputException",
            "Role arn:aws:iam::999999999999:role/r belongs to another account.",
        ),
        ({"SecurityConfiguration": "s"}, "EntityNotFoundException", "Security configuration s not found."),
    ],
)
def test_task_that_cannot_work_is_refused(
    waiting: JobServer, members: dict[str, Any], code: str, message: str
) -> None:
    request = {**TABLE, "Role": "stats", **members}
    assert _error(waiting.glue.start_column_statistics_task_run, **request) == (code, message)


def test_table_of_a_nested_catalog_is_refused(waiting: JobServer) -> None:
    waiting.glue.create_catalog(Name="nested", CatalogInput={})
    _create_role(waiting, "stats")
    request = {**TABLE, "CatalogID": "123456789012:nested", "Role": "stats"}
    assert _error(waiting.glue.start_column_statistics_task_run, **request) == (
        "OperationNotSupportedException",
        "Column statistics are computed for tables of the account's own catalog, not of 123456789012:nested.",
    )


@pytest.mark.parametrize("format", ["orc", "avro", "xml", "delta"])
def test_table_of_an_unknown_format_fails_the_run_and_changes_nothing(
    job_server: JobServer, tmp_path: Path, format: str
) -> None:
    folder = tmp_path / "sales"
    folder.mkdir()
    (folder / "a").write_bytes(b"ORC")
    _create(job_server, "id int", folder, format)
    run = _ended(job_server, _start(job_server))
    assert (run["Status"], run["ErrorMessage"]) == (
        "FAILED",
        (
            f"Table shop.sales is of the format {format}, which cannot be measured yet; "
            "those of csv, iceberg, json, parquet can."
        ),
    )
    assert _statistics(job_server, "id") == {}
    assert job_server.access_keys() == []


def test_sample_of_rows_knows_how_many_there_are(job_server: JobServer, tmp_path: Path) -> None:
    folder = tmp_path / "sales"
    folder.mkdir()
    names = [f"c{number}" for number in range(250)]  # more than one scan measures
    table = pa.table({name: pa.array([n % 4 or None for n in range(1000)], pa.int32()) for name in names})
    pq.write_table(table, folder / "a.parquet")
    _create(job_server, ", ".join(f"{name} int" for name in names), folder)
    _compute(job_server, SampleSize=30)
    for name, (kind, _, values) in _statistics(job_server, "c0", "c249").items():
        assert (name, kind) in {("c0", "int"), ("c249", "int")}
        assert values.pop("NumberOfNulls") == pytest.approx(250, rel=0.3)
        assert values == {"MinimumValue": 1, "MaximumValue": 3, "NumberOfDistinctValues": 3}


def test_task_reads_with_the_rights_of_its_role(job_server: JobServer, tmp_path: Path) -> None:
    folder = tmp_path / "sales"
    folder.mkdir()
    pq.write_table(pa.table({"id": [1]}), folder / "a.parquet")
    _create(job_server, "id bigint", folder)
    role = _create_role(job_server, "blind")
    run = _ended(job_server, _start(job_server, Role=role))
    assert run["Status"] == "FAILED"
    assert "is not authorized to perform: glue:GetTable" in run["ErrorMessage"]
    allowed = {"Effect": "Allow", "Action": "glue:Get*", "Resource": "*"}
    iam = job_server.api.client("iam")
    iam.put_role_policy(RoleName="blind", PolicyName="read", PolicyDocument=_policy(allowed))
    run = _ended(job_server, _start(job_server, Role=role))
    # It gets as far as the files, which are the server's own: a defined role never sees such.
    assert run["Status"] == "SUCCEEDED" or run["ErrorMessage"].endswith(": permission denied")


def test_role_that_sees_a_part_of_the_table_computes_nothing(job_server: JobServer, tmp_path: Path) -> None:
    folder = tmp_path / "sales"
    folder.mkdir()
    pq.write_table(pa.table({"id": [1, 2], "card": ["a", "b"]}), folder / "a.parquet")
    _create(job_server, "id bigint, card string", folder)
    lake = job_server.api.client("lakeformation")
    table = {"DatabaseName": "shop", "Name": "sales"}
    everyone = {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}
    lake.revoke_permissions(Principal=everyone, Resource={"Table": table}, Permissions=["ALL"])
    role = {"DataLakePrincipalIdentifier": "arn:aws:iam::123456789012:role/stats"}
    columns = {"TableWithColumns": {**table, "ColumnNames": ["id"]}}
    lake.grant_permissions(Principal=role, Resource=columns, Permissions=["SELECT"])
    run = _ended(job_server, _start(job_server, ColumnNameList=["id"]))
    assert (run["Status"], run["ErrorMessage"]) == (
        "FAILED",
        (
            "The task's role may read only a part of table shop.sales, and statistics are those of all of it: "
            "grant the role SELECT on the whole table, or use another role."
        ),
    )
    lake.grant_permissions(Principal=role, Resource={"Table": table}, Permissions=["SELECT"])
    assert _compute(job_server)["ColumnNameList"] == ["id", "card"]


def _create_role(server: JobServer, name: str) -> str:
    trust = {"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}
    made = server.api.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))
    return str(made["Role"]["Arn"])


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def silent_store() -> Iterator[str]:
    """An object store that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_run_is_stopped_while_it_reads(make_job_server: Callable[..., JobServer], silent_store: str) -> None:
    server = make_job_server(s3_endpoint_url=silent_store)
    _create(server, "id int", "s3://lake/sales")
    run_id = _start(server)
    eventually(lambda: _run(server, run_id)["Status"] == "RUNNING" and server.access_keys())
    server.glue.stop_column_statistics_task_run(**TABLE)
    stopping = _error(server.glue.stop_column_statistics_task_run, **TABLE)[0]
    assert stopping in {"ColumnStatisticsTaskStoppingException", "ColumnStatisticsTaskNotRunningException"}
    assert _ended(server, run_id)["Status"] == "STOPPED"
    assert _statistics(server, "id") == {}
    assert server.access_keys() == []


def test_run_is_stopped_as_soon_as_it_began_however_near_its_end(
    job_server: JobServer, tmp_path: Path
) -> None:
    folder = tmp_path / "sales"
    folder.mkdir()
    pq.write_table(pa.table({"id": [1, 2]}), folder / "a.parquet")
    _create(job_server, "id bigint", folder)
    for _ in range(3):
        run_id = _start(job_server)
        eventually(lambda run_id=run_id: _run(job_server, run_id)["Status"] == "RUNNING")
        job_server.glue.stop_column_statistics_task_run(**TABLE)
        assert _ended(job_server, run_id)["Status"] == "STOPPED"
    assert _statistics(job_server, "id") == {}


def test_run_into_an_encrypted_catalog_needs_a_role_that_may_write_with_the_key(
    job_server: JobServer, tmp_path: Path
) -> None:
    folder = tmp_path / "sales"
    folder.mkdir()
    pq.write_table(pa.table({"n": [1, 2, 3]}), folder / "part.parquet")
    key = job_server.api.client("kms").create_key()["KeyMetadata"]["Arn"]
    at_rest = {"EncryptionAtRest": {"CatalogEncryptionMode": "SSE-KMS", "SseAwsKmsKeyId": key}}
    job_server.glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings=at_rest)
    _create(job_server, "n bigint", folder)
    kms = job_server.api.client("kms")
    allowed = kms.get_key_policy(KeyId=key)["Policy"]
    denied = json.loads(allowed)
    role = "arn:aws:iam::123456789012:role/stats"
    deny = {"Effect": "Deny", "Principal": {"AWS": role}, "Action": "kms:GenerateDataKey", "Resource": "*"}
    denied["Statement"].append(deny)
    kms.put_key_policy(KeyId=key, Policy=json.dumps(denied))
    run = _ended(job_server, _start(job_server))
    assert run["Status"] == "FAILED"
    assert "kms:GenerateDataKey" in run["ErrorMessage"]
    kms.put_key_policy(KeyId=key, Policy=allowed)
    _compute(job_server)
    assert _statistics(job_server, "n")["n"][1] == "LONG"
