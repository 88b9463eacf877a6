"""Back-pressure: a gate that writers wait at, and a body that is read no faster than it is used."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

_MOST_QUEUED = 1 << 20


class Gate:
    """Open or closed; whoever waits goes on when it opens."""

    def __init__(self) -> None:
        self._closed = False
        self._waiter: asyncio.Future[None] | None = None

    def close(self) -> None:
        """Make writers wait."""
        self._closed = True

    def open(self) -> None:
        """Let them go on."""
        self._closed = False
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def passable(self) -> None:
        """Wait until the gate is open."""
        while self._closed:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter


class ClientGone(Exception):
    """The client closed the connection in the middle of a body."""


class Body:
    """A request's body as it arrives; reading pauses while too much of it waits."""

    def __init__(
        self, pause: Callable[[], None], resume: Callable[[], None], begin: Callable[[], None]
    ) -> None:
        self._pause, self._resume, self._begin = pause, resume, begin
        self._pieces: deque[bytes] = deque()
        self._queued = 0
        self._paused = False
        self.ended = False
        self._broken = False
        self._waiter: asyncio.Future[None] | None = None

    def put(self, data: bytes) -> None:
        """Add a piece."""
        self._pieces.append(data)
        self._queued += len(data)
        if self._queued > _MOST_QUEUED and not self._paused:
            self._paused = True
            self._pause()
        self._wake()

    def end(self, *, broken: bool = False) -> None:
        """Say that nothing follows."""
        if not self.ended:
            self.ended, self._broken = True, broken
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self._begin()
        while True:
            if self._pieces:
                data = self._pieces.popleft()
                self._queued -= len(data)
                if self._paused and self._queued <= _MOST_QUEUED // 2:
                    self._paused = False
                    self._resume()
                yield data
            elif self.ended:
                if self._broken:
                    raise ClientGone
                return
            else:
                self._waiter = asyncio.get_running_loop().create_future()
                await self._waiter
