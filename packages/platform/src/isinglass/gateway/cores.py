"""Which cores threads run on that take turns at the interpreter.

Only one of them runs at a time anyway, and a thread that reads or writes a database hands the interpreter
over at every row. To a thread on another core that takes a wake-up, and what both use moves between caches.
"""

import contextlib
import os
from pathlib import Path

Cores = frozenset[int]

#: Any core that the process may run on, or what a system tells that does not know.
ANYWHERE: Cores = frozenset()


def allowed() -> Cores:
    """Return the cores that this thread may run on."""
    return frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else ANYWHERE


def current() -> Cores:
    """Return the core that this thread runs on now."""
    try:
        # The 39th field of proc_pid_stat(5), of which the first two are cut off.
        return Cores({int(Path("/proc/thread-self/stat").read_text().rpartition(")")[2].split()[36])})
    except (OSError, IndexError, ValueError):
        return ANYWHERE


def stay_on(cores: Cores) -> None:
    """Keep this thread, and those that it starts, on some cores; where that cannot be had, on any."""
    if cores and hasattr(os, "sched_setaffinity"):
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, cores)
