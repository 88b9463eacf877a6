"""Keeps the object store's process running: starts it again whenever it ends, later each time."""

import contextlib
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO

log = logging.getLogger(__name__)

_MOST_BACKOFF = 10.0
_STOP_SECONDS = 10.0
#: How long it has to last after an end that nobody asked for, until it counts as running again.
_SETTLED_SECONDS = 15.0


@dataclass(slots=True)
class Supervised:
    """A child process `python -m module` that reads its configuration from standard input.

    Its standard input stays open for as long as the server lives: the child ends with it, even after kill -9.
    """

    module: str
    configuration: bytes = field(repr=False)
    environment: Mapping[str, str]
    pass_fds: tuple[int, ...]
    started: Callable[[int], None]
    log: IO[bytes] | None = None
    _process: subprocess.Popen[bytes] | None = None
    _thread: threading.Thread | None = None
    _settled_at: float = 0.0
    _stopping: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Start the child and the thread that watches it."""
        self._launch()
        self._thread = threading.Thread(target=self._watch, name=self.module, daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the child runs now, and not only until its next end."""
        if self._process is None or self._process.poll() is not None:
            return False
        return time.monotonic() >= self._settled_at

    def _launch(self) -> None:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", self.module],
            stdin=subprocess.PIPE,
            stdout=self.log,
            stderr=self.log,
            env=dict(self.environment),
            pass_fds=self.pass_fds,
            start_new_session=True,
        )
        self._process = process
        self.started(process.pid)
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.write(self.configuration)
            process.stdin.flush()

    def _watch(self) -> None:
        backoff = 0.2
        while True:
            assert self._process is not None
            began = time.monotonic()
            code = self._process.wait()
            if self._stopping.is_set():
                return
            backoff = 0.2 if time.monotonic() - began > 60 else min(_MOST_BACKOFF, backoff * 2)
            self._settled_at = time.monotonic() + backoff + _SETTLED_SECONDS
            log.error("%s ended with code %s; starting it again in %.1f s", self.module, code, backoff)
            if self._stopping.wait(backoff):
                return
            self._launch()

    def stop(self) -> None:
        """End the child orderly, then by force."""
        self._stopping.set()
        process = self._process
        if process is None:
            return
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


#: What children see of the server's environment: no secret is among it.
ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "VIRTUAL_ENV", "SSL_CERT_FILE", "HOME")


def child_environment(source: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of children, by an allow-list."""
    source = os.environ if source is None else source
    return {name: source[name] for name in ENVIRONMENT if name in source}
