"""Fixtures that run the whole server as a user does: `isinglass up` in a process of its own."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

READY = re.compile(r"ISINGLASS READY endpoint=(\S+) s3=(\S+) account=(\d{12}) region=(\S+) pid=(\d+)")
ROOT_KEY = "AKIAROOTROOTROOTROOT"
ROOT_SECRET = "root-secret-root-secret-root-secret"


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return an environment with a home of its own and nothing of AWS or Isinglass in it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "ISINGLASS_", "XDG_"))
    }
    return {
        **kept,
        "HOME": str(home),
        "ISINGLASS_ROOT_ACCESS_KEY_ID": ROOT_KEY,
        "ISINGLASS_ROOT_SECRET_ACCESS_KEY": ROOT_SECRET,
        "AWS_EC2_METADATA_DISABLED": "true",
        **more,
    }


@dataclass
class LiveServer:
    """A server that answers, and clients of it."""

    process: "subprocess.Popen[str]"
    home: Path
    endpoint: str
    s3_endpoint: str
    account: str
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)

    def client(self, service: str, account: str | None = None, **config: Any) -> Any:
        """Return a boto3 client of the root account or another."""
        key, secret = self.keys_of(account or self.account)
        return boto3.client(
            service,
            endpoint_url=self.s3_endpoint if service == "s3" else self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(retries={"total_max_attempts": 1}, **config),
        )

    def keys_of(self, account: str) -> tuple[str, str]:
        """Return an account's keys; makes the account when it is new."""
        if account not in self.keys:
            made = json.loads(self.cli("account", "create", "other", "--id", account, "--json").stdout)
            self.keys[account] = (made["AccessKeyId"], made["SecretAccessKey"])
        return self.keys[account]

    def cli(self, *arguments: str, code: int = 0, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """Run a command against this server and check its exit code."""
        return run_cli(self.home, *arguments, "--endpoint", self.endpoint, code=code, stdin=stdin)

    def kill(self) -> None:
        """End the server as a crash would."""
        self.process.kill()
        self.process.wait()


def run_cli(
    home: Path, *arguments: str, code: int = 0, stdin: str = "", **more: str
) -> "subprocess.CompletedProcess[str]":
    """Run the command line and check its exit code."""
    more = {"ISINGLASS_ACCESS_KEY_ID": ROOT_KEY, "ISINGLASS_SECRET_ACCESS_KEY": ROOT_SECRET, **more}
    done = subprocess.run(
        [sys.executable, "-m", "isinglass.cli.main", *arguments],
        env=environment(home, **more),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


def start_server(home: Path, *arguments: str, **more: str) -> LiveServer:
    """Start a server and wait for its ready line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "isinglass.cli.main", "up", "--port", "0", *arguments],
        env=environment(home, **more),
        stdout=subprocess.PIPE,
        stderr=(home / "up.err").open("w"),
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    match = READY.fullmatch(line.strip())
    if match is None:
        process.kill()
        raise AssertionError(f"no ready line: {line!r} {(home / 'up.err').read_text()}")
    server = LiveServer(process, home, match[1], match[2], match[3])
    server.keys[match[3]] = (ROOT_KEY, ROOT_SECRET)
    return server


def stop_server(server: LiveServer) -> int:
    """Stop a server as Ctrl-C does; returns its exit code."""
    with contextlib.suppress(ProcessLookupError):
        server.process.send_signal(signal.SIGINT)
    try:
        return server.process.wait(60)
    finally:
        server.process.kill()


def wait_for(condition: Any, seconds: float = 30.0) -> Any:
    """Poll until a condition holds; returns its value."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "the condition did not come true"
        time.sleep(0.05)
    return value


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Give one whole server to all tests of a session; each test makes accounts of its own."""
    server = start_server(tmp_path_factory.mktemp("home"), "--ephemeral")
    yield server
    assert stop_server(server) == 0


@pytest.fixture
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Give a test a server of its own, for what shows all that an account has."""
    server = start_server(tmp_path_factory.mktemp("home"), "--ephemeral")
    yield server
    assert stop_server(server) == 0


@pytest.fixture
def new_account(live_server: LiveServer) -> str:
    """Make an account for one test."""
    made = json.loads(live_server.cli("account", "create", "test", "--json").stdout)
    live_server.keys[made["AccountId"]] = (made["AccessKeyId"], made["SecretAccessKey"])
    return str(made["AccountId"])
