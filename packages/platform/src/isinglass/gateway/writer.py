"""One thread that answers writing requests: all that come together, under one commit."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from queue import Empty, SimpleQueue

from isinglass.gateway.chain import Chain
from isinglass.gateway.protocol.messages import HttpRequest, HttpResponse

_log = logging.getLogger(__name__)

#: Bounds how long the first of a group waits for the last.
_LARGEST_GROUP = 128

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
        while (first := self._queue.get()) is not None:
            group = [first]
            try:
                responses = self._chain.handle_together(self._joining(group))
            except BaseException as error:
                _log.exception("The writer could not answer %d requests", len(group))
                _deliver(group, error)
            else:
                _deliver(group, responses)

    def _joining(self, group: list[_Waiting]) -> Iterator[HttpRequest]:
        """Give a group's requests; those that arrive while the earlier ones are answered join it."""
        yield group[0][0]
        while len(group) < _LARGEST_GROUP:
            try:
                waiting = self._queue.get_nowait()
            except Empty:
                return
            if waiting is None:
                self._queue.put(None)  # for the loop that ends the thread
                return
            group.append(waiting)
            yield waiting[0]


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
