"""`isinglass catalog` as a user types it: copies, awkward files, and what is said of them."""

import gzip
import json
import os
import subprocess
import sys

import pytest
from server_fixtures import ROOT_KEY, ROOT_SECRET, environment, run_cli

HEADER = {
    "Kind": "Catalog",
    "Format": "isinglass-catalog",
    "FormatVersion": 1,
    "CatalogId": "1" * 12,
    "Region": "r",
}
DATABASE = {"Kind": "Database", "DatabaseName": "moved", "Input": {"Description": "from afar"}}


def lines(*records: dict) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.jsonl", b"", "there is nothing to import: it has no records"),
        ("blank.jsonl", b"\n \r\n", "there is nothing to import: it has no records"),
        ("empty.jsonl.gz", b"", "there is nothing to import: it has no records"),
        ("cut.jsonl.gz", gzip.compress(lines(HEADER), mtime=0)[:-9], "cut.jsonl.gz: it cannot be decompressed"),
        ("plain.jsonl.gz", lines(HEADER), "plain.jsonl.gz: it cannot be decompressed: Not a gzipped file"),
        ("plain.jsonl.zst", lines(HEADER), "plain.jsonl.zst: it cannot be decompressed"),
        ("table.csv", b"id,name\n1,ann\n", "table.csv:1"),
        ("list.json", b"[1, 2]\n", "it is not a JSON object"),
        ("package.json", b'{"name": "x", "version": "1"}\n', "its Kind is None, not one of Catalog, "),
        ("pretty.json", b'{\n  "Kind": "Catalog"\n}\n', "it is not JSON"),
        ("image.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image.png:1"),
        ("later.jsonl", lines({**HEADER, "FormatVersion": 2}), "its FormatVersion is 2; this program reads 1"),
        ("other.jsonl", lines({**HEADER, "Format": "avro"}), "its Format is 'avro', not 'isinglass-catalog'"),
        ("dump.sql", b"CREATE TABLE x (a int);\n", "for the dump of a metastore: isinglass catalog import hive"),
    ],
)  # fmt: skip
def test_file_that_is_no_catalog_is_refused_by_name(live_server, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    shown = live_server.cli("catalog", "import", str(tmp_path / name), code=6).stderr
    assert said in shown
    assert "Traceback" not in shown


def test_missing_file_and_folder_without_a_catalog_are_told(live_server, tmp_path):
    shown = live_server.cli("catalog", "import", str(tmp_path / "none.jsonl"), code=6).stderr
    assert "none.jsonl: No such file or directory" in shown
    assert "there is nothing to import" in live_server.cli("catalog", "import", str(tmp_path), code=6).stderr


def test_export_to_a_folder_that_is_not_there_says_how_to_make_it(live_server, tmp_path):
    folder = tmp_path / "no such"
    shown = live_server.cli("catalog", "export", str(folder / "x.jsonl"), code=6).stderr
    assert shown == f"error: there is no folder {folder}\nhelp: mkdir -p '{folder}'\n"
    folder.write_text("")
    shown = live_server.cli("catalog", "export", str(folder / "x.jsonl"), code=6).stderr
    assert shown.splitlines()[0] == f"error: {folder} is no folder"


@pytest.mark.parametrize("words", [["catalog", "export", "-"], ["account", "list"]])
def test_command_whose_reader_has_seen_enough_ends_without_an_error(live_server, words):
    read, write = os.pipe()
    os.close(read)
    keys = {"ISINGLASS_ACCESS_KEY_ID": ROOT_KEY, "ISINGLASS_SECRET_ACCESS_KEY": ROOT_SECRET}
    done = subprocess.run(
        [sys.executable, "-m", "isinglass.cli.main", *words, "--endpoint", live_server.endpoint],
        stdout=write, stderr=subprocess.PIPE, text=True, check=False, env=environment(live_server.home, **keys),
    )  # fmt: skip
    os.close(write)
    assert done.returncode == 141
    assert "error" not in done.stderr


def test_export_of_what_is_not_there_says_that_it_wrote_nothing(live_server, tmp_path):
    shown = live_server.cli("catalog", "export", str(tmp_path / "x.jsonl"), "--database", "nobody's")
    assert shown.stderr.startswith("Wrote nothing of ")


def test_truncated_last_line_is_told_with_its_place_and_the_rest_is_imported(
    live_server, new_account, tmp_path
):
    path = tmp_path / "cut.jsonl"
    path.write_bytes(lines(HEADER, DATABASE, DATABASE)[:-20])
    shown = as_account(live_server, new_account, "import", str(path), "--on-error", "continue", code=1)
    assert f"{path}:3: it is not JSON" in shown.stderr
    assert (
        live_server.client("glue", new_account).get_database(Name="moved")["Database"]["Description"]
        == "from afar"
    )


def as_account(live_server, account, *words, code=0, **more):
    key, secret = live_server.keys_of(account)
    return run_cli(
        live_server.home, "catalog", *words, "--endpoint", live_server.endpoint, code=code,
        ISINGLASS_ACCESS_KEY_ID=key, ISINGLASS_SECRET_ACCESS_KEY=secret, **more,
    )  # fmt: skip


def test_copy_through_boto3_brings_permissions_under_the_ids_of_the_new_account(live_server, new_account):
    glue, lake = live_server.client("glue", new_account), live_server.client("lakeformation", new_account)
    glue.create_database(DatabaseInput={"Name": "sales"})
    user = f"arn:aws:iam::{new_account}:user/ann"
    lake.grant_permissions(
        Principal={"DataLakePrincipalIdentifier": user}, Resource={"Database": {"Name": "sales"}},
        Permissions=["DESCRIBE"],
    )  # fmt: skip
    made = json.loads(live_server.cli("account", "create", "target", "--json").stdout)
    target = made["AccountId"]
    live_server.keys[target] = (made["AccessKeyId"], made["SecretAccessKey"])
    key, secret = live_server.keys_of(new_account)
    source = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_DEFAULT_REGION": "us-east-1"}
    words = ["copy", "--from", "aws", "--from-endpoint", live_server.endpoint]
    as_account(live_server, target, *words, **source)
    lake = live_server.client("lakeformation", target)
    [granted] = [
        each["Principal"]["DataLakePrincipalIdentifier"]
        for each in lake.list_permissions()["PrincipalResourcePermissions"]
        if each["Permissions"] == ["DESCRIBE"]
    ]
    assert granted == f"arn:aws:iam::{target}:user/ann"
    again = json.loads(as_account(live_server, target, *words, "--json", **source).stdout)
    assert again["Counts"] == {"Database": {"unchanged": 1}, "Permission": {"unchanged": 1}}
