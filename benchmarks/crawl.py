"""Crawl 10,000 small files in 500 partitions, on S3 and on local disk: time, requests, memory.

    python benchmarks/crawl.py [--files 10000] [--partitions 500]

Each store is crawled twice: everything new, then nothing changed. The object store is the embedded one.
"""

import argparse
import resource
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from isinglass.app import weed
from isinglass.crawl import runner
from isinglass.crawl.runner import CrawlRunner
from isinglass.operations.crawlers.definition import define
from isinglass.store import schema
from isinglass.store.store import Store
from isinglass.store.work_context import WorkContext
from isinglass_connectors.storage.options import StorageOptions
from isinglass_connectors.storage.storage import Storage

ACCOUNT = "123456789012"


@dataclass(frozen=True)
class Services:
    """What the runner asks for, over one folder and one endpoint."""

    folder: Path
    options: StorageOptions

    @contextmanager
    def storage_of_role(self, _account_id: str, _role: str, _session: str) -> Iterator[StorageOptions]:
        yield self.options

    def log_directory(self, _account_id: str) -> str:
        return str(self.folder / "logs")

    def may_use_local_files(self, _account_id: str) -> bool:
        return True


@contextmanager
def object_store(folder: Path) -> Iterator[StorageOptions]:
    """Run SeaweedFS for the time of a benchmark."""
    prepared = weed.prepare(folder)
    process = subprocess.Popen(
        prepared.arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder
    )
    try:
        wait_for(prepared.url)
        yield StorageOptions(
            endpoint=prepared.url,
            access_key_id=prepared.access_key_id,
            secret_access_key=prepared.secret_access_key,
        )
    finally:
        process.kill()  # its data is thrown away
        process.wait(20)


def wait_for(url: str) -> None:
    """Wait until something answers HTTP."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=1)
        except urllib.error.HTTPError:
            return
        except (TimeoutError, OSError):
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


def make_files(write: Callable[[str, bytes], None], files: int, partitions: int) -> None:
    """Write JSON lines files under day=… folders; a column is added half-way."""

    def lines(more: str) -> bytes:
        rows = (f'"id": {n}, "customer": "c{n}", "amount": {n}.5{more}' for n in range(20))
        return "".join(f"{{{row}}}\n" for row in rows).encode()

    body = {False: lines(""), True: lines(', "note": "x"')}
    per_partition = files // partitions

    def write_partition(number: int) -> None:
        folder = f"events/year={2020 + number // 366}/day={number % 366:03}"
        for file in range(per_partition):
            write(f"{folder}/part-{file:05}.json", body[number > partitions // 2])

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write_partition, range(partitions)))


def crawl(store: Store, services: Services, path: str) -> float:
    """Run one crawl of a path; returns its seconds."""
    name = path
    definition = define({"Role": "r", "DatabaseName": "bench", "Targets": {"S3Targets": [{"Path": path}]}})
    crawl_id = str(uuid.uuid4())
    with store.begin() as tx:
        tx.crawlers.insert(ACCOUNT, name, definition, time.time())
        crawler = tx.crawlers.lock(ACCOUNT, name)
        assert crawler
        tx.crawls.begin(ACCOUNT, name, crawl_id, time.time())
        tx.crawlers.begin_crawl(crawler, crawl_id)
        payload = {"CrawlerName": name, "CrawlId": crawl_id, "Region": "us-east-1"}
        tx.work.enqueue("crawl", ACCOUNT, payload, now=time.time())
        (item,) = tx.work.claim(["crawl"], worker="w", now=time.time(), lease_seconds=600, limit=1)
    began = time.perf_counter()
    CrawlRunner(services)(WorkContext(store, time.time), item)
    seconds = time.perf_counter() - began
    with store.read() as tx:
        ended = tx.crawls.find(ACCOUNT, crawl_id)
    assert ended is not None
    assert ended.state == "COMPLETED", ended
    return seconds


class Counting:
    """Counts the requests of the storages that crawls open."""

    def __init__(self) -> None:
        self.opened: list[Storage] = []
        self._open = runner.open_storage
        runner.open_storage = self._counted  # type: ignore[assignment]

    def _counted(self, access: StorageOptions) -> Storage:
        storage = self._open(access)
        self.opened.append(storage)
        return storage

    def take(self) -> int:
        """Say how many requests there were since the last time."""
        count = sum(storage.requests for storage in self.opened)
        self.opened.clear()
        return count


class PeakMemory:
    """Watches this process's resident memory while crawls run."""

    def __init__(self) -> None:
        self.peak = 0
        self._done = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        page = resource.getpagesize()
        while not self._done.wait(0.02):
            self.peak = max(self.peak, int(Path("/proc/self/statm").read_text().split()[1]) * page)

    def stop(self) -> int:
        """Stop and answer the peak in bytes."""
        self._done.set()
        return self.peak


def measure(label: str, store: Store, services: Services, path: str) -> None:
    """Crawl a path twice and print both."""
    counting = Counting()
    for which in ("everything new", "nothing changed"):
        memory = PeakMemory()
        seconds = crawl(store, services, path)
        requests = counting.take()
        print(f"{label:6} {which:16} {seconds:7.2f} s {requests:7} requests {memory.stop() / 2**20:7.0f} MiB")


def main() -> None:
    """Make the files, crawl them, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--partitions", type=int, default=500)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        store = Store(f"sqlite:///{folder / 'catalog.sqlite'}")
        schema.upgrade(store)

        def write_local(path: str, data: bytes) -> None:
            target = folder / "local" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)

        make_files(write_local, arguments.files, arguments.partitions)
        measure("local", store, Services(folder, StorageOptions()), f"{folder}/local/")
        with object_store(folder / "objects") as options:
            storage = Storage(options)
            storage.s3.client.create_bucket(Bucket="bench")
            make_files(
                lambda path, data: storage.write(f"s3://bench/{path}", data),
                arguments.files,
                arguments.partitions,
            )
            measure("s3", store, Services(folder, options), "s3://bench/")
        store.close()


if __name__ == "__main__":
    main()
