"""Measures a table of very many partitions: writing them, and expressions with and without an index.

A server process on SQLite is asked for every page, so that what grows with the partitions shows in its time
and its memory. `--partitions 1000000` is the size that the aims speak of.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from api import ACCOUNT, load, request
from paging import HEADING, Client, Pages, prepare, row, serving, walk

from isinglass.domain.catalog_objects import partition_document
from isinglass.flow import index_building
from isinglass.store.store import Store
from isinglass.store.work_context import WorkContext

CUSTOMERS = 5_000
ROUNDS = 3
API_BATCHES = 100
BULK = 5_000
#: Partitions a second that BatchCreatePartition is to make.
AIM_PER_SECOND = 10_000
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


def print_rate(name: str, rate: float, aim: float | None = None) -> None:
    """Print partitions per second, and how that is to what it is to be."""
    compared = "" if aim is None else f"   {rate / aim:5.2f} of the aim"
    print(f"{name:34} {rate:10,.0f} partitions/s{compared}", flush=True)


def build_index(store: Store) -> float:
    """Do the work that a worker would; returns the seconds it took."""
    began = time.perf_counter()
    with store.begin() as tx:
        [item] = tx.work.claim([index_building.KIND], worker="b", now=9e9, lease_seconds=9e9, limit=1)
    index_building.handle(WorkContext(store, time.time), item)
    return time.perf_counter() - began


def listing(client: Client, expression: str) -> Pages:
    """Follow GetPartitions to its end."""
    return walk(
        client, "GetPartitions", {**TABLE, "Expression": expression, "MaxResults": 1000}, "Partitions"
    )


def expressions(partitions: int) -> dict[str, str]:
    """Expressions by what of the partitions they match."""
    late = partitions - partitions // 5
    return {
        "a customer": "customer = 4321",
        "a customer's late days": f"customer = 4321 AND day > {late}",
        "few customers": "customer BETWEEN 4999 AND 6000",
        "nothing": "customer = 987654321",
    }


def ask(client: Client, asked: dict[str, str], kind: str, rounds: int = 1) -> None:
    """Follow listings to their ends and print what that took."""
    for name, expression in asked.items():
        row(f"{kind}: {name}", lambda expression=expression: listing(client, expression), rounds)
    print(f"{'':46} most memory, with the database's mapped pages: {client.peak_mib:,.0f} MiB", flush=True)


def run(database: Path, store: Store, partitions: int) -> None:
    """Fill, ask, index, ask again."""
    in_bulk = partitions - 100 * API_BATCHES
    with serving(database) as client:
        client.call("CreateDatabase", {"DatabaseInput": {"Name": "bench"}})
        table = {"Name": "events", "PartitionKeys": KEYS}
        client.call("CreateTable", {"DatabaseName": "bench", "TableInput": table})
        print_rate("insert below the API", fill(store, 0, in_bulk))
        print_rate("BatchCreatePartition", batch_create(client.port, in_bulk), AIM_PER_SECOND)
    asked = expressions(partitions)
    print(HEADING)
    with serving(database) as client:
        ask(client, {**asked, "everything": "day >= 0"}, "no index")
        index = {"IndexName": "by_customer", "Keys": ["customer", "day"]}
        client.call("CreatePartitionIndex", {**TABLE, "PartitionIndex": index})
        taken = build_index(store)
    with serving(database) as client:
        ask(client, asked, "indexed", ROUNDS)
        print_rate("build the index", partitions / taken)
        print_rate("BatchCreatePartition, indexed", batch_create(client.port, partitions), AIM_PER_SECOND)


def main() -> None:
    """Run against servers of their own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--partitions", type=int, default=200_000)
    partitions = parser.parse_args().partitions
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bench.sqlite"
        store = Store(f"sqlite:///{database}")
        prepare(store)
        try:
            load_average = ", ".join(f"{load:.1f}" for load in os.getloadavg())
            print(f"{partitions:,} partitions of 3 keys, SQLite; load average {load_average}")
            run(database, store, partitions)
        finally:
            store.close()


if __name__ == "__main__":
    main()
