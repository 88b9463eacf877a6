"""Compares the API's throughput and latency with moto's server: GetTable and CreateTable, 50 clients each.

Both get the same signed requests from the same client program; we check the signatures, moto does not.
"""

import json
import math
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from load_client import SEPARATOR

from isinglass.domain.signature import Credentials, sign_headers

if TYPE_CHECKING:
    from isinglass.operations.context import Services

HERE = Path(__file__).parent
MOTO = HERE.parent / ".venv-bench/bin/moto_server"
CONNECTIONS = 50
SECONDS = 3.0
ROUNDS = 3
TABLES = 500
NEW_TABLES = 20_000
ACCOUNT = "123456789012"
REGION = "us-east-1"
#: Processor time hardly changes with what else the machine does; the others do.
FIGURES = {"per_second": "requests/s", "p50_ms": "p50 ms", "p99_ms": "p99 ms", "cpu_us": "cpu us"}
CREDENTIALS = Credentials("AKIABENCHMARK0000001", secrets.token_urlsafe(30))


@dataclass(frozen=True)
class Running:
    """A server process."""

    port: int
    pid: int


def table_input(name: str) -> dict[str, Any]:
    """A table of twenty columns and two partition keys, as a crawler leaves it."""
    columns = [{"Name": f"column_{n}", "Type": "string", "Comment": f"the {n}th"} for n in range(20)]
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "parquet", "averageRecordSize": "120"},
        "PartitionKeys": [{"Name": "year", "Type": "string"}, {"Name": "month", "Type": "string"}],
        "StorageDescriptor": {
            "Columns": columns,
            "Location": f"s3://lake/bench/{name}/",
            "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            "SerdeInfo": {
                "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
            },
        },
    }


def request(
    port: int, operation: str, document: dict[str, Any], credentials: Credentials = CREDENTIALS
) -> bytes:
    """Write one signed HTTP request."""
    body = json.dumps(document).encode()
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": f"AWSGlue.{operation}",
        "content-length": str(len(body)),
    }
    signed = sign_headers(
        credentials, region=REGION, service="glue", method="POST", host=f"127.0.0.1:{port}", path="/",
        headers=headers, body=body, now=time.time(),
    )  # fmt: skip
    lines = "".join(f"{name}: {value}\r\n" for name, value in signed.items())
    return f"POST / HTTP/1.1\r\n{lines}\r\n".encode() + body


def send(port: int, operation: str, document: dict[str, Any]) -> dict[str, Any]:
    """Send one request and insist on success; returns the answer."""
    head, _, body = request(port, operation, document).partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    answer = urllib.request.urlopen(
        urllib.request.Request(f"http://127.0.0.1:{port}/", data=body, headers=headers, method="POST"),
        timeout=10,
    ).read()
    found: dict[str, Any] = json.loads(answer or b"{}")
    return found


def load(port: int, requests: list[bytes], *, repeat: bool, seconds: float) -> dict[str, Any]:
    """Run the client program over requests."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(SEPARATOR.join(requests))
        file.flush()
        command = [sys.executable, str(HERE / "load_client.py"), "127.0.0.1", str(port), file.name]
        command += [str(CONNECTIONS), str(seconds), "repeat" if repeat else "once"]
        measured: dict[str, Any] = json.loads(
            subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        )
    if measured["failures"]:
        raise SystemExit(
            f"{measured['failures']} requests failed, the first with {measured['first_failure']}"
        )
    return measured


def cpu_seconds(pid: int) -> float:
    """Read how much processor time a process has used; nan where there is no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return math.nan
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def prepare(port: int) -> None:
    """Fill a server with tables to read."""
    send(port, "CreateDatabase", {"DatabaseInput": {"Name": "bench"}})
    for number in range(TABLES):
        send(port, "CreateTable", {"DatabaseName": "bench", "TableInput": table_input(f"table_{number}")})


def measure(server: Running, round_number: int) -> dict[str, dict[str, Any]]:
    """Measure both operations on one server."""
    port = server.port
    reads = [
        request(port, "GetTable", {"DatabaseName": "bench", "Name": f"table_{n}"}) for n in range(TABLES)
    ]
    writes = [
        request(
            port,
            "CreateTable",
            {"DatabaseName": "bench", "TableInput": table_input(f"new_{round_number}_{number}")},
        )
        for number in range(NEW_TABLES)
    ]
    load(port, reads, repeat=True, seconds=0.5)
    measured = {}
    for operation, requests in (("GetTable", reads), ("CreateTable", writes)):
        before = cpu_seconds(server.pid)
        found = load(port, requests, repeat=requests is reads, seconds=SECONDS)
        found["cpu_us"] = (cpu_seconds(server.pid) - before) / found["requests"] * 1e6
        measured[operation] = found
    return measured


def median(rounds: list[dict[str, dict[str, Any]]], operation: str, name: str) -> float:
    """Take the median of one figure over the rounds."""
    return float(statistics.median(measured[operation][name] for measured in rounds))


@contextmanager
def running(command: list[str], port: int) -> Iterator[Running]:
    """Run a server until the block ends."""
    environment = {**os.environ, "BENCHMARK_SECRET": CREDENTIALS.secret_access_key}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            deadline = time.monotonic() + 30
            while server.poll() is None and time.monotonic() < deadline:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield Running(port, server.pid)
        finally:
            server.terminate()


def free_port() -> int:
    """Find a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class LogsOnly:
    """All that the gateway and the catalog use of a server's services: a folder for logs, and a seal."""

    folder: str

    def log_directory(self, account_id: str) -> str:
        """The folder that holds one account's logs."""
        return f"{self.folder}/logs/{account_id}"

    def may_use_local_files(self, account_id: str) -> bool:
        """Let crawlers name the server's own files, as the first account may."""
        return bool(account_id)

    @cached_property
    def sealer(self) -> Any:
        """Seals passwords of connections; a server has one as long as it runs."""
        from isinglass.store.sealing import Sealer

        return Sealer(bytes(32))


def serve(port: int) -> None:
    """Serve the API on a fresh SQLite database with production settings, until terminated."""
    import signal

    from isinglass.gateway.garbage import collect_seldom
    from isinglass.gateway.server import GatewaySettings, Server, listen
    from isinglass.store import schema
    from isinglass.store.access_keys import AccessKey
    from isinglass.store.accounts import Account
    from isinglass.store.sealing import Sealer
    from isinglass.store.store import Store

    ending = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)  # in every thread, or the signal would not wait for us
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/bench.sqlite")
        schema.upgrade(store)
        server_key = os.urandom(32)
        sealed = Sealer(server_key).seal(os.environ["BENCHMARK_SECRET"].encode(), CREDENTIALS.access_key_id)
        with store.begin() as tx:
            tx.accounts.insert(Account(ACCOUNT, "bench", time.time()))
            arn = f"arn:aws:iam::{ACCOUNT}:root"
            tx.access_keys.insert(AccessKey(CREDENTIALS.access_key_id, ACCOUNT, sealed, arn, time.time()))
        settings = GatewaySettings(access_log=Path(folder) / "access.log")
        services = cast("Services", LogsOnly(folder))
        server = Server(store, services, server_key, settings)
        server.start(listen("127.0.0.1", port))
        collect_seldom()  # as `isinglass up` does once it has started
        signal.sigwait(ending)
        server.stop()


def main() -> None:
    """Measure both servers and print the ratios."""
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]))
        return
    if not MOTO.exists():
        raise SystemExit("moto is not installed: run `tools/setup_env.sh bench`.")
    our_port, moto_port = free_port(), free_port()
    ours, moto = [], []
    with (
        running([sys.executable, __file__, "serve", str(our_port)], our_port) as isinglass_server,
        running([str(MOTO), "-p", str(moto_port)], moto_port) as moto_server,
    ):
        prepare(our_port)
        prepare(moto_port)
        # Taken in turns, so that whatever else the machine does meets both.
        for number in range(ROUNDS):
            ours.append(measure(isinglass_server, number))
            moto.append(measure(moto_server, number))
    print(f"{'':12} {'':10} {'isinglass':>10} {'moto':>10} {'ratio':>7}")
    for operation in ("GetTable", "CreateTable"):
        for name, unit in FIGURES.items():
            mine, theirs = median(ours, operation, name), median(moto, operation, name)
            print(f"{operation:12} {unit:10} {mine:10.1f} {theirs:10.1f} {mine / theirs:7.2f}")


if __name__ == "__main__":
    main()
