"""Launch processes from a warm parent: the client of `isinglass_runtime.zygote`."""

import contextlib
import itertools
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

START_SECONDS = 60.0
#: What the warm parent sees of the server's environment: no secret is among it.
ZYGOTE_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "PYTHONHASHSEED", "VIRTUAL_ENV")


@dataclass(eq=False)
class LaunchError(Exception):
    """A process could not be launched."""

    reason: str

    def __str__(self) -> str:
        return f"The run's process could not be launched: {self.reason}"


@dataclass(slots=True, eq=False)
class Process:
    """A launched process group and our ends of its pipes.

    `exit_fd` becomes readable when the process has ended. Then `code` is its exit code, negative for a
    signal; None means that the warm parent died and took the process with it.
    """

    stdout: int
    stderr: int
    events: int
    exit_fd: int
    _exit_write: int
    pid: int = 0
    code: int | None = None
    cpu_seconds: float = 0.0
    ended: threading.Event = field(default_factory=threading.Event)
    _started: threading.Event = field(default_factory=threading.Event)
    _refusal: str = ""

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole process group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def close(self) -> None:
        """Kill whatever is left of the group and close our ends."""
        if self.pid and not self.ended.is_set():
            self.signal(signal.SIGKILL)
        for fd in (self.stdout, self.stderr, self.events, self.exit_fd):
            with contextlib.suppress(OSError):
                os.close(fd)

    def _end(self, code: int | None, cpu_seconds: float = 0.0) -> None:
        self.code, self.cpu_seconds = code, cpu_seconds
        # What the process itself started does not outlive it.
        self.signal(signal.SIGKILL)
        self.ended.set()
        os.close(self._exit_write)


class Launcher:
    """Starts the warm parent, and starts it again when it has died; safe to share between threads."""

    def __init__(self, python: str = sys.executable, environment: Mapping[str, str] | None = None) -> None:
        source = os.environ if environment is None else environment
        self._python = python
        self._environment = {name: source[name] for name in ZYGOTE_ENVIRONMENT if name in source}
        self._lock = threading.Lock()
        self._zygote: _Zygote | None = None
        self._closed = False

    def start(self) -> None:
        """Start the warm parent now rather than with the first launch; returns before it is ready."""
        with self._lock:
            self._alive()

    def launch(self, document: bytes) -> Process:
        """Launch a process with its launch document; raises LaunchError."""
        try:
            return self._launch(document)
        except LaunchError:
            if self.warm or self._closed:
                raise
        return self._launch(document)  # the warm parent died just before: another takes its place

    def _launch(self, document: bytes) -> Process:
        with self._lock:
            zygote = self._alive()
        if not zygote.ready.wait(START_SECONDS):
            raise LaunchError("the warm parent process did not become ready")
        with self._lock:
            return zygote.launch(document)

    @property
    def warm(self) -> bool:
        """Whether a launch would find the warm parent ready."""
        zygote = self._zygote
        return zygote is not None and zygote.ready.is_set() and not zygote.dead.is_set()

    @property
    def zygote_pid(self) -> int:
        """The warm parent's process id; 0 when there is none."""
        return self._zygote.process.pid if self._zygote is not None else 0

    def close(self) -> None:
        """End the warm parent and every process it launched."""
        with self._lock:
            self._closed = True
            if self._zygote is not None:
                self._zygote.close()
                self._zygote = None

    def _alive(self) -> "_Zygote":
        if self._closed:
            raise LaunchError("the server is stopping")
        if self._zygote is None or self._zygote.dead.is_set():
            if self._zygote is not None:
                log.warning("The warm parent process of job runs died; starting another")
                self._zygote.close()
            self._zygote = _Zygote(self._python, self._environment)
        return self._zygote


class _Zygote:
    """One warm parent process and the thread that listens to it."""

    def __init__(self, python: str, environment: Mapping[str, str]) -> None:
        self.ready, self.dead = threading.Event(), threading.Event()
        self._forks: dict[int, Process] = {}
        self._running: dict[int, Process] = {}
        self._ids = itertools.count(1)
        ours, theirs = socket.socketpair()
        self._control = ours
        with theirs:
            self.process = subprocess.Popen(
                [python, "-P", "-m", "isinglass_runtime.zygote", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                cwd="/",
            )
        threading.Thread(target=self._listen, name="zygote-listener", daemon=True).start()

    def launch(self, document: bytes) -> Process:
        """Have a process forked and wait for its id; one call at a time."""
        number = next(self._ids)
        (out, out_write), (err, err_write), (events, events_write) = os.pipe(), os.pipe(), os.pipe()
        exit_read, exit_write = os.pipe()
        process = Process(out, err, events, exit_read, exit_write)
        self._forks[number] = process
        document_fd = _anonymous(document)
        theirs = [document_fd, out_write, err_write, events_write]
        try:
            socket.send_fds(self._control, [json.dumps({"fork": number}).encode() + b"\n"], theirs)
        except OSError as error:
            self._forks.pop(number, None)
            process.close()
            os.close(exit_write)
            raise LaunchError(f"the warm parent process is gone ({error})") from error
        finally:
            for fd in theirs:
                os.close(fd)
        process._started.wait(START_SECONDS)  # noqa: SLF001 - its other half, in this module
        if not process.pid:
            process.close()
            raise LaunchError(process._refusal or "the warm parent process died")  # noqa: SLF001
        return process

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _listen(self) -> None:
        try:
            with self._control.makefile("rb") as lines:
                for line in lines:
                    self._hear(json.loads(line))
        except (OSError, ValueError):
            log.exception("Lost the connection to the warm parent process")
        self.dead.set()
        self.ready.set()  # whoever waits finds out by trying
        for process in [*self._running.values(), *self._forks.values()]:
            process._end(None)  # noqa: SLF001
            process._started.set()  # noqa: SLF001
        self._running.clear()
        self._forks.clear()
        with contextlib.suppress(ChildProcessError):
            self.process.wait()

    def _hear(self, message: dict[str, object]) -> None:
        if "ready" in message:
            self.ready.set()
        elif "forked" in message:
            process = self._forks.pop(int(str(message["forked"])))
            process.pid = int(str(message["pid"]))
            self._running[process.pid] = process
            process._started.set()  # noqa: SLF001
        elif "failed" in message:
            process = self._forks.pop(int(str(message["failed"])))
            process._refusal = str(message["reason"])  # noqa: SLF001
            process._end(None)  # noqa: SLF001
            process._started.set()  # noqa: SLF001
        elif "exited" in message:
            ended = self._running.pop(int(str(message["exited"])), None)
            if ended is not None:
                ended._end(int(str(message["code"])), float(str(message["cpu_seconds"])))  # noqa: SLF001


def _anonymous(document: bytes) -> int:
    """Hold a document in memory only: it has the run's keys in it."""
    if hasattr(os, "memfd_create"):
        fd = os.memfd_create("launch")
    else:  # macOS
        import tempfile

        with tempfile.TemporaryFile() as file:
            fd = os.dup(file.fileno())
    view = memoryview(document)
    while view:
        view = view[os.write(fd, view) :]
    os.lseek(fd, 0, os.SEEK_SET)
    return fd
