"""Fixtures that give each test a live server of its own, and real clients of it."""

import json
import os
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from isinglass.app.accounts import insert_key, new_key
from isinglass.app.own_ports import listening_ports
from isinglass.domain.signature import Credentials, sign_headers
from isinglass.gateway.server import GatewaySettings, Server, listen
from isinglass.jobs.permitted import Copied, CopyFailedError, PermittedPart
from isinglass.jobs.queries import Rows, Statement, StatementFailedError
from isinglass.operations.context import Component, Principal, StorageAccess
from isinglass.store.access_keys import AccessKey
from isinglass.store.accounts import Account
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store, Transaction

ROOT_ACCOUNT = "123456789012"
REGION = "eu-west-1"


@dataclass(frozen=True)
class FolderServices:
    """Services over one folder, without an object store."""

    folder: Path
    server_key: bytes = field(default_factory=lambda: os.urandom(32), repr=False, kw_only=True)
    started_at: float = field(default_factory=time.time, kw_only=True)
    deleted_retention: float = field(default=30 * 86_400.0, kw_only=True)
    has_own_objects: bool = field(default=True, kw_only=True)

    def storage_access(self, account_id: str) -> StorageAccess:
        return StorageAccess(endpoint=None, region=REGION, access_key_id=account_id, secret_access_key="none")

    def storage_of(self, principal: Principal) -> StorageAccess:
        return self.storage_access(principal.account_id)

    @contextmanager
    def storage_of_role(self, account_id: str, role: str, session: str) -> Iterator[StorageAccess]:
        yield self.storage_access(account_id)

    @cached_property
    def sealer(self) -> Sealer:
        return Sealer(self.server_key)

    def log_directory(self, account_id: str) -> str:
        return str(self.folder / "logs" / account_id)

    def may_use_local_files(self, account_id: str) -> bool:
        return self.is_root(account_id)

    def is_root(self, account_id: str) -> bool:
        return account_id == ROOT_ACCOUNT

    def own_ports(self) -> frozenset[int]:
        return listening_ports()

    def issue_key(self, tx: Transaction, account_id: str, now: float) -> tuple[str, str]:
        key = new_key()
        insert_key(tx, Sealer(self.server_key), account_id, key, now)
        return key.access_key_id, key.secret_access_key

    def components(self) -> list[Component]:
        return [Component("api", "RUNNING")]

    def copy_permitted(self, part: PermittedPart) -> Copied:
        raise CopyFailedError(f"There is no engine here to copy {part.database}.{part.table}.")

    def run_query(self, statement: Statement) -> Rows:
        raise StatementFailedError(f"There is no engine here to run {statement.sql!r}.")


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


def call(
    api: Api, operation: str, request: dict[str, Any], account_id: str = ROOT_ACCOUNT
) -> tuple[int, dict[str, Any]]:
    """Call one of our own operations, which boto3 has no client for."""
    body = json.dumps(request).encode()
    signed = sign_headers(
        api.credentials_of(account_id), region=REGION, service="isinglass", method="POST",
        host=api.url.removeprefix("http://"), path="/", headers={"X-Amz-Target": f"Isinglass.{operation}"},
        body=body, now=time.time(),
    )  # fmt: skip
    sent = urllib.request.Request(api.url + "/", data=body, headers=signed, method="POST")
    try:
        with urllib.request.urlopen(sent, timeout=60) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@contextmanager
def serving(store: Store, services: FolderServices, session: boto3.Session, **limits: int) -> Iterator[Api]:
    """Run a gateway; answers that the model does not know are errors."""
    store.vault.sealer = services.sealer
    access_log = services.folder / "access.log"
    settings = GatewaySettings(access_log, strict=True, threads=4, **limits)
    server = Server(store, services, services.server_key, settings)
    listening = listen("127.0.0.1", 0)
    server.start(listening)
    try:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield Api(url, store, services.server_key, access_log, session)
    finally:
        server.stop()


@pytest.fixture(scope="session")
def boto_session() -> boto3.Session:
    """One session for all clients: it reads botocore's models once."""
    return boto3.Session()


@pytest.fixture
def api(store: Store, tmp_path: Path, boto_session: boto3.Session) -> Iterator[Api]:
    """A live server on an empty database."""
    with serving(store, FolderServices(tmp_path), boto_session) as api:
        yield api


@pytest.fixture
def glue(api: Api) -> Any:
    """A Glue client of the root account."""
    return api.client("glue")
