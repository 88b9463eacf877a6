"""Turns at a slow operation: no account takes all of them, and each waits for its own only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from isinglass.model.edge_errors import ThrottlingException


@dataclass(slots=True)
class _Queue:
    """One account's requests: which of them run, and how many run or wait."""

    running: asyncio.Semaphore
    taken: int = field(default=0)


class Turns:
    """Lets some requests of each account run at once and some more wait; used on the event loop only."""

    def __init__(self, operation: str, *, at_once: int, most: int) -> None:
        self._operation = operation
        self._at_once = at_once
        self._most = most
        self._queues: dict[str, _Queue] = {}

    @asynccontextmanager
    async def turn(self, account_id: str) -> AsyncIterator[None]:
        """Wait for an account's turn and hold it; raises ThrottlingException when too many of it wait."""
        queue = self._queues.get(account_id)
        if queue is None:
            queue = self._queues[account_id] = _Queue(asyncio.Semaphore(self._at_once))
        if queue.taken >= self._most:
            raise ThrottlingException(
                f"{self._most} requests of {self._operation} are running or waiting already; "
                "send this one again later."
            )
        queue.taken += 1
        try:
            async with queue.running:
                yield
        finally:
            queue.taken -= 1
            if queue.taken == 0:
                del self._queues[account_id]
