"""Threads that take turns at the interpreter share a core; what they start for others does not."""

import threading

import pytest

from isinglass.gateway.cores import ANYWHERE, Cores, allowed, current, stay_on

pytestmark = pytest.mark.skipif(not allowed(), reason="needs a system that keeps threads on cores, as Linux")


def in_thread(cores: Cores) -> Cores:
    found: list[Cores] = []

    def run() -> None:
        stay_on(cores)
        found.append(allowed())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def test_core_of_a_thread_is_one_that_it_may_run_on() -> None:
    assert len(current()) == 1
    assert current() <= allowed()


def test_thread_stays_on_its_core_and_others_where_they_were() -> None:
    before, core = allowed(), current()
    assert in_thread(core) == core
    assert allowed() == before
    assert in_thread(ANYWHERE) == before


def test_core_that_does_not_exist_leaves_a_thread_where_it_was() -> None:
    assert in_thread(Cores({1_000_000})) == allowed()
