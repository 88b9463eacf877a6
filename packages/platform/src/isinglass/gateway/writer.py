"""One thread that answers writing requests: all that wait at once, under one commit."""

import asyncio
import logging
import threading
from queue import Empty, SimpleQueue

from isinglass.gateway.chain import Chain
from isinglass.gateway.protocol.messages import HttpRequest, HttpResponse

_log = logging.getLogger(__name__)

#: Bounds how long the first of a group waits for the last.
_LARGEST_GROUP = 32

_Waiting = tuple[HttpRequest, "asyncio.Future[HttpResponse]"]


class Writer:
    """Takes requests on the event loop and answers them there, in the order that they came."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Answer what waits, then end the thread."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def submit(self, request: HttpRequest) -> "asyncio.Future[HttpResponse]":
        """Queue a request; called on the event loop, which the answer comes back to."""
        answer: asyncio.Future[HttpResponse] = asyncio.get_running_loop().create_future()
        self._queue.put((request, answer))
        return answer

    def _run(self) -> None:
        while True:
            group, last = self._next_group()
            if group:
                try:
                    responses = self._chain.handle_together([request for request, _ in group])
                except BaseException as error:
                    _log.exception("The writer could not answer %d requests", len(group))
                    _deliver(group, error)
                else:
                    _deliver(group, responses)
            if last:
                return

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        """Wait for a request and take with it what else is there; the flag tells that no more will come."""
        group: list[_Waiting] = []
        waiting = self._queue.get()
        while waiting is not None:
            group.append(waiting)
            if len(group) == _LARGEST_GROUP:
                return group, False
            try:
                waiting = self._queue.get_nowait()
            except Empty:
                return group, False
        return group, True


def _deliver(group: list[_Waiting], outcome: list[HttpResponse] | BaseException) -> None:
    """Hand a group's answers to its event loop with one wake-up."""

    def on_loop() -> None:
        for index, (_, answer) in enumerate(group):
            if answer.done():
                continue  # the client has gone away
            if isinstance(outcome, BaseException):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome[index])

    group[0][1].get_loop().call_soon_threadsafe(on_loop)
