"""What the object store's process is told."""

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class ObjectStoreConfig:
    """What the process is told; travels as one line of JSON."""

    listen_fd: int
    database_url: str
    server_key: str = field(repr=False)
    #: The folder of the embedded store; empty when another store is used.
    folder: str
    children: str
    region: str
    #: Holds a folder of logs for each account.
    logs: str
    audit_days: int
    endpoint: str = ""
    access_key_id: str = ""
    secret_access_key: str = field(default="", repr=False)
    session_token: str | None = field(default=None, repr=False)
    #: Owns buckets of another store that were not made through the front.
    adopter: str | None = None

    def encode(self) -> bytes:
        """Write the line."""
        return json.dumps(asdict(self)).encode() + b"\n"
