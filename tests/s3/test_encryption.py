"""Objects lie encrypted in the embedded store, and only who may use their key reads them."""

import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from server_fixtures import LiveServer, start_server, stop_server

AES: dict[str, Any] = {"ServerSideEncryption": "AES256"}


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Give a server whose data lies below its home, to look at."""
    server = start_server(tmp_path_factory.mktemp("vault"))
    yield server
    assert stop_server(server) == 0


@pytest.fixture
def s3(vault: LiveServer) -> Any:
    return vault.client("s3")


@pytest.fixture
def bucket(s3: Any) -> str:
    name = f"vault-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def marker() -> bytes:
    return f"marker-{uuid.uuid4().hex}".encode()


def on_disk(vault: LiveServer, text: bytes) -> list[str]:
    """Name the files of the server's data directory that hold a text."""
    found = subprocess.run(
        ["grep", "-rlaF", text.decode(), str(vault.home)], capture_output=True, text=True, check=False
    )
    return found.stdout.splitlines()


def test_object_without_encryption_lies_in_the_clear_on_disk(vault, s3, bucket, marker):
    s3.put_object(Bucket=bucket, Key="plain", Body=marker)
    assert on_disk(vault, marker) != []


@pytest.mark.parametrize("asked", [AES, {"ServerSideEncryption": "aws:kms"}])
def test_x(vault, s3, bucket, marker, asked):
    print(s3.put_object(Bucket=bucket, Key="a", Body=marker, **asked))
    print(s3.get_object(Bucket=bucket, Key="a"))
    assert on_disk(vault, marker) == []
