"""Compares requests per second with moto's server, operation by operation: all of the catalog that both have.

Both get the same signed requests from the same client program, fifty connections, in turns. Reads are
repeated for a second; writes each make, change or remove something else, as many as fit into two seconds.
Beside the requests per second stands the processor time of one, which hardly changes with what else runs.
"""

import argparse
import sys
import urllib.error
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api import ACCOUNT, MOTO, Running, cpu_seconds, free_port, load, request, running, send, table_input

READ_SECONDS, WRITE_SECONDS = 1.0, 2.0
WRITES = 3_000
#: What reads find: tables, partitions and versions of one, jobs, crawlers, connections.
THINGS = 100
DATABASE = {"DatabaseName": "bench"}
TABLE = {**DATABASE, "TableName": "table_0"}
KEYS = [{"Name": "year", "Type": "string"}, {"Name": "month", "Type": "string"}]
ROLE = f"arn:aws:iam::{ACCOUNT}:role/etl"
COMMAND = {"Name": "glueetl", "ScriptLocation": "s3://scripts/job.py"}
JOB_ARN = f"arn:aws:glue:us-east-1:{ACCOUNT}:job"
TARGETS = {"S3Targets": [{"Path": "s3://lake/raw/"}]}

Document = dict[str, Any]


def partition(number: int, **members: Any) -> Document:
    """A partition as a crawler leaves it."""
    descriptor = {
        "Columns": table_input("x")["StorageDescriptor"]["Columns"],
        "Location": f"s3://lake/{number}/",
    }
    return {"Values": values(number), "StorageDescriptor": descriptor, **members}


def values(number: int) -> list[str]:
    """The values of one partition."""
    return [str(number // 12), f"{number % 12 + 1:02}"]


def connection(name: str) -> Document:
    """A connection to a database."""
    properties = {"JDBC_CONNECTION_URL": "jdbc:postgresql://db/x", "USERNAME": "u", "PASSWORD": "p"}
    return {"Name": name, "ConnectionType": "JDBC", "ConnectionProperties": properties}


def create_job(name: str) -> Document:
    """Ask for a job."""
    return {"Name": name, "Role": ROLE, "Command": COMMAND, "Tags": {"team": "sales"}}


def create_crawler(name: str) -> Document:
    """Ask for a crawler."""
    return {"Name": name, "Role": ROLE, "DatabaseName": "bench", "Targets": TARGETS}


def create_table(name: str) -> Document:
    """Ask for a table."""
    return {**DATABASE, "TableInput": table_input(name)}


READS: dict[str, Callable[[int], Document]] = {
    "GetDatabase": lambda _: {"Name": "bench"},
    "GetDatabases": lambda _: {},
    "GetTable": lambda n: {**DATABASE, "Name": f"table_{n}"},
    "GetTables": lambda _: DATABASE,
    "GetTableVersion": lambda _: {**TABLE, "VersionId": "0"},
    "GetTableVersions": lambda _: TABLE,
    "GetPartition": lambda n: {**TABLE, "PartitionValues": values(n)},
    "GetPartitions": lambda _: TABLE,
    "BatchGetPartition": lambda _: {**TABLE, "PartitionsToGet": [{"Values": values(n)} for n in range(25)]},
    "GetPartitionIndexes": lambda _: TABLE,
    "GetConnection": lambda n: {"Name": f"connection_{n}"},
    "GetConnections": lambda _: {},
    "GetDataCatalogEncryptionSettings": lambda _: {},
    "GetSecurityConfiguration": lambda _: {"Name": "sealed"},
    "GetSecurityConfigurations": lambda _: {},
    "GetTags": lambda n: {"ResourceArn": f"{JOB_ARN}/job_{n}"},
    "GetJob": lambda n: {"JobName": f"job_{n}"},
    "GetJobs": lambda _: {},
    "BatchGetJobs": lambda _: {"JobNames": [f"job_{n}" for n in range(25)]},
    "ListJobs": lambda _: {},
    "GetCrawler": lambda n: {"Name": f"crawler_{n}"},
    "GetCrawlers": lambda _: {},
    "BatchGetCrawlers": lambda _: {"CrawlerNames": [f"crawler_{n}" for n in range(25)]},
    "ListCrawlers": lambda _: {},
}


@dataclass(frozen=True)
class Write:
    """A writing operation, and what must be there for each of its requests."""

    make: Callable[[int], Document]
    before: str | None = None


WRITING: dict[str, Write] = {
    "CreateDatabase": Write(lambda n: {"DatabaseInput": {"Name": f"new_{n}"}}),
    "UpdateDatabase": Write(
        lambda n: {"Name": f"new_{n}", "DatabaseInput": {"Name": f"new_{n}", "Description": "x"}},
        "CreateDatabase",
    ),
    "DeleteDatabase": Write(lambda n: {"Name": f"new_{n}"}, "CreateDatabase"),
    "CreateTable": Write(lambda n: create_table(f"new_{n}")),
    "UpdateTable": Write(lambda n: {**DATABASE, "TableInput": table_input(f"new_{n}")}, "CreateTable"),
    "DeleteTable": Write(lambda n: {**DATABASE, "Name": f"new_{n}"}, "CreateTable"),
    "BatchDeleteTable": Write(lambda n: {**DATABASE, "TablesToDelete": [f"new_{n}"]}, "CreateTable"),
    "CreatePartition": Write(lambda n: {**TABLE, "PartitionInput": partition(1_000 + n)}),
    "UpdatePartition": Write(
        lambda n: {**TABLE, "PartitionValueList": values(1_000 + n),
                   "PartitionInput": partition(1_000 + n, Parameters={"a": "b"})},
        "CreatePartition",
    ),
    "DeletePartition": Write(lambda n: {**TABLE, "PartitionValues": values(1_000 + n)}, "CreatePartition"),
    "BatchCreatePartition": Write(
        lambda n: {**TABLE, "PartitionInputList": [partition(100_000 + 20 * n + i) for i in range(20)]}
    ),
    "CreateConnection": Write(lambda n: {"ConnectionInput": connection(f"new_{n}")}),
    "CreateJob": Write(lambda n: create_job(f"new_{n}")),
    "DeleteJob": Write(lambda n: {"JobName": f"new_{n}"}, "CreateJob"),
    "TagResource": Write(
        lambda n: {"ResourceArn": f"{JOB_ARN}/job_{n % THINGS}", "TagsToAdd": {"a": str(n)}}
    ),
    "CreateCrawler": Write(lambda n: create_crawler(f"new_{n}")),
    "DeleteCrawler": Write(lambda n: {"Name": f"new_{n}"}, "CreateCrawler"),
}  # fmt: skip


def fill(port: int) -> None:
    """Make what reads find."""
    send(port, "CreateDatabase", {"DatabaseInput": {"Name": "bench"}})
    send(port, "CreateSecurityConfiguration", {"Name": "sealed", "EncryptionConfiguration": {}})
    for number in range(THINGS):
        send(port, "CreateTable", create_table(f"table_{number}"))
        send(port, "CreatePartition", {**TABLE, "PartitionInput": partition(number)}) if number else None
        send(port, "CreateConnection", {"ConnectionInput": connection(f"connection_{number}")})
        send(port, "CreateJob", create_job(f"job_{number}"))
        send(port, "CreateCrawler", create_crawler(f"crawler_{number}"))
    send(port, "CreatePartition", {**TABLE, "PartitionInput": partition(0)})
    for _ in range(5):
        send(port, "UpdateTable", create_table("table_0"))


class Numbers:
    """Numbers for things that writes make, never the same twice."""

    def __init__(self) -> None:
        self.next = 0

    def take(self) -> range:
        self.next += WRITES
        return range(self.next - WRITES, self.next)


@dataclass(frozen=True)
class Figures:
    """Requests per second, and microseconds of processor time that one took."""

    per_second: float
    cpu_us: float


def write(server: Running, name: str, numbers: range) -> Figures:
    """Send the requests of a writing operation."""
    port = server.port
    made = WRITING[name]
    if made.before is not None:
        requests = [request(port, made.before, WRITING[made.before].make(number)) for number in numbers]
        load(port, requests, repeat=False, seconds=60)
    requests = [request(port, name, made.make(number)) for number in numbers]
    return measure(server, requests, repeat=False, seconds=WRITE_SECONDS)


def read(server: Running, name: str) -> Figures:
    """Repeat a reading operation."""
    requests = [request(server.port, name, READS[name](number)) for number in range(THINGS)]
    return measure(server, requests, repeat=True, seconds=READ_SECONDS)


def measure(server: Running, requests: list[bytes], *, repeat: bool, seconds: float) -> Figures:
    """Load a server with requests."""
    before = cpu_seconds(server.pid)
    found = load(server.port, requests, repeat=repeat, seconds=seconds)
    cpu = (cpu_seconds(server.pid) - before) / found["requests"] * 1e6
    return Figures(float(found["per_second"]), cpu)


def has(port: int, name: str) -> bool:
    """Tell whether a server answers a reading operation."""
    try:
        send(port, name, READS[name](0))
    except urllib.error.HTTPError:
        return False
    return True


def compare(ours: Running, theirs: Running, chosen: list[str]) -> list[float]:
    """Measure the operations on both and print the ratios."""
    ratios = []
    numbers = Numbers()
    print(f"{'':34} {'isinglass':>10} {'moto':>10} {'ratio':>7} {'cpu us':>8} {'moto':>8} {'ratio':>7}")
    for name in [*READS, *WRITING]:
        if chosen and name not in chosen:
            continue
        if name in READS:
            if not has(theirs.port, name):
                print(f"{name:34} not in moto")
                continue
            mine, other = read(ours, name), read(theirs, name)
        else:
            new = numbers.take()
            mine, other = write(ours, name, new), write(theirs, name, new)
        ratios.append(mine.per_second / other.per_second)
        print(
            f"{name:34} {mine.per_second:10,.0f} {other.per_second:10,.0f} {ratios[-1]:7.1f} "
            f"{mine.cpu_us:8,.0f} {other.cpu_us:8,.0f} {other.cpu_us / mine.cpu_us:7.1f}",
            flush=True,
        )
    return ratios


def main() -> None:
    """Start both servers, fill them and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("operations", nargs="*")
    chosen = parser.parse_args().operations
    if not MOTO.exists():
        raise SystemExit("moto is not installed: run `tools/setup_env.sh bench`.")
    our_port, moto_port = free_port(), free_port()
    server = [sys.executable, __file__.replace("api_operations", "api"), "serve", str(our_port)]
    with running(server, our_port) as ours, running([str(MOTO), "-p", str(moto_port)], moto_port) as theirs:
        each: list[Running] = [ours, theirs]
        for one in each:
            fill(one.port)
        ratios = compare(ours, theirs, chosen)
    enough = sum(ratio >= 5 for ratio in ratios)
    print(f"lowest ratio {min(ratios):.1f}; at least 5 in {enough} of {len(ratios)}")


if __name__ == "__main__":
    main()
