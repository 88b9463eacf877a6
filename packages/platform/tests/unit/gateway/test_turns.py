"""Accounts take turns at slow operations without waiting for each other."""

import asyncio

import pytest

from isinglass.gateway.turns import Turns
from isinglass.model.edge_errors import ThrottlingException


def test_account_runs_so_many_at_once_whatever_others_do() -> None:
    async def ask() -> None:
        turns, end, running = Turns("RunQuery", at_once=2, most=3), asyncio.Event(), asyncio.Queue[str]()

        async def one(account_id: str) -> None:
            async with turns.turn(account_id):
                running.put_nowait(account_id)
                await end.wait()

        asked = [asyncio.create_task(one(account_id)) for account_id in "aaab"]
        assert [await running.get() for _ in range(3)] == ["a", "a", "b"]
        assert running.empty()
        with pytest.raises(
            ThrottlingException, match="3 requests of RunQuery are running or waiting already"
        ):
            async with turns.turn("a"):
                pass
        asked[0].cancel()  # a client that goes away leaves its place to the next
        await asyncio.gather(asked[0], return_exceptions=True)
        assert await running.get() == "a"
        end.set()
        await asyncio.gather(*asked[1:])
        assert turns._queues == {}

    asyncio.run(ask())
