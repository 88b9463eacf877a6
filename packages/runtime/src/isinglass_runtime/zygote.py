"""The warm parent of every run: has all libraries imported, forks on request, and reports exits.

Started by the platform's launcher with one end of a socket pair. It starts no thread, for a fork copies only
the calling one (those of OpenBLAS and jemalloc know about forks), and no engine: a forked gRPC server hangs.
"""

import contextlib
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
from dataclasses import dataclass, field

from isinglass_runtime import child, events, launch

STAND_INS = "isinglass_runtime.spark_context"
#: Imported before the first fork. One that cannot be imported costs its users the warm start, not the run.
WARM = (
    "pandas",
    "pyarrow",
    "pyarrow.parquet",
    "pyarrow.dataset",
    "pyarrow.csv",
    "pyarrow.json",
    "pysail.spark",
    "pyspark.sql",
    "pyspark.sql.functions",
    "pyspark.sql.connect.session",
    "pyspark.sql.connect.functions",
    "pyspark.sql.types",
    "pyspark.sql.connect.datasource",
    "pyspark.worker",
    "boto3",
    "isinglass_runtime.engine.session",
    STAND_INS,
    "isinglass_connectors.storage.storage",
    "isinglass_connectors.files.source",
    "isinglass_connectors.files.csv_reader",
    "isinglass_connectors.files.json_reader",
    "isinglass_connectors.files.parquet_reader",
    "isinglass_connectors.sink.file_sink",
    "isinglass_runtime.io.dataframe_api",
    "isinglass_runtime.io.scan",
    "isinglass_runtime.io.sink_task",
    "isinglass_runtime.io.tolerant",
    "awsglue.context",
    "awsglue.job",
    "awsglue.utils",
    "awsglue.transforms",
)
PR_SET_PDEATHSIG = 1
DESCRIPTORS = 4


def warm() -> None:
    """Import what runs import, and build the AWS clients' classes, which cost more than their use."""
    for name in WARM:
        try:
            module = importlib.import_module(name)
            if name == STAND_INS:
                module.install()  # awsglue, next on the list, imports what it stands in for
        except Exception as error:  # a broken library must not keep runs that do not use it from starting
            print(f"cannot import {name} ahead: {error}", file=sys.stderr)  # noqa: T201
    with contextlib.suppress(ImportError):
        import boto3

        boto3.setup_default_session()
        for service in ("glue", "s3", "sts", "logs"):
            boto3.client(
                service,
                region_name="us-east-1",
                aws_access_key_id="warm",
                aws_secret_access_key="warm",  # noqa: S106 - never used: the client signs nothing
            )
    gc.collect()
    gc.freeze()  # shared pages stay shared: the collector would write to every one of them


@dataclass(slots=True)
class Zygote:
    """Serves one launcher over a stream socket; its end is the end of every child."""

    control: socket.socket
    children: set[int] = field(default_factory=set)
    _buffer: bytes = b""

    def serve(self) -> None:
        """Fork and reap until the launcher closes its end."""
        wake_read, wake_write = os.pipe()
        os.set_blocking(wake_write, False)
        os.set_blocking(wake_read, False)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        control = self.control.fileno()
        self._send({"ready": os.getpid()})
        while True:
            readable, _, _ = select.select([control, wake_read], [], [])
            if wake_read in readable:
                os.read(wake_read, 4096)
                self._reap()
            if control in readable and not self._receive():
                break
        for pid in self.children:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)

    def _receive(self) -> bool:
        data, fds, _, _ = socket.recv_fds(self.control, 65536, DESCRIPTORS)
        if not data:
            return False
        request = json.loads(data)
        try:
            pid = os.fork()
        except OSError as error:
            self._send({"failed": request["fork"], "reason": str(error)})
        else:
            if pid == 0:
                self._become_child(fds)
            self.children.add(pid)
            self._send({"forked": request["fork"], "pid": pid})
        for fd in fds:
            os.close(fd)
        return True

    def _reap(self) -> None:
        while self.children:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self.children.discard(pid)
            cpu = usage.ru_utime + usage.ru_stime
            code = os.waitstatus_to_exitcode(status)
            self._send({"exited": pid, "code": code, "cpu_seconds": cpu})

    def _send(self, message: dict[str, object]) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.control.sendall(json.dumps(message).encode() + b"\n")

    def _become_child(self, fds: list[int]) -> None:
        """Leave the zygote behind; never returns."""
        code = child.EXIT_NOT_STARTED
        try:
            code = _child(self.control, fds)
        except BaseException:  # nothing may unwind into the loop of the warm parent
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)


def _child(control: socket.socket, fds: list[int]) -> int:
    document, stdout, stderr, pipe = fds
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    control.close()
    os.setsid()
    die_with_parent()
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    for fd in (stdout, stderr, null):
        os.close(fd)
    with os.fdopen(document, "rb") as file:
        launched = launch.loads(file.read())
    limit(launched.limits)
    events_pipe = events.EventPipe(os.fdopen(pipe, "wb", buffering=0))
    return child.main(launched, events_pipe)


def die_with_parent() -> None:
    """Ask the kernel to kill this process when the zygote dies; only Linux can."""
    if sys.platform != "linux":
        return
    import ctypes

    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if parent == 1 or os.getppid() != parent:  # it died before it could be asked
        os._exit(child.EXIT_NOT_STARTED)


def limit(limits: launch.Limits) -> None:
    """Set what the process may use; memory is watched from outside, where a kill can be explained."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for kind, wanted in (
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_NOFILE, limits.open_files),
    ):
        if wanted is None:
            continue
        _, hard = resource.getrlimit(kind)
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (value, value))


def main() -> None:
    """Serve the launcher whose socket is file descriptor 3 or the one named first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is the server's business
    control = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(control.fileno(), False)
    warm()
    Zygote(control).serve()


if __name__ == "__main__":
    main()
