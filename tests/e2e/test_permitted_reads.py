"""Jobs and statements read of a restricted table what their role may read, and cannot go around it."""

import io
import json
import re
import time
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.exceptions import ClientError
from permission_fixtures import ALL_IAM, principal
from server_fixtures import LiveServer, wait_for

from isinglass.cli.client import Client
from isinglass.cli.errors import CliError
from isinglass.cli.profiles import Profile

SCRIPT = """
import boto3, json
from pyspark.context import SparkContext
from awsglue.context import GlueContext
glue = GlueContext(SparkContext.getOrCreate())
spark = glue.spark_session
found = {}

def tried(name, what):
    try:
        found[name] = what()
    except Exception as error:
        found[name] = "denied" if "Insufficient Lake Formation permission" in str(error) else repr(error)

def rows(frame):
    return [frame.columns, sorted(list(row) for row in frame.collect())]

frame = glue.create_dynamic_frame.from_catalog
s3 = boto3.client("s3")
tried("frame", lambda: rows(frame(database="sales", table_name="orders").toDF()))
tried("day", lambda: rows(frame(database="sales", table_name="orders", push_down_predicate="day = '2'").toDF()))
tried("sql", lambda: rows(spark.sql("select count(*) n, max(id) m from sales.orders")))
tried("files", lambda: rows(spark.read.parquet("s3://BUCKET/orders/day=1/")))
tried("list", lambda: s3.list_objects_v2(Bucket="BUCKET", Prefix="orders/"))
tried("list all", lambda: s3.list_objects_v2(Bucket="BUCKET"))
tried("get", lambda: s3.get_object(Bucket="BUCKET", Key="orders/day=1/a.parquet")["Body"].read())
tried("copy", lambda: s3.copy_object(Bucket="BUCKET", Key="mine", CopySource="BUCKET/orders/day=1/a.parquet"))
tried("put", lambda: s3.put_object(Bucket="BUCKET", Key="orders/day=1/b.parquet", Body=b""))
tried("delete", lambda: s3.delete_object(Bucket="BUCKET", Key="orders/day=1/a.parquet"))
print("FOUND " + json.dumps(found, default=str))
"""
COLUMNS = [
    {"Name": "id", "Type": "bigint"},
    {"Name": "region", "Type": "string"},
    {"Name": "card", "Type": "string"},
]
DENIED = dict.fromkeys(("files", "list", "list all", "get", "copy", "put", "delete"), "denied")


class Lake:
    """An account with a restricted table in a registered location, and roles for its jobs."""

    def __init__(self, server: LiveServer, account: str) -> None:
        self.server, self.account = server, account
        self.bucket = f"lake-{account}"
        self.glue, self.lf = server.client("glue", account), server.client("lakeformation", account)
        self.s3 = server.client("s3", account)
        self.s3.create_bucket(Bucket=self.bucket)
        self.glue.create_database(DatabaseInput={"Name": "sales"})
        self.table = {"Table": {"DatabaseName": "sales", "Name": "orders"}}
        self._make_table()
        script = SCRIPT.replace("BUCKET", self.bucket).encode()
        self.s3.put_object(Bucket=f"isinglass-{account}", Key="read.py", Body=script)

    def _make_table(self) -> None:
        place = f"s3://{self.bucket}/orders/"
        parquet = {
            "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            "Columns": COLUMNS,
        }
        self.glue.create_table(
            DatabaseName="sales",
            TableInput={
                "Name": "orders",
                "TableType": "EXTERNAL_TABLE",
                "Parameters": {"classification": "parquet"},
                "PartitionKeys": [{"Name": "day", "Type": "string"}],
                "StorageDescriptor": {**parquet, "Location": place},
            },
        )
        regions = {"1": ["eu", "us", None], "2": ["eu", "eu", "us"]}
        for day, found in regions.items():
            ids = [int(day) * 10 + number for number in range(3)]
            rows = pa.table({"id": ids, "region": found, "card": [f"card {each}" for each in ids]})
            file = io.BytesIO()
            pq.write_table(rows, file)
            self.s3.put_object(Bucket=self.bucket, Key=f"orders/day={day}/a.parquet", Body=file.getvalue())
            descriptor = {**parquet, "Location": f"{place}day={day}/"}
            partition = {"Values": [day], "StorageDescriptor": descriptor}
            self.glue.create_partition(DatabaseName="sales", TableName="orders", PartitionInput=partition)

    def role(self, name: str) -> dict[str, str]:
        return principal(f"arn:aws:iam::{self.account}:role/{name}")

    def guard(self) -> None:
        """Leave the table to permissions alone, and its files too."""
        self.lf.revoke_permissions(Principal=principal(ALL_IAM), Resource=self.table, Permissions=["ALL"])
        self.lf.register_resource(ResourceArn=f"arn:aws:s3:::{self.bucket}/orders", UseServiceLinkedRole=True)
        time.sleep(2.1)  # for as long the object store remembers that nothing was registered

    def filter(self, name: str, rows: str, to: dict[str, str], **chosen: Any) -> None:
        where = {"TableCatalogId": self.account, "DatabaseName": "sales", "TableName": "orders", "Name": name}
        self.lf.create_data_cells_filter(
            TableData={**where, "RowFilter": {"FilterExpression": rows}, **chosen}
        )
        self.lf.grant_permissions(Principal=to, Resource={"DataCellsFilter": where}, Permissions=["SELECT"])

    def run(self, role: str) -> dict[str, Any]:
        """Run the script as a role, and give what it found."""
        command = {"Name": "glueetl", "ScriptLocation": f"s3://isinglass-{self.account}/read.py"}
        self.glue.create_job(Name=role, Role=role, Command=command)
        run_id = self.glue.start_job_run(JobName=role)["JobRunId"]
        ended = lambda: self.glue.get_job_run(JobName=role, RunId=run_id)["JobRun"]  # noqa: E731
        wait_for(lambda: ended()["JobRunState"] in {"SUCCEEDED", "FAILED"}, 120)
        assert ended()["JobRunState"] == "SUCCEEDED", ended()
        events = self.server.client("logs", self.account).filter_log_events(
            logGroupName="/aws-glue/jobs/output", logStreamNames=[run_id]
        )["events"]
        [line] = [event["message"] for event in events if event["message"].startswith("FOUND ")]
        found: dict[str, Any] = json.loads(line.removeprefix("FOUND "))
        return found

    def keys_of_user(self, name: str) -> tuple[str, str]:
        key = self.server.client("iam", self.account).create_access_key(UserName=name)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    def query(self, keys: tuple[str, str], sql: str) -> Any:
        profile = Profile(
            self.server.endpoint, self.server.s3_endpoint, self.account, "us-east-1", *keys, "", "t", "t"
        )
        return json.loads(Client(profile).call("isinglass:RunQuery", {"SqlText": sql})["Rows"])


@pytest.fixture
def lake(live_server: LiveServer, new_account: str) -> Lake:
    return Lake(live_server, new_account)


def test_job_reads_permitted_columns_and_rows_and_no_file(lake: Lake):
    lake.guard()
    lake.filter("eu", "region = 'eu'", lake.role("analyst"), ColumnNames=["id", "region", "day"])
    found = lake.run("analyst")
    names = ["id", "region", "day"]
    assert found == {
        **DENIED,
        "frame": [names, [[10, "eu", "1"], [20, "eu", "2"], [21, "eu", "2"]]],
        "day": [names, [[20, "eu", "2"], [21, "eu", "2"]]],
        "sql": [["n", "m"], [[3, 21]]],
    }
    nobody = lake.run("nobody")
    assert nobody == dict.fromkeys([*found], "denied")
    everyone_sees = lake.s3.list_objects_v2(Bucket=lake.bucket, Prefix="orders/")["KeyCount"]
    assert everyone_sees == 2  # neither run wrote or deleted


def test_cells_outside_of_their_own_filter_are_null(lake: Lake):
    lake.guard()
    role = lake.role("mixed")
    lake.filter("all", "id > 0", role, ColumnNames=["id", "day"])
    lake.filter("cards", "region = 'us' or id between 20 and 20", role, ColumnNames=["card"])
    assert lake.run("mixed")["frame"] == [
        ["id", "card", "day"],
        [
            [10, None, "1"],
            [11, "card 11", "1"],
            [12, None, "1"],
            [20, "card 20", "2"],
            [21, None, "2"],
            [22, "card 22", "2"],
        ],
    ]


def test_job_with_the_whole_table_reads_its_files_and_writes_none(lake: Lake):
    lake.guard()
    lake.lf.grant_permissions(Principal=lake.role("reader"), Resource=lake.table, Permissions=["SELECT"])
    found = lake.run("reader")
    assert found["sql"] == [["n", "m"], [[6, 22]]]
    assert found["files"][0] == ["id", "region", "card"]
    assert {name: found[name] for name in ("list all", "put", "delete")} == {
        "list all": "denied",
        "put": "denied",
        "delete": "denied",
    }


def test_copies_for_one_run_are_closed_to_all_others(lake: Lake):
    lake.guard()
    lake.filter("eu", "region = 'eu'", lake.role("analyst"), ColumnWildcard={})
    lake.run("analyst")
    own = f"isinglass-{lake.account}"
    listed = lake.s3.list_objects_v2(Bucket=own, Prefix=".isinglass/permitted/").get("Contents", [])
    copies = [each["Key"] for each in listed if each["Key"].endswith(".parquet")]
    assert copies
    peek = f"""
import boto3
try:
    boto3.client("s3").get_object(Bucket={own!r}, Key={copies[0]!r})
except Exception as error:
    assert "another run" in str(error), error
else:
    raise SystemExit("it was open")
"""
    lake.s3.put_object(Bucket=own, Key="peek.py", Body=peek.encode())
    command = {"Name": "pythonshell", "ScriptLocation": f"s3://{own}/peek.py"}
    lake.glue.create_job(Name="peek", Role="analyst", Command=command)
    run_id = lake.glue.start_job_run(JobName="peek")["JobRunId"]
    state = lambda: lake.glue.get_job_run(JobName="peek", RunId=run_id)["JobRun"]["JobRunState"]  # noqa: E731
    wait_for(lambda: state() in {"SUCCEEDED", "FAILED"}, 60)
    assert state() == "SUCCEEDED"


def test_statement_reads_what_its_caller_may(lake: Lake):
    lake.guard()
    ana = principal(_user(lake, "ana", "glue:*", "isinglass:*", "s3:*"))
    keys = lake.keys_of_user("ana")
    with pytest.raises(CliError, match=re.escape("Required Describe on orders")):
        lake.query(keys, "select * from sales.orders")
    lake.filter("us", "region = 'us' and not (day = '1')", ana, ColumnWildcard={})
    assert lake.query(keys, "select id, card from sales.orders") == [[22, "card 22"]]
    client = lake.server.client("s3", lake.account)
    assert client.list_objects_v2(Bucket=lake.bucket)["KeyCount"] == 2


def test_copy_reads_no_place_that_its_caller_may_not_read(lake: Lake):
    """A definition leads wherever its maker wants: the copy must not be the way around the object store."""
    lake.guard()
    where = principal(_user(lake, "bo", "glue:*", "isinglass:*"))  # nothing of S3 is needed
    bo = lake.keys_of_user("bo")
    lake.filter("eu", "region = 'eu'", where, ColumnWildcard={})
    assert lake.query(bo, "select count(*) from sales.orders") == [[3]]
    secret = pa.table({"id": [99], "region": ["eu"], "card": ["secret"]})
    file = io.BytesIO()
    pq.write_table(secret, file)
    lake.s3.put_object(Bucket=lake.bucket, Key="secret/a.parquet", Body=file.getvalue())
    found = lake.glue.get_table(DatabaseName="sales", Name="orders")["Table"]
    descriptor = {**found["StorageDescriptor"], "Location": f"s3://{lake.bucket}/secret/"}
    partition = {"Values": ["3"], "StorageDescriptor": descriptor}
    lake.glue.create_partition(DatabaseName="sales", TableName="orders", PartitionInput=partition)
    with pytest.raises(CliError, match=r"(?i)denied|forbidden|not authorized") as refused:
        lake.query(bo, "select * from sales.orders")
    assert refused.value.text().count("QueryFailedException") == 1
    for place in ("secret", "/secret"):
        descriptor["Location"] = f"s3://{lake.bucket}/{place}/"
        members = {"TableType": "EXTERNAL_TABLE", "Parameters": found["Parameters"]}
        name = "evil" + str(len(place))
        lake.glue.create_table(
            DatabaseName="sales", TableInput={"Name": name, "StorageDescriptor": descriptor, **members}
        )
        named = {"DatabaseName": "sales", "Name": name}
        revoked = {"Principal": principal(ALL_IAM), "Resource": {"Table": named}, "Permissions": ["ALL"]}
        lake.lf.revoke_permissions(**revoked)
        columns = {"TableWithColumns": {**named, "ColumnNames": ["id", "card"]}}
        lake.lf.grant_permissions(Principal=where, Resource=columns, Permissions=["SELECT"])
        with pytest.raises(CliError, match=r"(?i)denied|forbidden|not authorized"):
            lake.query(bo, f"select * from sales.{name}")
    _allow(lake, "bo", "s3:*")
    time.sleep(3.1)  # for as long the object store remembers what somebody may do
    assert lake.query(bo, "select * from sales.evil6") == [[99, "secret"]]


def test_kept_export_is_closed_to_whom_something_is_hidden_from(lake: Lake):
    lake.glue.put_data_catalog_export_configuration(ExportSetting="ENABLED")
    shown = lake.glue.get_data_catalog_export_configuration
    wait_for(lambda: shown()["Status"] == "ENABLED")
    cy = principal(_user(lake, "cy", "s3:*"))
    lake.server.keys["cy"] = lake.keys_of_user("cy")
    read = partial(
        lake.server.client("s3", "cy").get_object,
        Bucket=f"isinglass-{lake.account}",
        Key="data-catalog-export/catalog.jsonl.gz",
    )
    assert read()["Body"].read()
    lake.guard()
    with pytest.raises(ClientError, match="Required Describe on all tables"):
        read()
    lake.lf.put_data_lake_settings(DataLakeSettings={"ReadOnlyAdmins": [cy]})
    assert read()["Body"].read()


def _user(lake: Lake, name: str, *actions: str) -> str:
    """Make a user who may do this with everything."""
    made = lake.server.client("iam", lake.account).create_user(UserName=name)["User"]
    _allow(lake, name, *actions)
    return str(made["Arn"])


def _allow(lake: Lake, name: str, *actions: str) -> None:
    """Let a user do more."""
    allowed = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [allowed]}
    iam = lake.server.client("iam", lake.account)
    iam.put_user_policy(
        UserName=name, PolicyName=actions[-1].replace(":*", ""), PolicyDocument=json.dumps(policy)
    )


def test_job_that_may_insert_writes_what_it_may_not_read(lake: Lake):
    lake.guard()
    lake.lf.grant_permissions(Principal=lake.role("writer"), Resource=lake.table, Permissions=["INSERT"])
    script = """
from awsglue.context import GlueContext
from pyspark.context import SparkContext
spark = GlueContext(SparkContext.getOrCreate()).spark_session
spark.sql("insert into sales.orders select 30 id, 'eu' region, 'card 30' card, '3' day")
try:
    spark.sql("select * from sales.orders").collect()
except Exception as error:
    assert "Insufficient Lake Formation permission" in str(error), error
else:
    raise SystemExit("it was let through")
"""
    lake.s3.put_object(Bucket=f"isinglass-{lake.account}", Key="read.py", Body=script.encode())
    command = {"Name": "glueetl", "ScriptLocation": f"s3://isinglass-{lake.account}/read.py"}
    lake.glue.create_job(Name="writer", Role="writer", Command=command)
    run_id = lake.glue.start_job_run(JobName="writer")["JobRunId"]
    ended = lambda: lake.glue.get_job_run(JobName="writer", RunId=run_id)["JobRun"]  # noqa: E731
    wait_for(lambda: ended()["JobRunState"] in {"SUCCEEDED", "FAILED"}, 120)
    assert ended()["JobRunState"] == "SUCCEEDED", ended()
    rows = lake.query(lake.server.keys_of(lake.account), "select id, day from sales.orders order by id")
    assert rows == [[10, "1"], [11, "1"], [12, "1"], [20, "2"], [21, "2"], [22, "2"], [30, "3"]]
