"""PyIceberg and awswrangler, unmodified, in an environment of their own."""

import json
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from server_fixtures import LiveServer, environment, start_server, stop_server

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-clients" / "bin" / "python"
SCRIPTS = Path(__file__).parent / "scripts"

pytestmark = pytest.mark.slow


def run(server: LiveServer, script: str, bucket: str) -> Any:
    """Run a script against a server and read the JSON that it prints last."""
    if not PYTHON.exists():
        pytest.skip("The clients are not installed; run tools/setup_env.sh clients.")
    key, secret = server.keys_of(server.account)
    surroundings = environment(
        server.home,
        AWS_ACCESS_KEY_ID=key,
        AWS_SECRET_ACCESS_KEY=secret,
        AWS_DEFAULT_REGION="us-east-1",
        AWS_ENDPOINT_URL_GLUE=server.endpoint,
        AWS_ENDPOINT_URL_STS=server.endpoint,
        AWS_ENDPOINT_URL_S3=server.s3_endpoint,
    )
    command = [str(PYTHON), str(SCRIPTS / script), bucket]
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


#: For what depends on how a database treats those who write at once.
ON_BOTH = pytest.mark.parametrize("server", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Give a test a server of its own, on the database that it asks for."""
    flags = ["--data-dir", str(tmp_path_factory.mktemp("data")), "--s3-port", "0"]
    if getattr(request, "param", "sqlite") == "postgresql":
        name = f"clients{uuid.uuid4().hex}"
        flags += ["--database-url", request.getfixturevalue("postgresql").clone(name, "template")]
    server = start_server(tmp_path_factory.mktemp("home"), *flags)
    yield server
    assert stop_server(server) == 0


@pytest.fixture
def bucket(server: LiveServer) -> str:
    """A new bucket."""
    name = f"clients-{uuid.uuid4().hex[:12]}"
    server.client("s3").create_bucket(Bucket=name)
    return name


@ON_BOTH
def test_pyiceberg_eight_concurrent_writers_lose_no_append(server: LiveServer, bucket: str) -> None:
    answer = run(server, "iceberg_appends.py", bucket)
    assert answer["rows"] == [[writer, number] for writer in range(8) for number in range(3)]
    assert answer["snapshots"] == 24
    assert answer["names"] == [["lake", "history"]]
    assert ["lake"] not in answer["left"]


def test_awswrangler_writes_describes_finds_and_reads_a_table(server: LiveServer, bucket: str) -> None:
    answer = run(server, "wrangler.py", bucket)
    assert "wrangled" in answer.pop("databases")
    assert answer == {
        "types": {"id": "bigint", "name": "string", "day": "string"},
        "parameters": {"team": "sales", "owner": "me"},
        "comments": {"id": None, "name": "of the customer", "day": None},
        "description": "orders",
        "partitions": [["2024-01-01"], ["2024-01-02"]],
        "one_day": [["2024-01-02"]],
        "found": ["orders"],
        "location": f"s3://{bucket}/wrangled/orders/",
        "rows": 6,
        "versions": 1,  # awswrangler asks to skip the archive unless told otherwise
        "exists": [True, False],
        "left": 0,
    }


def test_pyiceberg_uses_tables_that_the_catalog_created(server: LiveServer, bucket: str) -> None:
    answer = run(server, "iceberg_created.py", bucket)
    expected = {
        "spec": "identity",
        "order": 1,
        "properties": "me",
        "rows": [[1, ["a"], None, None], [2, None, None, None], [3, ["a"], "x", 7], [4, None, "y", 8]],
        "columns": ["id", "day", "tags", "note", "more"],
        "snapshots": 2,
    }
    assert answer == {"v1": {"version": 1, **expected}, "v2": {"version": 2, **expected}}


def test_statistics_of_an_iceberg_table_are_those_of_its_rows_now(server: LiveServer, bucket: str) -> None:
    assert run(server, "iceberg_measured.py", bucket) == 91
    # What a commit leaves that was lost: newer than the metadata that the catalog points to, and not the table.
    s3 = server.client("s3")
    first, *_ = s3.list_objects_v2(Bucket=bucket, Prefix="measured/orders/metadata/00000-")["Contents"]
    lost = f"measured/orders/metadata/00099-{uuid.uuid4()}.metadata.json"
    s3.copy_object(Bucket=bucket, Key=lost, CopySource={"Bucket": bucket, "Key": first["Key"]})
    server.cli("statistics", "compute", "measured.orders")
    found = server.client("glue").get_column_statistics_for_table(
        DatabaseName="measured", TableName="orders", ColumnNames=["id", "price", "note", "amount"]
    )["ColumnStatisticsList"]
    shown = {
        each["ColumnName"]: next(data for kind, data in each["StatisticsData"].items() if kind != "Type")
        for each in found
    }
    assert shown == {
        "id": {"MinimumValue": 0, "MaximumValue": 1000, "NumberOfNulls": 0, "NumberOfDistinctValues": 91},
        "price": {
            "MinimumValue": 0.5,
            "MaximumValue": 44.5,
            "NumberOfNulls": 9,
            "NumberOfDistinctValues": 81,
        },
        "note": {"MaximumLength": 4, "AverageLength": 4.0, "NumberOfNulls": 90, "NumberOfDistinctValues": 1},
    }
