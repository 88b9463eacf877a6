"""Operations that start and stop crawls, and tell of them."""

from collections.abc import Iterable
from statistics import median

from isinglass.crawl.ending import end_crawl
from isinglass.crawl.starting import start_crawl, work_key
from isinglass.model.glue.errors import (
    CrawlerNotRunningException,
    CrawlerRunningException,
    CrawlerStoppingException,
    InvalidInputException,
)
from isinglass.model.glue.shapes import (
    CrawlerMetrics,
    CrawlsFilter,
    GetCrawlerMetricsRequest,
    GetCrawlerMetricsResponse,
    ListCrawlsRequest,
    ListCrawlsResponse,
    StartCrawlerRequest,
    StartCrawlerResponse,
    StopCrawlerRequest,
    StopCrawlerResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.crawlers import render
from isinglass.operations.crawlers.definitions import found
from isinglass.operations.registry import implements
from isinglass.store import crawls
from isinglass.store.crawlers import READY, STOPPING, Crawler
from isinglass.store.crawls import CrawlFilter
from isinglass.store.paging import PageRequest
from isinglass.store.store import Transaction

#: Crawls whose run times the median is taken of.
_MEDIAN_OF = 20
_COLUMNS = {
    "CRAWL_ID": "crawl_id",
    "STATE": "state",
    "START_TIME": "started_at",
    "END_TIME": "ended_at",
    "DPU_HOUR": "dpu_hours",
}
_TEXT = {"CRAWL_ID", "STATE"}
_TIMES = {"START_TIME", "END_TIME"}


@implements("StartCrawler")
def start_crawler(ctx: Context, request: StartCrawlerRequest) -> StartCrawlerResponse:
    name = request["Name"]
    with ctx.store.begin() as tx:
        crawler = found(tx.crawlers.lock(ctx.account_id, name), name)
        if crawler.state != READY:
            raise CrawlerRunningException(f"Crawler with name {name} has already started")
        if configuration := crawler.definition.get("CrawlerSecurityConfiguration"):
            tx.security_configurations.require(ctx.account_id, configuration)
        start_crawl(tx, crawler, region=ctx.region, now=ctx.now)
    return {}


@implements("StopCrawler")
def stop_crawler(ctx: Context, request: StopCrawlerRequest) -> StopCrawlerResponse:
    name = request["Name"]
    with ctx.store.begin() as tx:
        crawler = found(tx.crawlers.lock(ctx.account_id, name), name)
        if crawler.state == READY:
            raise CrawlerNotRunningException(f"Crawler with name {name} isn't running")
        if crawler.state == STOPPING:
            raise CrawlerStoppingException(f"Crawler with name {name} is already stopping")
        tx.crawlers.begin_stop(crawler)
        if tx.work.cancel(work_key(str(crawler.current_crawl_id))):
            # Nobody has begun it: it is over at once.
            end_crawl(tx, ctx.account_id, name, crawls.STOPPED, region=ctx.region, now=ctx.now, progress={})
    return {}


@implements("ListCrawls")
def list_crawls(ctx: Context, request: ListCrawlsRequest) -> ListCrawlsResponse:
    name = request["CrawlerName"]
    filters = [_filter(given) for given in request.get("Filters", [])]
    with ctx.store.read() as tx:
        found(tx.crawlers.find(ctx.account_id, name), name)
        listed, after = tx.crawls.page(ctx.account_id, name, ctx.page, filters)
    return {"Crawls": [render.history(crawl) for crawl in listed], "NextToken": ctx.token(after)}


def _filter(given: CrawlsFilter) -> CrawlFilter:
    field, value = given.get("FieldName"), given.get("FieldValue")
    if field is None or value is None:
        raise InvalidInputException("Each filter needs a FieldName and a FieldValue.")
    how = given.get("FilterOperator", "EQ")
    if field in _TEXT:
        return CrawlFilter(_COLUMNS[field], how, value)
    try:
        number = float(value)
    except ValueError as error:
        raise InvalidInputException(
            f"The value {value!r} of the filter on {field} is not a number."
        ) from error
    # The wire has times in milliseconds, the store in seconds.
    return CrawlFilter(_COLUMNS[field], how, number / 1000 if field in _TIMES else number)


@implements("GetCrawlerMetrics")
def get_crawler_metrics(ctx: Context, request: GetCrawlerMetricsRequest) -> GetCrawlerMetricsResponse:
    names = request.get("CrawlerNameList", [])
    with ctx.store.read() as tx:
        if names:
            present = tx.crawlers.find_many(ctx.account_id, names)
            listed: Iterable[Crawler] = [present[name] for name in dict.fromkeys(names) if name in present]
            after = None
        else:
            listed, after = tx.crawlers.page(ctx.account_id, ctx.page)
        metrics = [_metrics(ctx, tx, crawler) for crawler in listed]
    return {"CrawlerMetricsList": metrics, "NextToken": ctx.token(after)}


def _metrics(ctx: Context, tx: Transaction, crawler: Crawler) -> CrawlerMetrics:
    recent, _ = tx.crawls.page(ctx.account_id, crawler.name, PageRequest(_MEDIAN_OF))
    times = [crawl.ended_at - crawl.started_at for crawl in recent if crawl.ended_at is not None]
    running = next((crawl for crawl in recent if crawl.ended_at is None), None)
    usual = median(times) if times else 0.0
    last = next((crawl for crawl in recent if crawl.ended_at is not None), None)
    counts = last.progress.get("Tables", {}) if last else {}
    counts = counts if isinstance(counts, dict) else {}
    return {
        "CrawlerName": crawler.name,
        "TimeLeftSeconds": max(0.0, usual - (ctx.now - running.started_at)) if running else 0.0,
        "StillEstimating": running is not None and not times,
        "LastRuntimeSeconds": times[0] if times else 0.0,
        "MedianRuntimeSeconds": usual,
        "TablesCreated": counts.get("Added", 0),
        "TablesUpdated": counts.get("Updated", 0),
        "TablesDeleted": counts.get("Deleted", 0),
    }
