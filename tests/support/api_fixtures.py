"""Fixtures that give each test a live server of its own, and real clients of it."""

import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from isinglass.domain.signature import Credentials
from isinglass.gateway.server import GatewaySettings, Server, listen
from isinglass.operations.context import StorageAccess
from isinglass.store.access_keys import AccessKey
from isinglass.store.accounts import Account
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store

ROOT_ACCOUNT = "123456789012"
REGION = "eu-west-1"


@dataclass(frozen=True)
class FolderServices:
    """Services over one folder, without an object store."""

    folder: Path

    def storage_access(self, account_id: str) -> StorageAccess:
        return StorageAccess(endpoint=None, region=REGION, access_key_id=account_id, secret_access_key="none")

    def log_directory(self, account_id: str) -> str:
        return str(self.folder / "logs" / account_id)

    def may_use_local_files(self, account_id: str) -> bool:
        return account_id == ROOT_ACCOUNT


@dataclass
class Api:
    """A live server: its address, its store, and the keys that reach it."""

    url: str
    store: Store
    server_key: bytes
    access_log: Path
    session: boto3.Session
    credentials: dict[str, Credentials] = field(default_factory=dict)

    def credentials_of(self, account_id: str) -> Credentials:
        """Return an account's key pair; makes the account when it is new."""
        if account_id not in self.credentials:
            made = Credentials(f"AKIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30))
            sealed = Sealer(self.server_key).seal(made.secret_access_key.encode(), made.access_key_id)
            arn = f"arn:aws:iam::{account_id}:root"
            with self.store.begin() as tx:
                tx.accounts.insert(Account(account_id, f"account {account_id}", time.time()))
                tx.access_keys.insert(AccessKey(made.access_key_id, account_id, sealed, arn, time.time()))
            self.credentials[account_id] = made
        return self.credentials[account_id]

    def client(self, service: str, account_id: str = ROOT_ACCOUNT, **options: Any) -> Any:
        """Make a boto3 client of one account; options go to botocore's Config."""
        found = self.credentials_of(account_id)
        return self.session.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=found.access_key_id,
            aws_secret_access_key=found.secret_access_key,
            config=Config(retries={"total_max_attempts": 1}, **options),
        )


@pytest.fixture(scope="session")
def boto_session() -> boto3.Session:
    """One session for all clients: it reads botocore's models once."""
    return boto3.Session()


@pytest.fixture
def api(store: Store, tmp_path: Path, boto_session: boto3.Session) -> Iterator[Api]:
    """A live server on an empty database; answers that the model does not know are errors."""
    server_key = os.urandom(32)
    access_log = tmp_path / "access.log"
    server = Server(
        store, FolderServices(tmp_path), server_key, GatewaySettings(access_log, strict=True, threads=4)
    )
    listening = listen("127.0.0.1", 0)
    server.start(listening)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    yield Api(url, store, server_key, access_log, boto_session)
    server.stop()


@pytest.fixture
def glue(api: Api) -> Any:
    """A Glue client of the root account."""
    return api.client("glue")
