"""A write that is under way in this process, and its tasks: none of them outlives it.

An engine does not wait for the tasks of a write that has failed: they go on in its threads for a while, and
must neither stage files after the write has been swept nor keep what they hold.
"""

import itertools
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_open: dict[str, "OpenWrite"] = {}


class WriteEndedError(Exception):
    """The write that a task belongs to has ended."""

    def __init__(self) -> None:
        super().__init__("The write has ended: what this task had for it is dropped.")


class RunningTask:
    """One task of a write. Who ends it waits for what it is just doing, and not for more rows."""

    def __init__(self, number: int, staging: Any) -> None:
        self.number = number
        self.staging = staging
        self._ended = False
        self._lock = threading.Lock()

    @contextmanager
    def at_work(self) -> Iterator[Any]:
        """Give what stages the task's rows, as long as the task has not ended; a failure ends it."""
        with self._lock:
            if self._ended:
                raise WriteEndedError
            try:
                yield self.staging
            except BaseException:
                self._abort()
                raise

    def end(self) -> None:
        """Remove what the task has staged; once."""
        with self._lock:
            if not self._ended:
                self._abort()

    def _abort(self) -> None:
        self._ended = True
        self.staging.abort()


class OpenWrite:
    """The tasks of a write that still have something to do."""

    def __init__(self) -> None:
        #: What tasks know it by: they come from the engine, pickled.
        self.token = uuid.uuid4().hex
        self._numbers = itertools.count()
        self._tasks: dict[int, RunningTask] = {}
        self._ended = False
        self._lock = threading.Lock()

    def begin(self, stage: Callable[[int], Any]) -> RunningTask:
        """Begin a task under the next number, or raise that it comes too late."""
        number = next(self._numbers)
        task = RunningTask(number, stage(number))
        with self._lock:
            if not self._ended:
                self._tasks[number] = task
                return task
        task.end()
        raise WriteEndedError

    def task(self, number: int) -> RunningTask:
        return self._tasks[number]

    def done(self, task: RunningTask) -> None:
        """Let go of a task: it has failed, or the commit decides about what it staged."""
        with self._lock:
            self._tasks.pop(task.number, None)

    def end(self) -> None:
        """End the tasks that are left; none stages anything when this returns, nor later."""
        with self._lock:
            self._ended = True
            left = list(self._tasks.values())
            self._tasks.clear()
        for task in left:
            task.end()


@contextmanager
def open_write() -> Iterator[OpenWrite]:
    """Begin a write, and end its tasks however it ends."""
    write = OpenWrite()
    _open[write.token] = write
    try:
        yield write
    finally:
        del _open[write.token]
        write.end()


def find(token: str) -> OpenWrite:
    """Find the write of a task, or raise that it has ended."""
    try:
        return _open[token]
    except KeyError:
        raise WriteEndedError from None
