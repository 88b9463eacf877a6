"""A server's part for crawls: the API, a worker that crawls, and a folder to crawl."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from api_fixtures import Api, FolderServices

from isinglass.crawl.runner import CrawlRunner
from isinglass.daemons.worker import Worker
from isinglass.observe.logs import log_path, read_forward


@dataclass
class CrawlServer:
    """Creates crawlers over a folder, runs them, and looks at what came of them."""

    api: Api
    folder: Path
    services: FolderServices
    worker: Worker | None = None
    glue: Any = None
    defaults: dict[str, Any] = field(default_factory=dict)

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
