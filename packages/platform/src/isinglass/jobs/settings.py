"""What the platform tells every run and how much it grants them."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from isinglass.domain.permissions.copies import Errand
from isinglass.store.sealing import Sealer
from isinglass.store.store import Transaction


@dataclass(frozen=True, slots=True)
class Credentials:
    """A temporary key pair with its token; exists only while its run does."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    #: Whether policies limit the holder: such a process never sees the server's own files.
    limited: bool = False


class KeyIssuer(Protocol):
    """Makes keys that runs sign their requests with."""

    @property
    def sealer(self) -> Sealer:
        """What seals them, and the keys of runs' logs."""
        ...

    def issue(
        self,
        tx: Transaction,
        *,
        account_id: str,
        role: str,
        session: str,
        now: float,
        expires_at: float,
        context: dict[str, Any] | None = None,
        session_policy: str | None = None,
    ) -> Credentials:
        """Insert a temporary key that acts as a session of a role, and return it in the clear, this once.

        The role is given by its ARN or its name. The context is kept with the key, for what is done with it
        to be known as the run's. With a session policy, the key may do what both it and the role's allow.
        """
        ...

    def copy(
        self, tx: Transaction, *, account_id: str, errand: Errand, now: float, expires_at: float
    ) -> Credentials:
        """Insert a temporary key that acts as the account itself, but for objects beyond its errand."""
        ...

    def lend(
        self, tx: Transaction, *, access_key_id: str, now: float, expires_at: float
    ) -> Credentials | None:
        """Insert a temporary key that acts as the holder of another, None when that is gone."""
        ...


def machine_memory() -> int:
    """Bytes of memory of this machine, or of the container it runs in."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if sys.platform == "linux":
        try:
            text = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
        except OSError:
            return total
        if text.isdigit():
            return min(total, int(text))
    return total


@dataclass(frozen=True, slots=True)
class JobSettings:
    """Settings of a worker that executes job runs; `app` makes them."""

    #: Where runs reach this server.
    endpoint_url: str
    s3_endpoint_url: str
    region: str
    #: Holds a folder per running run; local to this machine.
    scratch_root: str
    #: Holds installed --additional-python-modules between runs.
    modules_dir: str
    #: Gives the folder of an account's logs.
    log_directory: Callable[[str], str]
    may_use_local_files: Callable[[str], bool]
    #: How many runs may be in hand at once; each is granted its share of the machine.
    slots: int = field(default_factory=lambda: min(8, max(2, os.cpu_count() or 1)))
    machine_bytes: int = field(default_factory=machine_memory)
    #: Seconds between SIGTERM and SIGKILL.
    grace_seconds: float = 5.0
    log_limit: int = 64 * 1024 * 1024
    #: The Spark Connect address for runs with the engine `spark` or `auto`; empty when there is none.
    spark_connect: str = ""
