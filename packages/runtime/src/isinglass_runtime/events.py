"""Events from a run's process to its supervisor: one JSON object a line, on a pipe of their own."""

import json
import threading
from typing import Any, BinaryIO


class EventPipe:
    """Writes events; safe to share between threads, and silent once nobody listens."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._lock = threading.Lock()

    def send(self, event: str, **members: Any) -> None:
        """Send one event."""
        line = json.dumps({"event": event, **members}, default=str).encode() + b"\n"
        with self._lock:
            try:
                self._pipe.write(line)
                self._pipe.flush()
            except (BrokenPipeError, ValueError):
                return  # the supervisor is gone, and so will this process be


_pipe: EventPipe | None = None


def connect(pipe: EventPipe) -> None:
    """Set where this process sends its events; called once, by the child."""
    global _pipe  # noqa: PLW0603 - one process is one run
    _pipe = pipe


def send(event: str, **members: Any) -> None:
    """Send an event of the run that this process executes; outside a run nothing happens."""
    if _pipe is not None:
        _pipe.send(event, **members)


def progress(**counts: float) -> None:
    """Report what has been done so far: rows, bytes, files."""
    send("progress", **counts)


def metrics(**values: float) -> None:
    """Report measurements of the run."""
    send("metrics", **values)
