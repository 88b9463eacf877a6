"""The main job on the retail scenario: upload, crawl, two jobs, check. Every step may be repeated."""

import hashlib
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from isinglass_connectors.storage.objects import ObjectInfo
from isinglass_connectors.storage.storage import Storage

RAW_DATABASE, DATABASE, CRAWLER = "retail_raw", "retail", "retail-raw"
SCRIPTS = Path(__file__).parent / "scripts"
ROLE = "demo"
POLL_SECONDS = 0.1


class Api(Protocol):
    """Calls one operation of the server and returns its answer; errors carry the API's `code`."""

    def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """Call an operation by name."""
        ...


def _is_same(info: ObjectInfo | None, path: Path) -> bool:
    """Compare by size, then by the digest that object stores give as an entity tag."""
    if info is None or info.size != path.stat().st_size:
        return False
    digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    return (info.etag or "").strip('"') == digest


@dataclass(eq=False)
class StepFailedError(Exception):
    """A step of the demo ended in another state than success."""

    step: str
    state: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.step} ended {self.state}: {self.message}"


@dataclass(frozen=True, slots=True)
class Scenario:
    """Where the demo works: the server's API, object storage, and the folder below which its data lie."""

    api: Api
    storage: Storage
    #: Ends with a slash.
    root: str
    #: Whether an API error means that the thing exists already.
    exists_already: Callable[[Exception], bool]
    #: Whether an API error means that there is no such thing.
    is_missing: Callable[[Exception], bool]

    def upload(self, folder: Path) -> tuple[int, int]:
        """Bring the files below a folder to the store, skipping those that are there with the same content.

        Returns how many files there are and how many were sent.
        """
        files = {
            path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()
        }
        present = {info.url: info for info in self.storage.list(f"{self.root}raw/")}
        targets = [(f"{self.root}raw/{name}", path) for name, path in files.items()]
        missing = [(url, path) for url, path in targets if not _is_same(present.get(url), path)]
        with ThreadPoolExecutor(8) as pool:
            for sent in [pool.submit(self.storage.write, url, path.read_bytes()) for url, path in missing]:
                sent.result()
        return len(files), len(missing)

    def crawl(self) -> dict[str, Any]:
        """Crawl the raw files into a database of their own; returns the tables by name."""
        for name in (RAW_DATABASE, DATABASE):
            self._ensure("CreateDatabase", {"DatabaseInput": {"Name": name}})
        definition = {
            "Name": CRAWLER,
            "Role": ROLE,
            "DatabaseName": RAW_DATABASE,
            "Targets": {"S3Targets": [{"Path": f"{self.root}raw/"}]},
        }
        if not self._ensure("CreateCrawler", definition):
            self.api.call("UpdateCrawler", definition)
        self.api.call("StartCrawler", {"Name": CRAWLER})
        while (crawler := self.api.call("GetCrawler", {"Name": CRAWLER})["Crawler"])["State"] != "READY":
            time.sleep(POLL_SECONDS)
        last = crawler.get("LastCrawl", {})
        if last.get("Status") != "SUCCEEDED":
            hint = f"isinglass logs {CRAWLER}"
            raise StepFailedError("crawl", last.get("Status", "FAILED"), last.get("ErrorMessage", ""), hint)
        tables = self.api.call("GetTables", {"DatabaseName": RAW_DATABASE})["TableList"]
        return {table["Name"]: table for table in tables}

    def run_job(self, name: str, script: str, target: str) -> dict[str, Any]:
        """Define a job from one of the demo's scripts, run it, and wait; returns the finished run."""
        location = f"{self.root}scripts/{script}"
        self.storage.write(location, (SCRIPTS / script).read_bytes())
        definition = {
            "Role": ROLE,
            "Command": {"Name": "glueetl", "ScriptLocation": location, "PythonVersion": "3"},
            "DefaultArguments": {
                "--source_database": RAW_DATABASE,
                "--target_database": DATABASE,
                "--target_path": f"{self.root}{target}/",
            },
        }
        if not self._ensure("CreateJob", {"Name": name, **definition}):
            self.api.call("UpdateJob", {"JobName": name, "JobUpdate": definition})
        run_id = self.api.call("StartJobRun", {"JobName": name})["JobRunId"]
        while True:
            run: dict[str, Any] = self.api.call("GetJobRun", {"JobName": name, "RunId": run_id})["JobRun"]
            if run["JobRunState"] == "SUCCEEDED":
                return run
            if run["JobRunState"] not in ("STARTING", "RUNNING", "WAITING", "STOPPING"):
                hint = f"isinglass logs {run_id}"
                raise StepFailedError(name, run["JobRunState"], run.get("ErrorMessage", ""), hint)
            time.sleep(POLL_SECONDS)

    def check(self, facts: dict[str, int], scratch: Path) -> dict[str, int]:
        """Hold customer_360 against what the generator knows, by SQL on the server and DuckDB on the files.

        Raises StepFailedError naming the figures that differ; returns the figures.
        """
        wanted = {
            "customers": facts["customers"],
            "distinct": facts["customers"],
            "orders": facts["completed_sales"],
        }
        query = "SELECT count(*), count(DISTINCT customer_id), CAST(sum(orders) AS BIGINT) FROM "
        answer = self.api.call("isinglass:RunQuery", {"SqlText": f"{query} {DATABASE}.customer_360"})
        by_sql = dict(zip(wanted, (int(value) for value in json.loads(answer["Rows"])[0]), strict=True))
        by_files = dict(zip(wanted, self._ask_duckdb(query, scratch), strict=True))
        for asked, found in (("SQL on the server", by_sql), ("DuckDB on the files", by_files)):
            if found != wanted:
                raise StepFailedError(
                    "check", "DIFFERENT", f"{asked} finds {found}, the generator made {wanted}"
                )
        return by_sql

    def remove(self) -> None:
        """Delete everything the demo makes; what is not there is no error."""
        for operation, request in (
            ("DeleteJob", {"JobName": "customer-data-cleansing"}),
            ("DeleteJob", {"JobName": "customer-360"}),
            ("DeleteCrawler", {"Name": CRAWLER}),
            ("DeleteDatabase", {"Name": RAW_DATABASE}),
            ("DeleteDatabase", {"Name": DATABASE}),
        ):
            try:
                self.api.call(operation, request)
            except Exception as error:
                if not self.is_missing(error):
                    raise
        self.storage.delete(info.url for info in self.storage.list(self.root))

    def _ask_duckdb(self, query: str, scratch: Path) -> tuple[int, ...]:
        import duckdb

        from isinglass_connectors.storage.listing import data_files

        root = f"{self.root}customer_360/"
        for info in data_files(self.storage, root):
            path = scratch / info.url.removeprefix(root)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.storage.read(info.url))
        with duckdb.connect() as connection:
            files = "read_parquet($files, hive_partitioning = true)"
            row = connection.execute(query + files, {"files": str(scratch / "**" / "*.parquet")}).fetchone()
        return tuple(int(value) for value in row or ())

    def _ensure(self, operation: str, request: dict[str, Any]) -> bool:
        """Create something; False when it was there already."""
        try:
            self.api.call(operation, request)
        except Exception as error:
            if self.exists_already(error):
                return False
            raise
        return True
