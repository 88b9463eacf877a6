"""Whole catalogs moved by the command line, and the export that the server keeps in the account's bucket."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from server_fixtures import environment, run_cli, wait_for

HIVE = Path(__file__).parents[1] / "data" / "hive" / "hive-3.mysql.sql.gz"
COLUMNS = {"StorageDescriptor": {"Columns": [{"Name": f"c{n}", "Type": "string"} for n in range(5)]}}


@pytest.fixture
def cli(live_server, new_account):
    """Run commands as a new account."""
    key, secret = live_server.keys_of(new_account)
    keys = {"ISINGLASS_ACCESS_KEY_ID": key, "ISINGLASS_SECRET_ACCESS_KEY": secret}

    def run(*arguments, code=0, **more):
        return run_cli(
            live_server.home,
            *map(str, arguments),
            "--endpoint",
            live_server.endpoint,
            code=code,
            **keys,
            **more,
        )

    run.keys = keys
    return run


def catalog_file(path, partitions):
    with path.open("w") as file:

        def write(kind, **members):
            file.write(json.dumps({"Kind": kind, **members}) + "\n")

        write("Database", DatabaseName="big")
        keys = {"PartitionKeys": [{"Name": "p", "Type": "string"}]}
        write("Table", DatabaseName="big", TableName="t", Input={**COLUMNS, **keys})
        for number in range(partitions):
            write("Partition", DatabaseName="big", TableName="t", Values=[f"{number:06}"], Input=COLUMNS)


def test_import_killed_in_the_middle_goes_on_to_the_same_end(live_server, new_account, cli, tmp_path):
    catalog_file(tmp_path / "c.jsonl", 8_000)
    glue = live_server.client("glue", new_account)
    command = [
        "-m",
        "isinglass.cli.main",
        "catalog",
        "import",
        str(tmp_path / "c.jsonl"),
        "--endpoint",
        live_server.endpoint,
    ]
    process = subprocess.Popen([sys.executable, *command], env=environment(live_server.home, **cli.keys))

    def some():
        try:
            return glue.get_partitions(DatabaseName="big", TableName="t", MaxResults=500)["Partitions"]
        except glue.exceptions.EntityNotFoundException:
            return []

    wait_for(some)
    process.kill()
    process.wait()
    report = json.loads(cli("catalog", "import", tmp_path / "c.jsonl", "--json").stdout)
    partitions = report["Counts"]["Partition"]
    assert partitions["unchanged"] > 0
    assert sum(partitions.values()) == 8_000
    cli("catalog", "export", tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text().count('"Kind":"Partition"') == 8_000


def test_export_interrupted_resumes_to_the_same_file(cli, tmp_path):
    cli("catalog", "import", "hive", HIVE)
    cli("catalog", "export", tmp_path / "whole.jsonl")
    whole = (tmp_path / "whole.jsonl").read_bytes()
    for cut in (0, 1, 200, len(whole) // 2, len(whole) - 1, len(whole)):
        (tmp_path / "part.jsonl.gz.partial").write_bytes(whole[:cut])
        cli("catalog", "export", tmp_path / "part.jsonl.gz", "--resume")
        assert gzip.decompress((tmp_path / "part.jsonl.gz").read_bytes()) == whole
    assert sorted(path.name for path in tmp_path.iterdir()) == ["part.jsonl.gz", "whole.jsonl"]


def test_folder_has_a_file_for_each_table_and_loses_those_that_went(live_server, new_account, cli, tmp_path):
    cli("catalog", "import", "hive", HIVE)
    folder = tmp_path / "catalog"
    cli("catalog", "export", f"{folder}/")
    files = [
        "catalog.jsonl",
        "default/database.jsonl",
        "sales/database.jsonl",
        "sales/tables/orders.jsonl",
        "sales/tables/v.jsonl",
    ]
    found = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*.jsonl"))]
    assert found == files
    unchanged = json.loads(cli("catalog", "import", folder, "--json").stdout)
    assert {outcome for counts in unchanged["Counts"].values() for outcome in counts} == {"unchanged"}
    live_server.client("glue", new_account).delete_table(DatabaseName="sales", Name="v")
    cli("catalog", "export", folder)
    assert [str(path.relative_to(folder)) for path in sorted(folder.rglob("*.jsonl"))] == files[:-1]


def test_copy_from_an_aws_endpoint_copies_secrets_only_when_told(live_server, new_account, cli, tmp_path):
    other = json.loads(live_server.cli("account", "create", "source", "--json").stdout)
    live_server.keys[other["AccountId"]] = (other["AccessKeyId"], other["SecretAccessKey"])
    properties = {"JDBC_CONNECTION_URL": "jdbc:postgresql://h/d", "USERNAME": "u", "PASSWORD": "hunter2"}
    source = live_server.client("glue", other["AccountId"])
    source.create_connection(
        ConnectionInput={"Name": "c", "ConnectionType": "JDBC", "ConnectionProperties": properties}
    )
    source.create_database(DatabaseInput={"Name": "d"})
    aws = {"AWS_ACCESS_KEY_ID": other["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": other["SecretAccessKey"]}
    flags = ["--from", "aws", "--from-endpoint", live_server.endpoint, "--from-region", "us-east-1", "--json"]
    told = json.loads(cli("catalog", "copy", *flags, "--dry-run", **aws).stdout)
    assert told["Counts"] == {"Connection": {"created": 1}, "Database": {"created": 1}}
    cli("catalog", "copy", *flags, **aws)
    target = live_server.client("glue", new_account)
    assert "PASSWORD" not in target.get_connection(Name="c")["Connection"]["ConnectionProperties"]
    cli("catalog", "copy", *flags, "--secrets", "--on-conflict", "replace", **aws)
    assert target.get_connection(Name="c")["Connection"]["ConnectionProperties"] == properties
    exported = cli(
        "catalog",
        "export",
        "-",
        *flags[:2],
        "--endpoint",
        live_server.endpoint,
        "--region",
        "us-east-1",
        **aws,
    )
    assert [json.loads(line)["Kind"] for line in exported.stdout.splitlines()] == [
        "Catalog",
        "Connection",
        "Database",
    ]


def test_file_with_a_bad_line_says_where_and_goes_on_when_told(cli, tmp_path):
    path = tmp_path / "c.jsonl"
    path.write_text(
        '{"Kind":"Database","DatabaseName":"a"}\n{"Kind":"Databse"}\n{"Kind":"Database","DatabaseName":"b"}\n'
    )
    stopped = cli("catalog", "import", path, code=6)
    assert f"--> {path}:2" in stopped.stderr
    assert "its Kind is 'Databse', not one of" in stopped.stderr
    going_on = cli("catalog", "import", path, "--on-error", "continue", "--json", code=1)
    report = json.loads(going_on.stdout)
    assert report["Counts"] == {"Database": {"unchanged": 1, "created": 1}, "Line": {"failed": 1}}
    assert [problem["Where"] for problem in report["Problems"]] == [f"{path}:2"]
    assert (
        "--on-conflict skip or replace"
        in cli("catalog", "import", conflicting(tmp_path), "--on-conflict", "fail", code=5).stderr
    )


def conflicting(folder):
    path = folder / "conflicting.jsonl"
    path.write_text('{"Kind":"Database","DatabaseName":"a","Input":{"Description":"x"}}\n')
    return path


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["import", "nowhere.jsonl"], 6, "nowhere.jsonl: No such file or directory"),
        (["import", "a", "b"], 2, "catalog import takes one file or folder, not 2"),
        (["import", "a", "--map", "x"], 2, "'x' is not a mapping: write OLD=NEW"),
        (["copy"], 2, "--from is missing: where is the catalog copied from?"),
        (["export", "-", "--resume"], 2, "--resume goes on with a file"),
        (["export", "-", "--from", "nobody"], 6, 'there is no profile "nobody"'),
        (["export", "-", "--from-profile", "x"], 2, "--from-profile and --from-endpoint go with --from aws"),
    ],
)
def test_wrong_commands_say_what_is_wrong(cli, tmp_path, arguments, code, said):
    assert said in cli("catalog", *arguments, code=code).stderr


def test_kept_export_is_the_file_that_the_command_writes_and_follows_changes(
    live_server, new_account, cli, tmp_path
):
    glue, s3 = live_server.client("glue", new_account), live_server.client("s3", new_account)
    glue.create_database(DatabaseInput={"Name": "kept"})
    glue.put_data_catalog_export_configuration(ExportSetting="ENABLED")

    def status():
        return glue.get_data_catalog_export_configuration()["Status"]

    def exported():
        return s3.get_object(Bucket=f"isinglass-{new_account}", Key="data-catalog-export/catalog.jsonl.gz")[
            "Body"
        ].read()

    wait_for(lambda: status() == "ENABLED")
    arn = glue.get_data_catalog_export_configuration()["S3TableBucketArn"]
    assert arn == f"arn:aws:s3:::isinglass-{new_account}"
    cli("catalog", "export", tmp_path / "c.jsonl.gz")
    assert exported() == (tmp_path / "c.jsonl.gz").read_bytes()
    glue.create_table(DatabaseName="kept", TableInput={"Name": "later"})
    wait_for(lambda: b'"later"' in gzip.decompress(exported()), 60)
    glue.put_data_catalog_export_configuration(ExportSetting="DISABLED")
    wait_for(lambda: status() == "DISABLED")
