"""Crawlers that the clock starts; the tests say what time it is."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from crawl_fixtures import CrawlServer
from due_times import DAILY, DAY, FIRST

from isinglass.daemons.scheduler import Scheduler
from isinglass.flow import schedules
from isinglass.flow.schedules import fire_due
from isinglass.operations.crawlers.scheduling import KIND, start
from isinglass.store.store import Store, Transaction

STARTERS = {KIND: start}


def _schedule(server: CrawlServer, name: str = "c") -> dict[str, str]:
    found: dict[str, str] = server.glue.get_crawler(Name=name)["Crawler"].get("Schedule", {})
    return found


def _error(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.fixture
def later(crawler: CrawlServer) -> CrawlServer:
    """A server whose worker's clock is beyond all due times of these tests."""
    assert crawler.worker is not None
    crawler.worker.clock = lambda: FIRST + 30 * DAY
    return crawler


def _crawls(server: CrawlServer) -> int:
    return len(server.glue.list_crawls(CrawlerName="c")["Crawls"])


def test_crawler_is_started_once_for_each_due_time(later: CrawlServer) -> None:
    crawler = later
    crawler.write("orders/a.csv", "id,amount\n1,2.5\n2,3.5\n")
    crawler.create(Schedule=DAILY)
    store = crawler.api.store
    assert fire_due(store, STARTERS, FIRST - 86_401) == 0
    assert [fire_due(store, STARTERS, FIRST + second) for second in (0, 0, 1, 30)] == [1, 0, 0, 0]
    assert crawler.wait()["LastCrawl"]["Status"] == "SUCCEEDED"
    assert list(crawler.tables()) == ["orders"]
    assert fire_due(store, STARTERS, FIRST + DAY) == 1
    crawler.wait()
    assert _crawls(crawler) == 2
    assert not [line for line in crawler.log() if "Started late" in line]


def test_due_times_without_a_server_are_made_up_for_once_and_said_to_be(later: CrawlServer) -> None:
    crawler = later
    crawler.create(Schedule=DAILY)
    store = crawler.api.store
    assert [fire_due(store, STARTERS, FIRST + 3 * DAY + 600) for _ in range(2)] == [1, 0]
    crawler.wait()
    assert _crawls(crawler) == 1
    due = datetime.fromtimestamp(FIRST, UTC).strftime("%Y-%m-%d %H:%M")
    late = (
        f"INFO : Started late: it was due at {due} UTC, when no server was running; so do 3 later due times."
    )
    assert late in crawler.log()
    assert fire_due(store, STARTERS, FIRST + 4 * DAY) == 1


def test_many_servers_start_a_due_crawler_once(crawls: CrawlServer, database_url: str) -> None:
    for name in ("c", "d"):
        crawls.create(name, Schedule=DAILY)
    stores = [Store(database_url) for _ in range(4)]
    gate, fired = threading.Barrier(len(stores)), []

    def fire(store: Store) -> None:
        gate.wait()
        fired.append(fire_due(store, STARTERS, FIRST))

    threads = [threading.Thread(target=fire, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()
    assert sum(fired) == 2
    assert _crawls(crawls) == 1


def test_crawler_still_running_misses_a_due_time(crawls: CrawlServer) -> None:
    crawls.create(Schedule=DAILY)
    assert fire_due(crawls.api.store, STARTERS, FIRST) == 1
    assert fire_due(crawls.api.store, STARTERS, FIRST + DAY) == 1
    assert _crawls(crawls) == 1


def test_schedule_whose_start_fails_holds_up_no_other(crawls: CrawlServer) -> None:
    for name in ("c", "d"):
        crawls.create(name, Schedule=DAILY)

    def broken(tx: Transaction, due: schedules.Due) -> None:
        if due.schedule.name == "c":
            raise RuntimeError("broken")
        start(tx, due)

    store = crawls.api.store
    assert fire_due(store, {KIND: broken}, FIRST) == 1
    assert crawls.glue.get_crawler(Name="d")["Crawler"]["State"] == "RUNNING"
    assert fire_due(store, STARTERS, FIRST + 1) == 0
    assert fire_due(store, STARTERS, FIRST + schedules.FAULT_DELAY_SECONDS) == 1
    assert _crawls(crawls) == 1


def test_schedule_is_stopped_started_and_replaced(crawls: CrawlServer) -> None:
    glue = crawls.glue
    crawls.create(Schedule=DAILY)
    running = {"ScheduleExpression": DAILY, "State": "SCHEDULED"}
    assert _schedule(crawls) == running
    name = {"CrawlerName": "c"}
    assert _error(glue.start_crawler_schedule, **name) == (
        "SchedulerRunningException",
        "The schedule of crawler c is running already.",
    )
    glue.stop_crawler_schedule(**name)
    assert _schedule(crawls) == {**running, "State": "NOT_SCHEDULED"}
    assert fire_due(crawls.api.store, STARTERS, FIRST) == 0
    assert _error(glue.stop_crawler_schedule, **name) == (
        "SchedulerNotRunningException",
        "The schedule of crawler c is not running.",
    )
    glue.update_crawler(Name="c", Description="d", Schedule=DAILY)
    hourly = "cron(0 * * * ? *)"
    glue.update_crawler_schedule(**name, Schedule=hourly)
    assert _schedule(crawls) == {"ScheduleExpression": hourly, "State": "NOT_SCHEDULED"}
    glue.start_crawler_schedule(**name)
    glue.update_crawler_schedule(**name, Schedule=DAILY)
    assert _schedule(crawls) == running
    assert [fire_due(crawls.api.store, STARTERS, FIRST + second) for second in (-1, 0)] == [0, 1]


def test_schedule_is_taken_away_with_its_crawler_or_by_an_empty_one(crawls: CrawlServer) -> None:
    glue, name = crawls.glue, {"CrawlerName": "c"}
    crawls.create(Schedule=DAILY)
    glue.update_crawler_schedule(**name, Schedule="")
    assert _schedule(crawls) == {}
    assert _error(glue.start_crawler_schedule, **name) == (
        "NoScheduleException",
        "Crawler c has no schedule.",
    )
    glue.update_crawler_schedule(**name, Schedule=DAILY)
    assert _schedule(crawls)["State"] == "SCHEDULED"
    glue.delete_crawler(Name="c")
    assert fire_due(crawls.api.store, STARTERS, FIRST) == 0
    assert _error(glue.update_crawler_schedule, **name, Schedule=DAILY)[0] == "EntityNotFoundException"


def test_malformed_schedule_is_refused(crawls: CrawlServer) -> None:
    crawls.create()
    assert _error(crawls.glue.update_crawler_schedule, CrawlerName="c", Schedule="cron(0 25 * * ? *)") == (
        "InvalidInputException",
        "The schedule 'cron(0 25 * * ? *)' is not valid: Hours has 25, which must be from 0 to 23.",
    )
    assert _schedule(crawls) == {}


def test_scheduler_looks_at_the_clock_until_it_is_stopped(crawls: CrawlServer) -> None:
    crawls.create(Schedule=DAILY)
    scheduler = Scheduler(crawls.api.store, STARTERS, clock=lambda: FIRST)
    scheduler.start()
    try:
        crawls.until(lambda: _crawls(crawls), lambda count: count == 1)
    finally:
        scheduler.stop()
