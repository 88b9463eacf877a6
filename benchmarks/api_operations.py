"""Compares requests per second with moto's server, operation by operation: all that both have.

Both get the same signed requests from the same client program, fifty connections, in turns. Reads are
repeated for a second; writes each make, change or remove something else, as many as fit into two seconds.
Beside the requests per second stands the processor time of one, which hardly changes with what else runs.

DeleteResourcePolicy is left out: there is one policy only, so that it cannot be repeated.
"""

import argparse
import json
import sys
import urllib.error
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api import ACCOUNT, MOTO, Running, cpu_seconds, free_port, load, request, running, send, table_input

READ_SECONDS, WRITE_SECONDS = 1.0, 2.0
WRITES = 2_000
#: What reads find: tables, partitions and versions of one, jobs, crawlers, connections.
THINGS = 100
DATABASE = {"DatabaseName": "bench"}
TABLE = {**DATABASE, "TableName": "table_0"}
KEYS = [{"Name": "year", "Type": "string"}, {"Name": "month", "Type": "string"}]
ROLE = f"arn:aws:iam::{ACCOUNT}:role/etl"
COMMAND = {"Name": "glueetl", "ScriptLocation": "s3://scripts/job.py"}
JOB_ARN = f"arn:aws:glue:us-east-1:{ACCOUNT}:job"
TARGETS = {"S3Targets": [{"Path": "s3://lake/raw/"}]}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
            "Action": ["glue:GetTable", "glue:GetTables"],
            "Resource": [f"arn:aws:glue:us-east-1:{ACCOUNT}:*"],
        }
    ],
}
AT_REST = {"EncryptionAtRest": {"CatalogEncryptionMode": "DISABLED"}}
#: Stands for the run of a job that each server has given an id of its own.
RUN = "the run of job_0"

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
    "GetTableVersion": lambda _: {**TABLE, "VersionId": "1"},
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
    "GetResourcePolicy": lambda _: {},
    "GetTags": lambda n: {"ResourceArn": f"{JOB_ARN}/job_{n}"},
    "GetJob": lambda n: {"JobName": f"job_{n}"},
    "GetJobs": lambda _: {},
    "BatchGetJobs": lambda _: {"JobNames": [f"job_{n}" for n in range(25)]},
    "ListJobs": lambda _: {},
    "GetJobRun": lambda _: {"JobName": "job_0", "RunId": RUN},
    "GetJobRuns": lambda _: {"JobName": "job_0"},
    "GetCrawler": lambda n: {"Name": f"crawler_{n}"},
    "GetCrawlers": lambda _: {},
    "BatchGetCrawlers": lambda _: {"CrawlerNames": [f"crawler_{n}" for n in range(25)]},
    "ListCrawlers": lambda _: {},
    "ListCrawls": lambda n: {"CrawlerName": f"crawler_{n}"},
}


@dataclass(frozen=True)
class Write:
    """A writing operation, and what must be done before each of its requests."""

    make: Callable[[int], Document]
    before: tuple[str, ...] = ()


WRITING: dict[str, Write] = {
    "CreateDatabase": Write(lambda n: {"DatabaseInput": {"Name": f"new_{n}"}}),
    "UpdateDatabase": Write(
        lambda n: {"Name": f"new_{n}", "DatabaseInput": {"Name": f"new_{n}", "Description": "x"}},
        ("CreateDatabase",),
    ),
    "DeleteDatabase": Write(lambda n: {"Name": f"new_{n}"}, ("CreateDatabase",)),
    "CreateTable": Write(lambda n: create_table(f"new_{n}")),
    "UpdateTable": Write(lambda n: {**DATABASE, "TableInput": table_input(f"new_{n}")}, ("CreateTable",)),
    "DeleteTable": Write(lambda n: {**DATABASE, "Name": f"new_{n}"}, ("CreateTable",)),
    "BatchDeleteTable": Write(lambda n: {**DATABASE, "TablesToDelete": [f"new_{n}"]}, ("CreateTable",)),
    "DeleteTableVersion": Write(
        lambda n: {**DATABASE, "TableName": f"new_{n}", "VersionId": "1"},
        ("CreateTable", "UpdateTable", "UpdateTable"),
    ),
    "CreatePartition": Write(lambda n: {**TABLE, "PartitionInput": partition(1_000 + n)}),
    "UpdatePartition": Write(
        lambda n: {**TABLE, "PartitionValueList": values(1_000 + n),
                   "PartitionInput": partition(1_000 + n, Parameters={"a": "b"})},
        ("CreatePartition",),
    ),
    "DeletePartition": Write(
        lambda n: {**TABLE, "PartitionValues": values(1_000 + n)}, ("CreatePartition",)
    ),
    "BatchCreatePartition": Write(
        lambda n: {**TABLE, "PartitionInputList": [partition(100_000 + 20 * n + i) for i in range(20)]}
    ),
    "BatchUpdatePartition": Write(
        lambda n: {**TABLE, "Entries": [{"PartitionValueList": values(1_000 + n),
                                         "PartitionInput": partition(1_000 + n, Parameters={"a": "b"})}]},
        ("CreatePartition",),
    ),
    "BatchDeletePartition": Write(
        lambda n: {**TABLE, "PartitionsToDelete": [{"Values": values(1_000 + n)}]}, ("CreatePartition",)
    ),
    "CreateConnection": Write(lambda n: {"ConnectionInput": connection(f"new_{n}")}),
    "CreateJob": Write(lambda n: create_job(f"new_{n}")),
    "DeleteJob": Write(lambda n: {"JobName": f"new_{n}"}, ("CreateJob",)),
    "StartJobRun": Write(lambda n: {"JobName": f"new_{n}"}, ("CreateJob",)),
    "TagResource": Write(
        lambda n: {"ResourceArn": f"{JOB_ARN}/job_{n % THINGS}", "TagsToAdd": {"a": str(n)}}
    ),
    "UntagResource": Write(
        lambda n: {"ResourceArn": f"{JOB_ARN}/job_{n % THINGS}", "TagsToRemove": ["a"]}, ("TagResource",)
    ),
    "CreateCrawler": Write(lambda n: create_crawler(f"new_{n}")),
    "DeleteCrawler": Write(lambda n: {"Name": f"new_{n}"}, ("CreateCrawler",)),
    "StartCrawler": Write(lambda n: {"Name": f"new_{n}"}, ("CreateCrawler",)),
    "StopCrawler": Write(lambda n: {"Name": f"new_{n}"}, ("CreateCrawler", "StartCrawler")),
    "CreateSecurityConfiguration": Write(
        lambda n: {"Name": f"new_{n}", "EncryptionConfiguration": {}}
    ),
    "DeleteSecurityConfiguration": Write(
        lambda n: {"Name": f"new_{n}"}, ("CreateSecurityConfiguration",)
    ),
    "PutDataCatalogEncryptionSettings": Write(lambda _: {"DataCatalogEncryptionSettings": AT_REST}),
    "PutResourcePolicy": Write(lambda _: {"PolicyInJson": json.dumps(POLICY)}),
}  # fmt: skip


def fill(port: int) -> str:
    """Make what reads find; returns the id of a run."""
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
    send(port, "PutResourcePolicy", {"PolicyInJson": json.dumps(POLICY)})
    return str(send(port, "StartJobRun", {"JobName": "job_0"})["JobRunId"])


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
    for before in made.before:
        requests = [request(port, before, WRITING[before].make(number)) for number in numbers]
        load(port, requests, repeat=False, seconds=60)
    requests = [request(port, name, made.make(number)) for number in numbers]
    return measure(server, requests, repeat=False, seconds=WRITE_SECONDS)


def read(server: Running, name: str, run_id: str) -> Figures:
    """Repeat a reading operation."""
    documents = (with_run(READS[name](number), run_id) for number in range(THINGS))
    requests = [request(server.port, name, document) for document in documents]
    return measure(server, requests, repeat=True, seconds=READ_SECONDS)


def with_run(document: Document, run_id: str) -> Document:
    """Put the id of a server's run into a request."""
    return {name: run_id if value == RUN else value for name, value in document.items()}


def measure(server: Running, requests: list[bytes], *, repeat: bool, seconds: float) -> Figures:
    """Load a server with requests."""
    before = cpu_seconds(server.pid)
    found = load(server.port, requests, repeat=repeat, seconds=seconds)
    cpu = (cpu_seconds(server.pid) - before) / found["requests"] * 1e6
    return Figures(float(found["per_second"]), cpu)


def has(port: int, name: str, run_id: str) -> bool:
    """Tell whether a server answers a reading operation."""
    try:
        send(port, name, with_run(READS[name](0), run_id))
    except urllib.error.HTTPError:
        return False
    return True


def compare(ours: Running, theirs: Running, chosen: list[str]) -> dict[str, float]:
    """Measure the operations on both and print the ratios."""
    ratios: dict[str, float] = {}
    our_run, their_run = fill(ours.port), fill(theirs.port)
    numbers = Numbers()
    print(f"{'':34} {'isinglass':>10} {'moto':>10} {'ratio':>7} {'cpu us':>8} {'moto':>8} {'ratio':>7}")
    for name in [*READS, *WRITING]:
        if chosen and name not in chosen:
            continue
        if name in READS:
            if not has(theirs.port, name, their_run):
                print(f"{name:34} not in moto")
                continue
            mine, other = read(ours, name, our_run), read(theirs, name, their_run)
        else:
            new = numbers.take()
            mine, other = write(ours, name, new), write(theirs, name, new)
        ratios[name] = mine.per_second / other.per_second
        print(
            f"{name:34} {mine.per_second:10,.0f} {other.per_second:10,.0f} {ratios[name]:7.1f} "
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
        ratios = compare(ours, theirs, chosen)
    enough = sum(ratio >= 5 for ratio in ratios.values())
    lowest = min(ratios, key=lambda name: ratios[name])
    print(f"lowest ratio {ratios[lowest]:.1f} ({lowest}); at least 5 in {enough} of {len(ratios)}")


if __name__ == "__main__":
    main()
