"""The end of a crawl: its history, its crawler's state and its event commit together."""

from typing import Any

from isinglass.domain import arns
from isinglass.store import crawls
from isinglass.store.store import Transaction

EVENT = "Glue Crawler State Change"
_EVENT_STATES = {crawls.COMPLETED: "Succeeded", crawls.FAILED: "Failed", crawls.STOPPED: "Stopped"}
#: Glue bills every crawl for at least ten minutes, by two workers; the figure says what Glue would bill.
_SECONDS_BILLED = 600.0
_DPU = 2.0


def end_crawl(
    tx: Transaction,
    account_id: str,
    crawler_name: str,
    state: str,
    *,
    region: str,
    now: float,
    message: str = "",
    progress: dict[str, Any],
) -> None:
    """End the crawl a crawler is running."""
    crawler = tx.crawlers.lock(account_id, crawler_name)
    crawl = tx.crawls.find(account_id, crawler.current_crawl_id or "") if crawler else None
    if crawler is None or crawl is None:
        return
    tx.crawls.end(
        account_id,
        crawl.crawl_id,
        state,
        now=now,
        dpu_hours=_DPU * max(now - crawl.started_at, _SECONDS_BILLED) / 3600,
        error_message=message[:2048],
        progress=progress,
    )
    tx.crawlers.end_crawl(crawler)
    tell(tx, account_id, region, crawler_name, _EVENT_STATES[state], now, message=message, progress=progress)


def tell(
    tx: Transaction,
    account_id: str,
    region: str,
    crawler_name: str,
    state: str,
    now: float,
    *,
    message: str = "",
    progress: dict[str, Any] | None = None,
) -> None:
    """Add the event of a crawler's change of state."""
    detail: dict[str, str] = {
        "accountId": account_id,
        "crawlerName": crawler_name,
        "message": f"Crawler {state}",
        "state": state,
    }
    if state == "Succeeded":
        for kind in ("Tables", "Partitions"):
            counts = (progress or {}).get(kind, {})
            for word, event_word in (("Added", "Created"), ("Updated", "Updated"), ("Deleted", "Deleted")):
                detail[f"{kind.lower()}{event_word}"] = str(counts.get(word, 0))
    elif message:
        detail["errorMessage"] = message[:1024]
    payload = {
        "source": "aws.glue",
        "resources": [arns.build(region, account_id, "crawler", crawler_name)],
        "detail": detail,
    }
    tx.outbox.add(account_id, EVENT, payload, now)
