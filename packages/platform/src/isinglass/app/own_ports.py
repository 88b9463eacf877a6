"""The ports that the server's own processes listen on, as the kernel tells them."""

import os
from collections.abc import Collection
from pathlib import Path

_LISTENING = "0A"


def listening_ports(known: Collection[int] = ()) -> frozenset[int]:
    """List the TCP ports of this process and all that it started; elsewhere than on Linux those known."""
    inodes = _listening_inodes()
    found = set(known)
    for pid in _family(os.getpid()):
        for link in _links(Path(f"/proc/{pid}/fd")):
            if link in inodes:
                found.add(inodes[link])
    return frozenset(found)


def _listening_inodes() -> dict[str, int]:
    """Map listening sockets, as descriptors name them, to their ports."""
    ports = {}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == _LISTENING:
                ports[f"socket:[{fields[9]}]"] = int(fields[1].rpartition(":")[2], 16)
    return ports


def _family(root: int) -> set[int]:
    """Find a process and its descendants."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat") if Path("/proc").is_dir() else ():
        try:
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue  # it ended meanwhile
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return family


def _links(folder: Path) -> list[str]:
    found = []
    for descriptor in _descriptors(folder):
        try:
            found.append(str(descriptor.readlink()))
        except OSError:
            continue  # closed meanwhile
    return found


def _descriptors(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []  # the process ended, or is another user's
