"""The server as an operator meets it: starts, crashes, comes back, stops."""

import json
import os
import signal
import socket
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from server_fixtures import ROOT_KEY, run_cli, start_server, stop_server, wait_for


def _processes_of(folder: Path) -> list[int]:
    """Find processes whose command line names a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and str(folder) in (entry / "cmdline").read_text():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_killed_server_leaves_no_child_and_comes_back(tmp_path):
    data = tmp_path / "data"
    server = start_server(tmp_path, "--data-dir", str(data))
    server.client("glue").create_database(DatabaseInput={"Name": "kept"})
    s3 = server.client("s3")
    s3.create_bucket(Bucket="kept-bucket")
    s3.put_object(Bucket="kept-bucket", Key="k", Body=b"kept")
    server.kill()
    wait_for(lambda: not _processes_of(data))

    again = start_server(tmp_path, "--data-dir", str(data))
    names = [found["Name"] for found in again.client("glue").get_databases()["DatabaseList"]]
    body = again.client("s3").get_object(Bucket="kept-bucket", Key="k")["Body"].read()
    assert stop_server(again) == 0
    assert (names, body) == (["kept"], b"kept")
    wait_for(lambda: not _processes_of(data))


def test_object_store_killed_starts_again(tmp_path):
    data = tmp_path / "data"
    server = start_server(tmp_path, "--data-dir", str(data))
    s3 = server.client("s3")
    s3.create_bucket(Bucket="lake-one")
    s3.put_object(Bucket="lake-one", Key="k", Body=b"x")
    os.kill(int((data / "children" / "weed").read_text().split()[0]), signal.SIGKILL)
    wait_for(lambda: _read(s3, "lake-one") == b"x")
    assert stop_server(server) == 0


def _read(s3, bucket):
    try:
        return s3.get_object(Bucket=bucket, Key="k")["Body"].read()
    except (ClientError, BotoCoreError):
        return None


def test_front_killed_starts_again_with_its_store(tmp_path):
    data = tmp_path / "data"
    server = start_server(tmp_path, "--data-dir", str(data))
    s3 = server.client("s3")
    s3.create_bucket(Bucket="lake-two")
    s3.put_object(Bucket="lake-two", Key="k", Body=b"x")
    os.kill(int((data / "children" / "object-store").read_text().split()[0]), signal.SIGKILL)
    wait_for(lambda: _read(s3, "lake-two") == b"x")
    assert stop_server(server) == 0


def test_second_server_on_the_data_folder_refused(tmp_path):
    data = tmp_path / "data"
    server = start_server(tmp_path, "--data-dir", str(data))
    second = run_cli(tmp_path, "up", "--port", "0", "--data-dir", str(data), code=5)
    run_cli(tmp_path, "down", "--data-dir", str(data))
    assert second.stderr == (
        f"error[E502]: The data folder {data} is in use by the server with pid {server.process.pid}\n"
        "help: isinglass status      or use another --data-dir\n"
    )
    assert server.process.wait(60) == 0


def test_port_in_use_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        failed = run_cli(tmp_path, "up", "--ephemeral", "--port", str(port), code=5)
    assert failed.stderr == (
        f"error[E501]: port {port} of 127.0.0.1 is in use by another program\n"
        "help: isinglass up --port 0      or stop it first\n"
    )


def test_detached_server_found_by_later_commands(tmp_path):
    data = tmp_path / "data"
    run_cli(tmp_path, "up", "--detach", "--port", "0", "--data-dir", str(data))
    config = tmp_path / ".config" / "isinglass" / "config.toml"
    assert config.stat().st_mode & 0o777 == 0o600
    shown = json.loads(run_cli(tmp_path, "env", "--format", "json").stdout)
    # Nobody has the other end of a pipe any more.
    assert Path(f"/proc/{(data / 'lock').read_text()}/fd/2").readlink() == data / "logs" / "server.log"
    run_cli(tmp_path, "down", "--data-dir", str(data))
    assert (shown["AWS_ACCESS_KEY_ID"], shown["AWS_ENDPOINT_URL_S3"][:17]) == (ROOT_KEY, "http://127.0.0.1:")


@pytest.mark.parametrize("account", ["210987654321"])
def test_root_account_fixed_by_variables(tmp_path, account):
    server = start_server(tmp_path, "--ephemeral", ISINGLASS_ROOT_ACCOUNT_ID=account)
    identity = server.client("sts").get_caller_identity()
    assert stop_server(server) == 0
    assert (identity["Account"], identity["Arn"]) == (account, f"arn:aws:iam::{account}:root")


def test_external_object_store_used_instead(live_server, tmp_path):
    key, secret = live_server.keys_of(live_server.account)
    server = start_server(
        tmp_path, "--ephemeral", "--s3-endpoint", live_server.s3_endpoint,
        AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY=secret,
    )  # fmt: skip
    s3 = server.client("s3")
    s3.create_bucket(Bucket="through-two-fronts")
    s3.put_object(Bucket="through-two-fronts", Key="k", Body=b"x")
    assert stop_server(server) == 0
    found = live_server.client("s3").get_object(Bucket="through-two-fronts", Key="k")
    assert found["Body"].read() == b"x"


def test_server_told_to_stop_while_suspended_stops_when_it_goes_on(tmp_path):
    for _ in range(2):
        server = start_server(tmp_path, "--ephemeral")
        for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGCONT):
            server.process.send_signal(number)
        assert server.process.wait(60) == 0
