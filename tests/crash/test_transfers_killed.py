"""Exports and imports in processes of their own that are killed or interrupted, and then go on."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from server_fixtures import LiveServer, environment, wait_for

from isinglass.transfer.records import Record, encode, header

PARTITIONS, TABLES = 8_000, 60


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    """Write a catalog that takes a while to move: a large table, and many small ones behind it."""
    path = tmp_path_factory.mktemp("catalog") / "catalog.jsonl"
    keys = {"PartitionKeys": [{"Name": "p", "Type": "string"}]}
    large = {"DatabaseName": "d", "TableName": "large"}
    made = [
        header("1" * 12, "us-east-1"),
        Record("Database", {"DatabaseName": "d"}),
        Record("Table", large, keys),
    ]
    made += [
        Record("Partition", {**large, "Values": [f"{number:06}"]}, {"Parameters": {"filling": "x" * 200}})
        for number in range(PARTITIONS)
    ]
    for number in range(TABLES):
        names = {"DatabaseName": "d", "TableName": f"small{number:03}"}
        made.append(Record("TableVersion", {**names, "VersionId": "0"}, {"Description": "first"}))
        made.append(Record("Table", names, {"Description": "second"}))
    made.append(Record("Glossary", {"Name": "words"}, {"Description": "of all"}))
    path.write_bytes(b"".join(encode(record) for record in made))
    return path


@pytest.fixture(scope="module")
def filled(live_server, file) -> str:
    """Import the catalog into an account."""
    account = fresh(live_server)
    assert begin(live_server, account, "import", str(file)).wait(120) == 0
    return account


def fresh(server: LiveServer) -> str:
    made = json.loads(server.cli("account", "create", "moved", "--json").stdout)
    server.keys[made["AccountId"]] = (made["AccessKeyId"], made["SecretAccessKey"])
    return str(made["AccountId"])


def begin(server: LiveServer, account: str, *words: str, endpoint: str = "") -> "subprocess.Popen[str]":
    """Begin `isinglass catalog …` in an account."""
    key, secret = server.keys[account]
    arguments = ["catalog", *words, "--endpoint", endpoint or server.endpoint]
    return subprocess.Popen(
        [sys.executable, "-m", "isinglass.cli.main", *arguments],
        env=environment(server.home, ISINGLASS_ACCESS_KEY_ID=key, ISINGLASS_SECRET_ACCESS_KEY=secret),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended_at(process: "subprocess.Popen[str]", moment, number: int) -> str:
    """Send a signal to a process when a moment has come; gives what it said, nothing if it was faster."""
    wait_for(lambda: process.poll() is not None or moment())
    if process.poll() is None:
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        # Where it has not begun, or has ended but for the interpreter, Ctrl-C is the system's affair; and it
        # may have written its last while the signal was on its way.
        return "" if process.returncode in {0, -signal.SIGINT} else f"{process.returncode} {said}"
    process.communicate()
    return ""


@pytest.fixture(scope="module")
def exported(live_server, filled, tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "whole.jsonl"
    assert begin(live_server, filled, "export", str(path), "--with", "versions").wait(120) == 0
    return path.read_bytes()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_export_ended_at_many_moments_goes_on_to_the_same_file(
    live_server, filled, exported, tmp_path, number
):
    path, partial = tmp_path / "c.jsonl", tmp_path / "c.jsonl.partial"
    ends = 0
    for size in (0, 1, 1_000_000, 2_000_000):
        words = ["export", str(path), "--with", "versions", "--resume"]
        process = begin(live_server, filled, *words)
        said = ended_at(process, lambda: partial.exists() and partial.stat().st_size >= size, number)  # noqa: B023
        ends += bool(said)
        if said and number == signal.SIGINT:
            again = f"isinglass catalog {' '.join(words)} --endpoint {live_server.endpoint}"
            assert (
                said.rstrip() == f"130 interrupted: what is done is not done twice; go on with\n    {again}"
            )
        if partial.exists():
            assert partial.stat().st_mode & 0o777 == 0o600
    assert ends >= 2
    assert begin(live_server, filled, "export", str(path), "--with", "versions", "--resume").wait(120) == 0
    assert path.read_bytes() == exported
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["c.jsonl"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_import_ended_at_many_moments_goes_on_to_the_same_catalog(
    live_server, file, exported, tmp_path, number
):
    account = fresh(live_server)
    glue = live_server.client("glue", account)

    def has(table: str) -> bool:
        try:
            return bool(glue.get_table(DatabaseName="d", Name=table))
        except glue.exceptions.EntityNotFoundException:
            return False

    def partitions() -> int:
        found = glue.get_partitions(
            DatabaseName="d", TableName="large", Expression="p >= '004000'", MaxResults=1
        )
        return len(found["Partitions"])

    ends = 0
    for moment in (lambda: has("large"), partitions, lambda: has("small010"), lambda: has("small050")):
        said = ended_at(begin(live_server, account, "import", str(file)), moment, number)
        ends += bool(said)
        if said and number == signal.SIGINT:
            assert said.startswith(
                "130 interrupted: what is done is not done twice; go on with\n    isinglass"
            )
    assert ends >= 2
    last = begin(live_server, account, "import", str(file), "--json")
    shown, _ = last.communicate(timeout=120)
    assert last.returncode == 0
    assert json.loads(shown)["Problems"] == []
    path = tmp_path / "again.jsonl"
    assert begin(live_server, account, "export", str(path), "--with", "versions").wait(120) == 0
    assert path.read_bytes().partition(b"\n")[2] == exported.partition(b"\n")[2]


def test_interrupted_command_does_not_wait_for_a_server_that_never_answers(live_server, filled, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        endpoint = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        path = tmp_path / "c.jsonl"
        process = begin(live_server, filled, "export", str(path), endpoint=endpoint)
        asking, _ = deaf.accept()
        with asking:
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)  # a request would wait for minutes
    assert process.returncode == 130
    assert said.startswith(
        "interrupted: what is done is not done twice; go on with\n    isinglass catalog export"
    )
    assert said.rstrip().endswith("--resume")
