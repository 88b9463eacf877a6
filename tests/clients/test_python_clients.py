"""PyIceberg and awswrangler, unmodified, in an environment of their own."""

import json
import subprocess
import uuid
from pathlib import Path
from typing import Any

import pytest
from server_fixtures import LiveServer, environment

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


@pytest.fixture
def bucket(own_server: LiveServer) -> str:
    """A new bucket."""
    name = f"clients-{uuid.uuid4().hex[:12]}"
    own_server.client("s3").create_bucket(Bucket=name)
    return name


def test_pyiceberg_eight_concurrent_writers_lose_no_append(own_server: LiveServer, bucket: str) -> None:
    answer = run(own_server, "iceberg_appends.py", bucket)
    assert answer["rows"] == [[writer, number] for writer in range(8) for number in range(3)]
    assert answer["snapshots"] == 24
    assert answer["names"] == [["lake", "history"]]
    assert ["lake"] not in answer["left"]


def test_awswrangler_writes_describes_finds_and_reads_a_table(own_server: LiveServer, bucket: str) -> None:
    answer = run(own_server, "wrangler.py", bucket)
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


def test_pyiceberg_uses_tables_that_the_catalog_created(own_server: LiveServer, bucket: str) -> None:
    answer = run(own_server, "iceberg_created.py", bucket)
    expected = {
        "spec": "identity",
        "order": 1,
        "properties": "me",
        "rows": [[1, ["a"], None, None], [2, None, None, None], [3, ["a"], "x", 7], [4, None, "y", 8]],
        "columns": ["id", "day", "tags", "note", "more"],
        "snapshots": 2,
    }
    assert answer == {"v1": {"version": 1, **expected}, "v2": {"version": 2, **expected}}


def test_statistics_of_an_iceberg_table_are_those_of_its_rows_now(
    own_server: LiveServer, bucket: str
) -> None:
    assert run(own_server, "iceberg_measured.py", bucket) == 91
    # What a commit leaves that was lost: newer than the metadata that the catalog points to, and not the table.
    s3 = own_server.client("s3")
    first, *_ = s3.list_objects_v2(Bucket=bucket, Prefix="measured/orders/metadata/00000-")["Contents"]
    lost = f"measured/orders/metadata/00099-{uuid.uuid4()}.metadata.json"
    s3.copy_object(Bucket=bucket, Key=lost, CopySource={"Bucket": bucket, "Key": first["Key"]})
    own_server.cli("statistics", "compute", "measured.orders")
    found = own_server.client("glue").get_column_statistics_for_table(
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
