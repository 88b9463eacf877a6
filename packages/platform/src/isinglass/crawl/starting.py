"""The start of a crawl, by a request or by the clock: its history, its work and its event commit together."""

import uuid
from typing import Any

from isinglass.crawl.ending import tell
from isinglass.store.crawlers import Crawler
from isinglass.store.store import Transaction

WORK_KIND = "crawl"


def work_key(crawl_id: str) -> str:
    """Name the work of a crawl, so that it can be cancelled before anybody has begun it."""
    return f"crawl:{crawl_id}"


def start_crawl(tx: Transaction, crawler: Crawler, *, region: str, now: float, remark: str = "") -> None:
    """Start a crawl of a locked crawler that is ready; its log begins with the remark."""
    crawl_id = str(uuid.uuid4())
    tx.crawls.begin(crawler.account_id, crawler.name, crawl_id, now)
    tx.crawlers.begin_crawl(crawler, crawl_id)
    payload: dict[str, Any] = {
        "CrawlerName": crawler.name,
        "CrawlId": crawl_id,
        "Region": region,
        "Remark": remark,
    }
    if name := crawler.definition.get("CrawlerSecurityConfiguration"):
        found = tx.security_configurations.find(crawler.account_id, name)
        # The crawl that finds none fails: by the clock as by a request, its log must not lie in the clear.
        payload["SecurityConfiguration"] = name
        payload["Encryption"] = None if found is None else found.document
    tx.work.enqueue(WORK_KIND, crawler.account_id, payload, now=now, dedupe_key=work_key(crawl_id))
    tell(tx, crawler.account_id, region, crawler.name, "Started", now)
