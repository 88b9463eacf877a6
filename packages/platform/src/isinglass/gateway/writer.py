"""Threads that answer writing requests: all that come together, under one commit."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from queue import Empty, SimpleQueue

from isinglass.gateway.chain import Chain
from isinglass.gateway.cores import ANYWHERE, Cores, stay_on
from isinglass.gateway.pool import Answer, Returns
from isinglass.gateway.protocol.messages import HttpRequest

_log = logging.getLogger(__name__)

#: Bounds how long the first of a group waits for the last. Were all that clients have open in one group, the
#: server would have nothing to do while they read their answers and send again.
_LARGEST_GROUP = 24

#: One group is answered while another one's commit becomes durable, for which the disk lets it wait.
_THREADS = 2

_Waiting = tuple[HttpRequest, Answer]


class Writer:
    """Takes requests on the event loop and answers them there, about in the order that they came."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._returns = Returns()
        self._cores: Cores = ANYWHERE
        self._threads = [
            threading.Thread(target=self._run, name=f"writer-{number}", daemon=True)
            for number in range(_THREADS)
        ]

    def start(self, on: Cores = ANYWHERE) -> None:
        """Start the threads, on some cores or on any."""
        self._cores = on
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Answer what waits, then end the threads."""
        self._queue.put(None)
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def submit(self, request: HttpRequest) -> Answer:
        """Queue a request; called on the event loop, which the answer comes back to."""
        answer: Answer = asyncio.get_running_loop().create_future()
        self._queue.put((request, answer))
        return answer

    def _run(self) -> None:
        stay_on(self._cores)
        while (first := self._queue.get()) is not None:
            group = [first]
            try:
                responses = self._chain.handle_together(self._joining(group))
            except BaseException as error:
                _log.exception("The writer could not answer %d requests", len(group))
                self._returns.give([(answer, error) for _, answer in group])
            else:
                answers = [answer for _, answer in group]
                self._returns.give(list(zip(answers, responses, strict=True)))
        self._queue.put(None)  # for the thread beside

    def _joining(self, group: list[_Waiting]) -> Iterator[HttpRequest]:
        """Give a group's requests; those that arrive while the earlier ones are answered join it."""
        yield group[0][0]
        while len(group) < _LARGEST_GROUP:
            try:
                waiting = self._queue.get_nowait()
            except Empty:
                return
            if waiting is None:
                self._queue.put(None)  # for the loops that end the threads
                return
            group.append(waiting)
            yield waiting[0]
