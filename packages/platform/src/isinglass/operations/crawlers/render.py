"""Crawlers and crawls in the words of the API: each list has words of its own for the same states."""

import json
from typing import TYPE_CHECKING, Any, cast

from isinglass.model.glue.shapes import Crawler as CrawlerShape
from isinglass.model.glue.shapes import CrawlerHistory, LastCrawlInfo
from isinglass.store.crawlers import Crawler
from isinglass.store.crawls import COMPLETED, FAILED, STOPPED, Crawl
from isinglass.store.schedules import NOT_SCHEDULED, Schedule

if TYPE_CHECKING:
    from collections.abc import Mapping

LOG_GROUP = "/aws-glue/crawlers"
_CHANGES = {"Added": "ADD", "Updated": "UPDATE", "Deleted": "DELETE"}
_LAST_CRAWL_STATUS: "Mapping[str, str]" = {COMPLETED: "SUCCEEDED", FAILED: "FAILED", STOPPED: "CANCELLED"}


def crawler(
    found: Crawler, last: Crawl | None, running: Crawl | None, schedule: Schedule | None, now: float
) -> CrawlerShape:
    """Render a crawler as GetCrawler answers it."""
    definition = dict(found.definition)
    expression = definition.pop("Schedule", None)
    rendered: dict[str, Any] = {
        "Name": found.name,
        **definition,
        "State": found.state,
        "CrawlElapsedTime": round((now - running.started_at) * 1000) if running else 0,
        "CreationTime": found.created_at,
        "LastUpdated": found.updated_at,
        "Version": found.version,
    }
    if expression:
        state = schedule.state if schedule else NOT_SCHEDULED
        rendered["Schedule"] = {"ScheduleExpression": expression, "State": state}
    if last is not None:
        rendered["LastCrawl"] = _last_crawl(last)
    return cast("CrawlerShape", rendered)


def _last_crawl(crawl: Crawl) -> LastCrawlInfo:
    rendered: dict[str, Any] = {
        "Status": _LAST_CRAWL_STATUS[crawl.state],
        "LogGroup": LOG_GROUP,
        "LogStream": crawl.crawler_name,
        "MessagePrefix": crawl.crawl_id,
        "StartTime": crawl.started_at,
    }
    if crawl.error_message:
        rendered["ErrorMessage"] = crawl.error_message
    return cast("LastCrawlInfo", rendered)


def history(crawl: Crawl) -> CrawlerHistory:
    """Render a crawl as ListCrawls answers it."""
    rendered: dict[str, Any] = {
        "CrawlId": crawl.crawl_id,
        "State": crawl.state,
        "StartTime": crawl.started_at,
        "LogGroup": LOG_GROUP,
        "LogStream": crawl.crawler_name,
        "MessagePrefix": crawl.crawl_id,
        "DPUHour": round(crawl.dpu_hours, 3),
    }
    if crawl.ended_at is not None:
        rendered["EndTime"] = crawl.ended_at
    summary = _summary(crawl.progress)
    if summary:
        rendered["Summary"] = json.dumps(summary, separators=(",", ":"))
    if crawl.error_message:
        rendered["ErrorMessage"] = crawl.error_message
    return cast("CrawlerHistory", rendered)


def _summary(progress: dict[str, Any]) -> dict[str, str]:
    """Count what a crawl changed, in Glue's form: JSON within JSON; what it did not touch is left out."""
    summary: dict[str, str] = {}
    for kind, name in (("Tables", "TABLE"), ("Partitions", "PARTITION")):
        counts = progress.get(kind)
        if isinstance(counts, dict):
            changed = {_CHANGES[word]: {"Count": count} for word, count in counts.items() if count}
            if changed:
                summary[name] = json.dumps(changed, separators=(",", ":"))
    return summary
