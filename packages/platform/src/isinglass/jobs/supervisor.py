"""Watch one process from its launch to its end: streams, limits, stop requests."""

import json
import os
import selectors
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from isinglass.engines.launcher import Process
from isinglass.jobs.memory import resident_bytes
from isinglass.observe.logs import LONGEST_LINE, LogWriter, Stream

TICK_SECONDS = 0.25
DRAIN_SECONDS = 2.0
GIB = 1024**3


class Cause(Enum):
    """Why a process ended, when it did not by itself."""

    STOPPED = "stopped"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    GIVEN_BACK = "given back"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended: `cause` when somebody ended it, else its code and what it reported."""

    code: int | None
    cause: Cause | None = None
    error: str | None = None
    allocation_failed: bool = False
    seconds: float = 0.0
    peak_bytes: int = 0
    #: Why the run has to be executed again on Apache Spark.
    needs_spark: str | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """What a process is held to; the callables are asked at every tick."""

    clock: Callable[[], float]
    timeout_seconds: float | None
    memory_limit: int
    grace_seconds: float
    #: Answers why the process must end now, None while it may go on.
    interrupted: Callable[[], Cause | None]
    on_event: Callable[[dict[str, Any]], None] = lambda _event: None


@dataclass(slots=True)
class Supervisor:
    """Pumps a process's pipes in the calling thread until it has ended."""

    process: Process
    log: LogWriter
    watch: Watch
    _partial: dict[int, bytes] = field(default_factory=dict)
    _result: dict[str, Any] = field(default_factory=dict)
    _cause: Cause | None = None
    _error: str | None = None
    _kill_at: float | None = None
    _peak: int = 0

    def run(self) -> Ending:
        """Watch until the end; the process group is gone when this returns."""
        started = self.watch.clock()
        with selectors.DefaultSelector() as selector:
            for fd in (self.process.stdout, self.process.stderr, self.process.events):
                os.set_blocking(fd, False)
                selector.register(fd, selectors.EVENT_READ)
            selector.register(self.process.exit_fd, selectors.EVENT_READ)
            self._pump(selector, started)
            self._drain(selector)
        seconds = self.watch.clock() - started
        code = self.process.code
        if self._cause is None and code is None:
            self._cause = Cause.LOST
        error = self._error or self._result.get("error") or _describe(code)
        allocation = bool(self._result.get("allocation"))
        needs_spark = self._result.get("needs_spark")
        return Ending(code, self._cause, error, allocation, seconds, self._peak, needs_spark)

    def _pump(self, selector: selectors.BaseSelector, started: float) -> None:
        next_tick = 0.0
        while not self.process.ended.is_set():
            for key, _ in selector.select(TICK_SECONDS):
                if key.fd != self.process.exit_fd:
                    self._read(selector, key.fd)
            if time.monotonic() >= next_tick:
                self._check(started)
                next_tick = time.monotonic() + TICK_SECONDS

    def _drain(self, selector: selectors.BaseSelector) -> None:
        """Read what is left in the pipes; a process that left the group may hold them open for ever."""
        selector.unregister(self.process.exit_fd)
        deadline = time.monotonic() + DRAIN_SECONDS
        while selector.get_map() and time.monotonic() < deadline:
            for key, _ in selector.select(TICK_SECONDS):
                self._read(selector, key.fd)
        for fd, rest in self._partial.items():
            if rest:
                self._lines(fd, rest)

    def _read(self, selector: selectors.BaseSelector, fd: int) -> None:
        try:
            data = os.read(fd, 1 << 16)
        except BlockingIOError:
            return
        if not data:
            selector.unregister(fd)
            return
        whole, newline, rest = (self._partial.get(fd, b"") + data).rpartition(b"\n")
        if fd != self.process.events and len(rest) > LONGEST_LINE:
            whole, newline, rest = whole + newline + rest, b"\n", b""
        self._partial[fd] = rest
        if newline:
            self._lines(fd, whole)

    def _lines(self, fd: int, data: bytes) -> None:
        if fd == self.process.events:
            for line in data.splitlines():
                self._event(line)
            return
        stream: Stream = "O" if fd == self.process.stdout else "E"
        self.log.write(data.decode(errors="replace"), time.time(), stream)

    def _event(self, line: bytes) -> None:
        try:
            event = json.loads(line)
        except ValueError:
            return  # the script wrote to a descriptor that is not its own
        if not isinstance(event, dict):
            return
        if event.get("event") == "result":
            self._result = event
        self.watch.on_event(event)

    def _check(self, started: float) -> None:
        """Look whether the process must end; once asked to, it has its grace and then dies."""
        if self._kill_at is not None:
            if time.monotonic() >= self._kill_at:
                self.process.signal(signal.SIGKILL)
            return
        cause = self.watch.interrupted()
        timeout = self.watch.timeout_seconds
        if cause is None and timeout is not None and self.watch.clock() - started >= timeout:
            cause = Cause.TIMED_OUT
            self._error = f"Job run exceeded timeout of {timeout / 60:g} minutes"
        if cause is None:
            used = resident_bytes(self.process.pid)
            self._peak = max(self._peak, used)
            if used > self.watch.memory_limit:
                cause = Cause.OUT_OF_MEMORY
                self._error = (
                    f"Out of memory: the run used {used / GIB:.2f} GiB and its limit here is "
                    f"{self.watch.memory_limit / GIB:.2f} GiB. Give it larger workers or a larger machine."
                )
        if cause is None:
            return
        self._cause = cause
        self._kill_at = time.monotonic() + self.watch.grace_seconds
        at_once = cause in (Cause.OUT_OF_MEMORY, Cause.LOST)
        self.process.signal(signal.SIGKILL if at_once else signal.SIGTERM)


def _describe(code: int | None) -> str | None:
    """Say why a process that reported nothing ended."""
    if code is None or code == 0:
        return None
    if code < 0:
        name = signal.Signals(-code).name
        hint = " (CPU time limit)" if name == "SIGXCPU" else ""
        return f"The run's process was killed by {name}{hint}"
    return f"Command failed with exit code {code}"
