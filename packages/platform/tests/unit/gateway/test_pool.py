"""A pool's threads answer what the event loop gives them, each its own."""

import asyncio
import threading

import pytest

from isinglass.gateway.pool import Pool
from isinglass.gateway.protocol.messages import HttpRequest, HttpResponse


def _request(number: int) -> HttpRequest:
    return HttpRequest("POST", "/", "", (), b"%d" % number)


def _answer(request: HttpRequest) -> HttpResponse:
    if request.body == b"7":
        raise ValueError("seven")
    return HttpResponse(200, [], request.body * 2)


@pytest.mark.parametrize("threads", [1, 4])
def test_many_requests_get_each_its_answer_or_error(threads: int) -> None:
    pool = Pool(threads, "test")
    pool.start()

    async def ask() -> list[object]:
        answers = [pool.submit(_answer, _request(number)) for number in range(500)]
        return await asyncio.gather(*answers, return_exceptions=True)

    outcomes = asyncio.run(ask())
    pool.stop()
    assert [outcome.body for outcome in outcomes if isinstance(outcome, HttpResponse)] == [
        b"%d" % number * 2 for number in range(500) if number != 7
    ]
    assert isinstance(outcomes[7], ValueError)


def test_request_whose_client_has_gone_away_is_not_answered() -> None:
    pool, answered = Pool(1, "test"), list[bytes]()

    def note(request: HttpRequest) -> HttpResponse:
        answered.append(request.body)
        return HttpResponse(200, [], b"")

    async def ask() -> None:
        gone = pool.submit(note, _request(1))
        gone.cancel()
        pool.start()
        await pool.submit(note, _request(2))

    asyncio.run(ask())
    pool.stop()
    assert answered == [b"2"]


def test_answer_does_not_wait_for_the_call_after_it() -> None:
    pool, may_end = Pool(1, "test"), threading.Event()

    def wait(_: HttpRequest) -> HttpResponse:
        return HttpResponse(200, [], b"ended" if may_end.wait(30) else b"nobody came")

    async def ask() -> list[bytes]:
        quick, slow = pool.submit(_answer, _request(1)), pool.submit(wait, _request(2))
        pool.start()
        first = (await quick).body
        may_end.set()
        return [first, (await slow).body]

    assert asyncio.run(ask()) == [b"11", b"ended"]
    pool.stop()
