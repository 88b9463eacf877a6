"""A server's part for crawls: the API, a worker that crawls, and a folder to crawl."""

import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from api_fixtures import REGION, ROOT_ACCOUNT, Api, FolderServices

from isinglass.app import weed
from isinglass.crawl.runner import CrawlRunner
from isinglass.daemons.worker import Worker
from isinglass.domain.signature import sign_headers
from isinglass.observe.logs import log_path, read_forward
from isinglass.operations.context import StorageAccess
from isinglass_connectors.storage.options import StorageOptions
from isinglass_connectors.storage.storage import Storage


@dataclass
class CrawlServer:
    """Creates crawlers over a folder, runs them, and looks at what came of them."""

    api: Api
    folder: Path
    services: FolderServices
    worker: Worker | None = None
    glue: Any = None

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file below the folder that is crawled."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return target

    def create(self, name: str = "c", path: str = "", **members: Any) -> None:
        """Create a crawler over the folder, or a part of it."""
        target = {"Path": f"{self.folder}/{path}"}
        self.glue.create_crawler(
            **{
                "Name": name,
                "Role": "arn:aws:iam::123456789012:role/service-role/Crawl",
                "DatabaseName": "Lake",
                "Targets": {"S3Targets": [target]},
                **members,
            }
        )

    def call(
        self, operation: str, document: dict[str, Any], account_id: str = ROOT_ACCOUNT
    ) -> dict[str, Any]:
        """Call an operation of our own service; returns its answer, or its error's document."""
        body = json.dumps(document).encode()
        signed = sign_headers(
            self.api.credentials_of(account_id),
            region=REGION,
            service="isinglass",
            method="POST",
            host=urlsplit(self.api.url).netloc,
            path="/",
            headers={"content-type": "application/x-amz-json-1.1", "x-amz-target": f"Isinglass.{operation}"},
            body=body,
            now=time.time(),
        )
        request = urllib.request.Request(self.api.url, body, signed)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            return dict(json.load(error))

    def crawl(self, name: str = "c") -> dict[str, Any]:
        """Start a crawler and wait for its end; returns its last crawl."""
        self.glue.start_crawler(Name=name)
        return self.wait(name)["LastCrawl"]

    def wait(self, name: str = "c") -> dict[str, Any]:
        """Wait until a crawler is ready."""
        return self.until(
            lambda: self.glue.get_crawler(Name=name)["Crawler"], lambda c: c["State"] == "READY"
        )

    def until(self, look: Callable[[], Any], done: Callable[[Any], bool]) -> Any:
        """Look until it is so."""
        deadline = time.monotonic() + 60
        while True:
            seen = look()
            if done(seen):
                return seen
            assert time.monotonic() < deadline, seen
            time.sleep(0.02)

    def tables(self, database: str = "lake") -> dict[str, dict[str, Any]]:
        """Read all tables of a database."""
        pages = self.glue.get_paginator("get_tables").paginate(DatabaseName=database)
        return {table["Name"]: table for page in pages for table in page["TableList"]}

    def partitions(self, table: str, database: str = "lake") -> dict[tuple[str, ...], dict[str, Any]]:
        """Read all partitions of a table."""
        pages = self.glue.get_paginator("get_partitions").paginate(DatabaseName=database, TableName=table)
        return {tuple(one["Values"]): one for page in pages for one in page["Partitions"]}

    def log(self, name: str = "c") -> list[str]:
        """Read a crawler's log, each line without the crawl's id."""
        directory = Path(self.services.log_directory("123456789012"))
        lines = read_forward(log_path(directory, "crawlers", name), 0)
        return [line.text.partition("] ")[2] for line in lines]

    def start_worker(self) -> Worker:
        """Start a worker that crawls."""
        self.worker = Worker(self.api.store, {"crawl": CrawlRunner(self.services)}, {"crawl": 2})
        self.worker.start()
        return self.worker


@pytest.fixture
def crawls(api: Api, glue: Any, tmp_path: Path) -> Iterator[CrawlServer]:
    """A server without a worker."""
    folder = tmp_path / "raw"
    folder.mkdir()
    server = CrawlServer(api, folder, FolderServices(tmp_path), glue=glue)
    yield server
    if server.worker is not None:
        assert server.worker.stop()


@pytest.fixture
def crawler(crawls: CrawlServer) -> CrawlServer:
    """A server that crawls."""
    crawls.start_worker()
    return crawls


@dataclass(frozen=True)
class BucketServices(FolderServices):
    """Services over an object store."""

    options: StorageOptions = field(default_factory=StorageOptions)

    def storage_access(self, account_id: str) -> StorageAccess:
        found = self.options
        return StorageAccess(
            found.endpoint, found.region, found.access_key_id or "", found.secret_access_key or ""
        )


@pytest.fixture(scope="session")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StorageOptions]:
    """A running SeaweedFS with keys of its own."""
    try:
        prepared = weed.prepare(tmp_path_factory.mktemp("objects"))
    except weed.WeedMissing as missing:
        pytest.skip(str(missing))
    process = subprocess.Popen(
        prepared.arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=prepared.folder
    )
    options = StorageOptions(
        endpoint=prepared.url,
        access_key_id=prepared.access_key_id,
        secret_access_key=prepared.secret_access_key,
    )
    try:
        _wait_for_objects(options)
        yield options
    finally:
        process.kill()  # its data is thrown away
        process.wait(20)


def _wait_for_objects(options: StorageOptions) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            Storage(options).s3.client.list_buckets()
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def bucket_crawler(
    crawls: CrawlServer, object_store: StorageOptions, tmp_path: Path
) -> tuple[CrawlServer, Storage]:
    """A server that crawls the object store, and the way into it."""
    crawls.services = BucketServices(tmp_path, object_store)
    crawls.start_worker()
    return crawls, Storage(object_store)
