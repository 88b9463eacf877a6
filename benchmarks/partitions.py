"""Measures a table of very many partitions: writing them, and the first page of a selective expression.

The same expression is asked with and without a partition index, of the same rows in the same process, through
boto3 and a live server on SQLite. `--partitions 1000000` is the size that the targets speak of.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from api import ACCOUNT, CREDENTIALS, LogsOnly, load, request
from botocore.config import Config

from isinglass.domain.catalog_objects import partition_document
from isinglass.flow import index_building
from isinglass.gateway.server import GatewaySettings, Server, listen
from isinglass.store import schema
from isinglass.store.access_keys import AccessKey
from isinglass.store.accounts import Account
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store
from isinglass.store.work_context import WorkContext

SERVER_KEY = bytes(32)
CUSTOMERS = 5_000
ROUNDS = 7
API_BATCHES = 100
BULK = 5_000
KEYS = [
    {"Name": "region", "Type": "string"},
    {"Name": "customer", "Type": "int"},
    {"Name": "day", "Type": "int"},
]
TABLE = {"DatabaseName": "bench", "TableName": "events"}


def values(number: int) -> list[str]:
    """The values of one partition: few regions, many customers, more days."""
    return [f"r{number % 7}", str(number % CUSTOMERS), str(number)]


def partition_input(number: int) -> dict[str, Any]:
    """A partition as a crawler leaves it."""
    region, customer, day = values(number)
    return {
        "Values": [region, customer, day],
        "StorageDescriptor": {
            "Columns": [{"Name": f"column_{n}", "Type": "string"} for n in range(5)],
            "Location": f"s3://lake/events/{region}/{customer}/{day}/",
        },
    }


def prepare(store: Store) -> None:
    """Make the account, its key and the table."""
    schema.upgrade(store)
    with store.begin() as tx:
        tx.accounts.insert(Account(ACCOUNT, "benchmark", time.time()))
        sealed = Sealer(SERVER_KEY).seal(CREDENTIALS.secret_access_key.encode(), CREDENTIALS.access_key_id)
        arn = f"arn:aws:iam::{ACCOUNT}:root"
        tx.access_keys.insert(AccessKey(CREDENTIALS.access_key_id, ACCOUNT, sealed, arn, time.time()))


def client(port: int) -> Any:
    """Make a client of the server."""
    return boto3.client(
        "glue",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id=CREDENTIALS.access_key_id,
        aws_secret_access_key=CREDENTIALS.secret_access_key,
        config=Config(parameter_validation=False),
    )


def fill(store: Store, first: int, count: int) -> float:
    """Insert the bulk of the partitions below the API; returns partitions per second."""
    began = time.perf_counter()
    for start in range(first, first + count, BULK):
        with store.begin() as tx:
            table = tx.tables.hold(ACCOUNT, "bench", "events")
            numbers = range(start, min(start + BULK, first + count))
            rows = [(values(number), partition_document(partition_input(number))) for number in numbers]
            tx.partitions.insert(table, rows, time.time())
    return count / (time.perf_counter() - began)


def batch_create(port: int, first: int) -> float:
    """Create partitions with BatchCreatePartition, a hundred a call; returns partitions per second.

    The calls are signed beforehand and sent by another process: boto3 takes longer to write them than we to
    answer.
    """
    batches = ([partition_input(first + 100 * batch + n) for n in range(100)] for batch in range(API_BATCHES))
    requests = [
        request(port, "BatchCreatePartition", {**TABLE, "PartitionInputList": batch}) for batch in batches
    ]
    return 100 * load(port, requests, repeat=False, seconds=600)["per_second"]


def first_page(glue: Any, expression: str) -> Callable[[], int]:
    """Make a call that asks until the first partition arrives; returns how many pages that took."""

    def ask() -> int:
        token: dict[str, str] = {}
        for pages in range(1, 10_000):
            answer = glue.get_partitions(**TABLE, Expression=expression, **token)
            if answer["Partitions"] or "NextToken" not in answer:
                return pages
            token = {"NextToken": answer["NextToken"]}
        raise AssertionError("no end of pages")

    return ask


def measure(ask: Callable[[], int], rounds: int) -> tuple[float, int]:
    """Call a few times; returns the median in milliseconds, and the pages."""
    taken, pages = [], 0
    for _ in range(rounds):
        began = time.perf_counter()
        pages = ask()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000, pages


def build_index(store: Store) -> float:
    """Do the work that a worker would; returns the seconds it took."""
    began = time.perf_counter()
    with store.begin() as tx:
        [item] = tx.work.claim([index_building.KIND], worker="b", now=9e9, lease_seconds=9e9, limit=1)
    index_building.handle(WorkContext(store, time.time), item)
    return time.perf_counter() - began


def run(store: Store, port: int, partitions: int) -> None:
    """Fill, ask, index, ask again."""
    glue = client(port)
    glue.create_database(DatabaseInput={"Name": "bench"})
    glue.create_table(DatabaseName="bench", TableInput={"Name": "events", "PartitionKeys": KEYS})
    in_bulk = partitions - 100 * API_BATCHES
    print(f"insert below the API           {fill(store, 0, in_bulk):10,.0f} partitions/s")
    print(f"BatchCreatePartition           {batch_create(port, in_bulk):10,.0f} partitions/s")
    late = partitions - partitions // 5
    expressions = ["customer = 4321", f"customer = 4321 AND day > {late}", "customer BETWEEN 4999 AND 6000"]
    without = [measure(first_page(glue, text), 1) for text in expressions]
    index = {"IndexName": "by_customer", "Keys": ["customer", "day"]}
    glue.create_partition_index(**TABLE, PartitionIndex=index)
    taken = build_index(store)
    print(f"build the index                {partitions / taken:10,.0f} partitions/s")
    for text, (slow, pages) in zip(expressions, without, strict=True):
        fast, _ = measure(first_page(glue, text), ROUNDS)
        print(f"{text:34} {slow:9.1f} ms in {pages} pages without, {fast:6.1f} ms with ({slow / fast:.0f} x)")
    rate = batch_create(port, partitions)
    print(f"BatchCreatePartition, indexed  {rate:10,.0f} partitions/s")


def main() -> None:
    """Run against a server of this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--partitions", type=int, default=200_000)
    partitions = parser.parse_args().partitions
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/bench.sqlite")
        prepare(store)
        settings = GatewaySettings(Path(folder) / "access.log")
        server = Server(store, LogsOnly(folder), SERVER_KEY, settings)
        listening = listen("127.0.0.1", 0)
        server.start(listening)
        try:
            print(f"{partitions:,} partitions of 3 keys, SQLite")
            run(store, listening.getsockname()[1], partitions)
        finally:
            server.stop()
            store.close()


if __name__ == "__main__":
    main()
