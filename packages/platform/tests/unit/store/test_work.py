"""The durable queue on both databases."""

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from isinglass.store.store import Store


def test_enqueue_with_a_taken_dedupe_key_is_refused(store: Store) -> None:
    with store.begin() as tx:
        first = tx.work.enqueue("crawl", "1", {}, now=1.0, dedupe_key="crawl/1")
        second = tx.work.enqueue("crawl", "1", {}, now=1.0, dedupe_key="crawl/1")
    assert (first, second) == (True, False)


def test_enqueue_with_a_dedupe_key_that_another_transaction_takes_is_refused(store: Store) -> None:
    def enqueue() -> bool:
        with store.begin() as tx:
            return tx.work.enqueue("crawl", "1", {}, now=1.0, dedupe_key="crawl/1")

    with ThreadPoolExecutor(1) as other:
        with store.begin() as tx:
            assert tx.work.enqueue("crawl", "1", {}, now=1.0, dedupe_key="crawl/1")
            second = other.submit(enqueue)
            waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            while not store.embedded and not second.done() and not tx.connection.scalar(waiting):
                pass  # until it waits for this transaction; in SQLite it waits before it begins
        assert second.result() is False


def test_claim_of_due_work_takes_it_once(store: Store) -> None:
    with store.begin() as tx:
        tx.work.enqueue("crawl", "1", {"n": 1}, now=1.0)
        tx.work.enqueue("crawl", "1", {"n": 2}, now=1.0, run_at=99.0)
        tx.work.enqueue("other", "1", {"n": 3}, now=1.0)
    with store.begin() as tx:
        first = tx.work.claim(["crawl"], worker="a", now=2.0, lease_seconds=10, limit=9)
    with store.begin() as tx:
        second = tx.work.claim(["crawl"], worker="b", now=3.0, lease_seconds=10, limit=9)
    assert [(item.payload, item.attempt) for item in first] == [({"n": 1}, 1)]
    assert second == []


def test_holder_whose_lease_ran_out_is_fenced(store: Store) -> None:
    with store.begin() as tx:
        tx.work.enqueue("crawl", "1", {}, now=1.0)
    with store.begin() as tx:
        [old] = tx.work.claim(["crawl"], worker="a", now=2.0, lease_seconds=10, limit=1)
    with store.begin() as tx:
        [new] = tx.work.claim(["crawl"], worker="b", now=13.0, lease_seconds=10, limit=1)
    with store.begin() as tx:
        answers = (
            tx.work.extend(old, 99.0),
            tx.work.finish(old),
            tx.work.extend(new, 99.0),
            tx.work.finish(new),
        )
    assert (new.attempt, answers) == (2, (False, False, True, True))


def test_release_all_of_a_dead_worker_makes_its_work_due(store: Store) -> None:
    with store.begin() as tx:
        tx.work.enqueue("crawl", "1", {}, now=1.0)
        tx.work.claim(["crawl"], worker="host-1", now=1.0, lease_seconds=1000, limit=1)
    with store.begin() as tx:
        released = tx.work.release_all_of("host-", 5.0)
        [item] = tx.work.claim(["crawl"], worker="host-2", now=5.0, lease_seconds=10, limit=1)
    assert (released, item.attempt) == (1, 2)
