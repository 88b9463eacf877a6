"""Commands of the catalog's past against a live server, as a user types them."""

import json
import os
import pty
import re
import subprocess
import sys
from typing import Any

import pytest
from server_fixtures import LiveServer, environment, run_cli

TABLE = {
    "Name": "orders",
    "PartitionKeys": [{"Name": "year", "Type": "int"}, {"Name": "city", "Type": "string"}],
    "StorageDescriptor": {
        "Columns": [{"Name": "id", "Type": "int"}, {"Name": "note", "Type": "string"}],
        "Location": "s3://lake/orders/",
    },
}


@pytest.fixture
def shop(live_server: LiveServer, request: pytest.FixtureRequest) -> str:
    """A database with a table of two versions, named after the test."""
    name = re.sub(r"\W", "_", request.node.name)[:60].lower()
    glue = live_server.client("glue")
    glue.create_database(DatabaseInput={"Name": name})
    glue.create_table(DatabaseName=name, TableInput=TABLE)
    columns = [{"Name": "id", "Type": "bigint"}, {"Name": "note", "Type": "string"}]
    descriptor = {**TABLE["StorageDescriptor"], "Columns": columns}
    glue.update_table(DatabaseName=name, TableInput={**TABLE, "StorageDescriptor": descriptor})
    return name


def documents(live_server: LiveServer, *arguments: str) -> Any:
    return json.loads(live_server.cli(*arguments, "--json").stdout)


def test_table_versions_tell_who_and_what(live_server: LiveServer, shop: str) -> None:
    header, newest, first = live_server.cli("table", "versions", f"{shop}.orders").stdout.splitlines()
    assert header.split() == ["VERSION", "WHAT", "WHEN", "WHO", "THROUGH", "VERDICT", "CHANGE"]
    assert re.fullmatch(
        r"1 +updated, current +\S+ \S+ +root +Boto3/\S+ +safe +column id int is bigint now", newest
    )
    assert re.fullmatch(r"0 +created +\S+ \S+ +root +Boto3/\S+", first.rstrip())
    found = documents(live_server, "table", "versions", f"{shop}/orders")
    assert [entry["VersionId"] for entry in found] == ["1", "0"]


def test_table_diff_reads_like_that_of_version_control(live_server: LiveServer, shop: str) -> None:
    shown = live_server.cli("table", "diff", f"{shop}.orders")
    assert shown.stdout.splitlines() == [
        f"--- {shop}.orders version 0",
        f"+++ {shop}.orders version 1",
        "@@ columns @@",
        "-id int",
        "+id bigint   # safe: every int is a bigint",
    ]
    assert shown.stderr == "Version 1 against 0: safe\n"
    back = documents(live_server, "table", "diff", f"{shop}.orders", "1", "0")
    assert (back["Compatibility"], back["Differences"][0]["Before"]) == ("BREAKING", "bigint")


def test_table_diff_is_coloured_on_a_terminal_only(live_server: LiveServer, shop: str) -> None:
    main, side = pty.openpty()
    command = [sys.executable, "-m", "isinglass.cli.main", "table", "diff", f"{shop}.orders", "-q"]
    variables = {**environment(live_server.home), "TERM": "xterm"}
    subprocess.run(
        [*command, "--endpoint", live_server.endpoint], env=variables, stdout=side, check=True, timeout=60
    )
    os.close(side)
    shown = os.read(main, 65_536).decode()
    os.close(main)
    assert "\x1b[31m-id int\x1b[0m" in shown
    assert "\x1b[32m+id bigint\x1b[0m" in shown


def test_table_restored_to_a_version_keeps_the_note(live_server: LiveServer, shop: str) -> None:
    shown = live_server.cli(
        "table", "restore", f"{shop}.orders", "0", "--expect", "1", "--note", "the café data"
    )
    assert shown.stderr == "Version 2 has the definition of version 0\n"
    newest = documents(live_server, "table", "versions", f"{shop}.orders")[0]
    assert (newest["Change"]["Note"], newest["Change"]["Client"]) == ("the café data", "isinglass/0.1.0")
    unknown = live_server.cli("table", "restore", f"{shop}.orders", "9", code=3)
    assert unknown.stderr.splitlines()[-1] == f"help: isinglass table versions {shop}.orders"
    stale = live_server.cli("table", "restore", f"{shop}.orders", "1", "--expect", "1", code=5)
    assert stale.stderr.splitlines()[-1] == f"help: isinglass table versions {shop}.orders"


def test_deleted_table_is_listed_and_brought_back(live_server: LiveServer, shop: str) -> None:
    name = f"{shop}.orders"
    shown = live_server.cli("table", "delete", name, "--note", "not needed")
    assert shown.stderr == f"Deleted {name}. Bring it back: isinglass table undelete {name}\n"
    [listed] = documents(live_server, "deleted", "list", shop)
    assert (listed["TableName"], listed["Change"]["Note"]) == ("orders", "not needed")
    way = "bring back: isinglass table undelete DATABASE.TABLE\n"
    assert live_server.cli("deleted", "list", shop).stderr == way
    versionless = live_server.cli("table", "restore", name, code=2).stderr
    assert f"isinglass table undelete {name}" in versionless
    for words in (["show", name], ["diff", name], ["restore", f"{shop}.Orders", "0"]):
        missing = live_server.cli("table", *words, code=3).stderr
        assert missing.splitlines()[-1].lower() == f"help: isinglass table undelete {name}"
    live_server.client("glue").create_table(DatabaseName=shop, TableInput=TABLE)
    taken = live_server.cli("table", "undelete", name, code=5).stderr
    assert f"help: isinglass table undelete {name} --as orders_restored" in taken
    live_server.cli("table", "undelete", name, "--as", "orders_restored")
    listed = live_server.cli("table", "list", shop, "-o", "name").stdout.split()
    assert listed == [name, f"{name}_restored"]
    assert live_server.cli("deleted", "list", shop).stderr == "Nothing that was deleted is kept.\n"


def test_deleted_database_is_brought_back_with_its_tables(live_server: LiveServer, shop: str) -> None:
    live_server.cli("db", "delete", shop)
    for words in (["db", "show", shop], ["table", "show", f"{shop}.orders"]):
        missing = live_server.cli(*words, code=3).stderr
        assert missing.startswith("error[EntityNotFoundException]")
        assert missing.splitlines()[-1] == f"help: isinglass db restore {shop}"
    shown = live_server.cli("db", "restore", shop, "--note", "missed")
    assert shown.stderr == f"{shop} is back with 1 table\n"
    history = live_server.cli("db", "history", shop).stdout.splitlines()
    assert [line.split()[0] for line in history] == ["WHAT", "restored", "deleted", "created"]
    assert history[1].endswith("missed")
    lines = dict(line.split(None, 1) for line in live_server.cli("db", "show", shop).stdout.splitlines())
    assert lines["Tables"] == "1"


def test_purge_asks_before_it_ends_what_was_deleted(live_server: LiveServer, shop: str) -> None:
    live_server.cli("db", "delete", shop)
    refused = live_server.cli("deleted", "purge", shop, code=2).stderr
    assert refused.splitlines()[0] == "error: this has to be confirmed, and nobody is there to ask"
    assert live_server.cli("deleted", "purge", shop, "--yes").stdout.split() == [
        "Databases",
        "1",
        "Tables",
        "1",
    ]
    assert "help: isinglass deleted list" in live_server.cli("db", "restore", shop, code=3).stderr
    assert (
        live_server.cli("deleted", "purge", code=2).stderr.splitlines()[-1] == "help: isinglass deleted list"
    )


def test_partitions_are_named_as_their_folders_are(live_server: LiveServer, shop: str) -> None:
    name = f"{shop}.orders"
    live_server.cli("partition", "add", name, "year=2026/city=Oslo", "city=New%2FYork/year=2025")
    listed = live_server.cli("partition", "list", name).stdout.splitlines()[1:]
    assert [line.split() for line in listed] == [
        ["year=2025/city=New%2FYork", "s3://lake/orders/year=2025/city=New%2FYork/"],
        ["year=2026/city=Oslo", "s3://lake/orders/year=2026/city=Oslo/"],
    ]
    [found] = documents(live_server, "partition", "list", name, "--where", "year > 2025")
    assert found["Values"] == ["2026", "Oslo"]
    shown = documents(live_server, "partition", "show", name, "year=2025/city=New%2FYork")
    assert [column["Name"] for column in shown["StorageDescriptor"]["Columns"]] == ["id", "note"]
    taken = live_server.cli("partition", "add", name, "year=2026/city=Oslo", code=5).stderr
    assert taken.startswith("error[AlreadyExistsException]: year=2026/city=Oslo: Partition already exists.")
    wrong = live_server.cli("partition", "show", name, "year=2026", code=6).stderr
    assert wrong.splitlines()[-1] == "help: write it as year=VALUE/city=VALUE"
    live_server.cli("partition", "delete", name, "year=2026/city=Oslo")
    assert live_server.cli("partition", "delete", name, "--where", "year > 1", "--yes").stderr == (
        "Deleted 1 partition\n"
    )
    assert documents(live_server, "partition", "list", name) == []


def test_partitions_from_before_the_keys_changed_are_named_as_they_are_listed(
    live_server: LiveServer, shop: str
) -> None:
    name = f"{shop}.orders"
    live_server.cli("partition", "add", name, "year=2026/city=Os%2Flo")
    changed = {**TABLE, "PartitionKeys": TABLE["PartitionKeys"][:1]}
    live_server.client("glue").update_table(DatabaseName=shop, TableInput=changed)
    assert live_server.cli("partition", "list", name, "-o", "name").stdout == "2026/Os%2Flo\n"
    assert documents(live_server, "partition", "show", name, "2026/Os%2Flo")["Values"] == ["2026", "Os/lo"]
    for words in (["show", name, "2026/Bergen"], ["delete", name, "2026/Bergen"], ["add", name, "2026/x"]):
        wrong = live_server.cli("partition", *words, code=6).stderr
        assert wrong.splitlines()[-1] == "help: write it as year=VALUE"
    live_server.cli("partition", "delete", name, "2026/Os%2Flo")
    assert documents(live_server, "partition", "list", name) == []


def test_search_tells_where_the_words_are(live_server: LiveServer, shop: str) -> None:
    shown = live_server.cli("search", "note", "--db", shop).stdout.splitlines()
    assert shown[1].split()[:3] == [f"{shop}.orders", "column", "note"]
    nothing = live_server.cli("search", "zzzunknown", "--db", shop)
    assert (nothing.stdout, nothing.stderr) == ("", "No table has all of these words.\n")


@pytest.mark.parametrize("name", ["orders", "a.", "arn:aws:glue:eu-west-1:123456789012:database/x"])
def test_table_that_is_not_named_is_wrong_usage(live_server: LiveServer, name: str) -> None:
    assert "does not name a table" in live_server.cli("table", "versions", name, code=2).stderr


def test_shell_completes_commands_and_names(live_server: LiveServer, shop: str) -> None:
    def offered(*words: str) -> list[str]:
        line = " ".join(["isinglass", *words])
        found = run_cli(
            live_server.home,
            _ISINGLASS_COMPLETE="bash_complete",
            COMP_WORDS=line,
            COMP_CWORD=str(len(words)),
            ISINGLASS_ENDPOINT=live_server.endpoint,
        ).stdout
        return [each.partition(",")[2] for each in found.splitlines() if each]

    assert offered("tab") == ["tables", "table"]
    assert offered("table", "un") == ["undelete"]
    assert offered("table", "versions", shop[:-2]) == [f"{shop}."]
    assert offered("table", "versions", f"{shop}.or") == [f"{shop}.orders"]
    assert offered("db", "show", shop[:-2]) == [shop]
    assert offered("table", "versions", "nowhere.x") == []
    assert "_ISINGLASS_COMPLETE" in live_server.cli("completion", "bash").stdout
