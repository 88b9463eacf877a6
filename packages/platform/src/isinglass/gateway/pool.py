"""Threads that answer requests of the event loop, whose answers come back to it many at a time."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any

from isinglass.gateway.cores import ANYWHERE, Cores, stay_on
from isinglass.gateway.protocol.messages import HttpRequest, HttpResponse

Answer = asyncio.Future[Any]
Outcome = HttpResponse | str | BaseException
_Call = Callable[[HttpRequest], HttpResponse | str]


class Returns:
    """Hands answers from threads to the event loop: those that are ready together with one wake-up."""

    def __init__(self) -> None:
        self._ready: deque[tuple[Answer, Outcome]] = deque()
        self._waking = False

    def give(self, answered: Sequence[tuple[Answer, Outcome]]) -> None:
        """Let answers have their outcomes soon; called on any thread."""
        self._ready.extend(answered)
        if answered and not self._waking:
            self._waking = True
            answered[0][0].get_loop().call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        self._waking = False  # first: whatever comes from here on wakes the loop again
        while self._ready:
            answer, outcome = self._ready.popleft()
            if answer.done():
                continue  # the client has gone away
            if isinstance(outcome, BaseException):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)


class Pool:
    """Some threads that answer what they are given, in the order that it came."""

    def __init__(self, threads: int, name: str, keeps_seconds: float = 0.0) -> None:
        """Take how many threads there are and, in seconds, how long one that has more to do keeps answers.

        Each answer wakes the event loop, which then takes the interpreter from the thread at its every step.
        A kept answer waits for the call after it as well, so that only calls that are all short may share.
        """
        self._keeps_seconds = keeps_seconds
        self._queue: SimpleQueue[tuple[_Call, HttpRequest, Answer] | None] = SimpleQueue()
        self._returns = Returns()
        self._cores: Cores = ANYWHERE
        self._threads = [
            threading.Thread(target=self._run, name=f"{name}-{number}", daemon=True)
            for number in range(threads)
        ]

    def start(self, on: Cores = ANYWHERE) -> None:
        """Start the threads, on some cores or on any."""
        self._cores = on
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Answer what waits, then end the threads."""
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def submit(self, call: _Call, request: HttpRequest) -> Answer:
        """Answer a request with a call in one of the threads; called on the event loop."""
        answer: Answer = asyncio.get_running_loop().create_future()
        self._queue.put((call, request, answer))
        return answer

    def _run(self) -> None:
        stay_on(self._cores)
        kept: list[tuple[Answer, Outcome]] = []
        since = 0.0
        while (waiting := self._queue.get()) is not None:
            call, request, answer = waiting
            since = since if kept else time.monotonic()
            if not answer.done():
                try:
                    kept.append((answer, call(request)))
                except BaseException as error:
                    kept.append((answer, error))
            if self._queue.empty() or time.monotonic() - since >= self._keeps_seconds:
                self._returns.give(kept)
                kept = []
        self._returns.give(kept)
