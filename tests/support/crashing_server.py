"""A server process for crash tests: runs jobs, and kills itself with SIGKILL at a named point, once.

Arguments: database URL, folder, point (or "none"). Points are the places between which a crash leaves
different things behind; they are found by name here, so that the product has no test hooks.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from job_fixtures import job_settings

from isinglass.daemons.worker import Worker
from isinglass.engines.launcher import Launcher
from isinglass.flow import queue
from isinglass.jobs import handler
from isinglass.jobs.run_keys import StoredRunKeys
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store


def die(*_: Any) -> None:
    """Die as by a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def crash_before(owner: Any, name: str) -> None:
    """Die when a function is called."""
    setattr(owner, name, die)


def crash_after(owner: Any, name: str) -> None:
    """Die when a function has returned."""
    original: Callable[..., Any] = getattr(owner, name)

    def crashing(*args: Any, **kwargs: Any) -> Any:
        original(*args, **kwargs)
        die()

    setattr(owner, name, crashing)


def arm_outcome() -> None:
    """Die after the writes of the second transition: the first is the run's beginning."""
    original, calls = handler.apply, []

    def crashing(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        result = original(*args, **kwargs)
        if len(calls) == 2:
            die()
        return result

    handler.apply = crashing


def arm(point: str) -> None:
    """Prepare to die at a point."""
    points: dict[str, Callable[[], None]] = {
        "claimed": lambda: crash_before(handler.JobRunHandler, "_begin"),
        "begun": lambda: crash_after(handler.JobRunHandler, "_begin"),
        "launched": lambda: crash_after(Launcher, "launch"),
        "ended": lambda: crash_before(handler.JobRunHandler, "_finish"),
        # The outcome's transaction has done all its writes and not committed.
        "outcome written": arm_outcome,
        "outcome committed": lambda: crash_after(handler.JobRunHandler, "_finish"),
    }
    points.get(point, lambda: None)()


def main(url: str, folder: str, point: str) -> None:
    """Serve until killed."""
    arm(point)
    store = Store(url)
    queue.orphans(store, worker_prefix="", now=time.time())
    settings = job_settings(Path(folder), may_use_local_files=lambda _account_id: True)
    execute = handler.JobRunHandler(settings, Launcher(), StoredRunKeys(Sealer(b"k" * 32)))
    Worker(store, {"job_run": execute}, {"job_run": 2}).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
