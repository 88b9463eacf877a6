"""How much memory a run's processes hold; read from /proc, so 0 where there is none."""

import os
from pathlib import Path

_PROC = Path("/proc")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def resident_bytes(session: int) -> int:
    """Sum the resident memory of every process in a run's session: what it forked counts, too."""
    if not _PROC.is_dir():
        return 0
    return sum(_resident(folder / "stat", session) for folder in _PROC.iterdir() if folder.name.isdigit())


def _resident(stat: Path, session: int) -> int:
    try:
        # The command in parentheses may hold spaces; what follows it does not.
        fields = stat.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(fields[21]) * _PAGE if int(fields[3]) == session else 0
