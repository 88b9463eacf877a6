"""The data folder: one server at a time, its secrets, and what an old dead server left running."""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isinglass.store.sealing import KEY_BYTES

#: Where in a folder what earlier servers left in it waits to be removed.
_LEFT = ".left"


@dataclass(eq=False)
class DataDirInUse(Exception):
    """Another server works on this data folder."""

    path: Path
    pid: int | None

    def __str__(self) -> str:
        holder = f"the server with pid {self.pid}" if self.pid else "another server"
        return f"The data folder {self.path} is in use by {holder}."


class DataDir:
    """A data folder that this process holds until `release`."""

    def __init__(self, path: Path) -> None:
        """Make the folder where it is missing and lock it, or raise DataDirInUse."""
        self.path = path
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise DataDirInUse(path, server_pid(path)) from error
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Let another server have the folder."""
        self.forget_server()
        os.close(self._lock)

    def folder(self, name: str) -> Path:
        """Return a folder within, made where it is missing."""
        path = self.path / name
        path.mkdir(mode=0o700, exist_ok=True)
        return path

    def emptied_folder(self, name: str) -> Path:
        """Return a folder within, in which what a killed server left there is put aside."""
        path = self.folder(name)
        aside = path / _LEFT / secrets.token_hex(8)
        # Moved, not removed: gigabytes must not hold up the start, nor may who still dies write here. Moved
        # within the folder, not with it: it may be a mount or a link, as of who has an encrypted disk for it.
        for entry in list(path.iterdir()):
            if entry.name != _LEFT:
                aside.mkdir(mode=0o700, parents=True, exist_ok=True)
                with contextlib.suppress(PermissionError):  # such as lost+found
                    entry.rename(aside / entry.name)
        return path

    def remove_left(self, name: str) -> None:
        """Remove what was put aside in a folder; what cannot be removed now is at the next start."""
        shutil.rmtree(self.path / name / _LEFT, ignore_errors=True)

    def server_key(self) -> bytes:
        """Return the key that seals secrets; made, whole or not at all, by the first server."""
        path = self.path / "server.key"
        if not path.exists():
            write_private(path, secrets.token_bytes(KEY_BYTES))
        return path.read_bytes()

    def remember_server(self, facts: dict[str, Any]) -> None:
        """Tell other commands where this server is."""
        write_private(self.path / "server.json", json.dumps(facts).encode())

    def forget_server(self) -> None:
        """Take that back."""
        (self.path / "server.json").unlink(missing_ok=True)

    def remember_child(self, name: str, pid: int) -> None:
        """Note a child, for the next server to end should this one be killed."""
        write_private(self.folder("children") / name, f"{pid} {started_at(pid)}".encode())

    def end_orphans(self) -> list[str]:
        """Kill children that an earlier, killed server left; returns their names."""
        ended = []
        for file in sorted(self.folder("children").iterdir()):
            pid, _, start = file.read_text().partition(" ")
            # A process id alone may be another program's by now; with its start time it is the child.
            if pid.isdigit() and start and started_at(int(pid)) == start:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(int(pid), signal.SIGKILL)
                    ended.append(file.name)
            file.unlink()
        return ended


def holder(path: Path) -> int | None:
    """Return the server that holds a data folder now; None when it is free."""
    try:
        descriptor = os.open(path / "lock", os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return server_pid(path)
    finally:
        os.close(descriptor)
    return None


def server_pid(path: Path) -> int | None:
    """Read which process holds a data folder; None when nobody does."""
    try:
        text = (path / "lock").read_text()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def started_at(pid: int) -> str:
    """Return a mark of when a process started; empty when there is none, or no /proc."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def write_private(path: Path, data: bytes) -> None:
    """Replace a file that only its owner may read, atomically and durably."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise
