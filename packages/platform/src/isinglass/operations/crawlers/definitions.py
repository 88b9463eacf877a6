"""Operations that define crawlers, and read their definitions."""

from typing import Any

from isinglass.domain import arns
from isinglass.model.glue.errors import (
    AlreadyExistsException,
    CrawlerRunningException,
    EntityNotFoundException,
    InvalidInputException,
)
from isinglass.model.glue.shapes import (
    BatchGetCrawlersRequest,
    BatchGetCrawlersResponse,
    CreateCrawlerRequest,
    CreateCrawlerResponse,
    DeleteCrawlerRequest,
    DeleteCrawlerResponse,
    GetCrawlerRequest,
    GetCrawlerResponse,
    GetCrawlersRequest,
    GetCrawlersResponse,
    ListCrawlersRequest,
    ListCrawlersResponse,
    UpdateCrawlerRequest,
    UpdateCrawlerResponse,
)
from isinglass.model.glue.shapes import Crawler as CrawlerShape
from isinglass.operations.context import Context
from isinglass.operations.crawlers import render
from isinglass.operations.crawlers.definition import define
from isinglass.operations.crawlers.scheduling import KIND, keep_schedule
from isinglass.operations.registry import implements
from isinglass.store.crawlers import READY, Crawler
from isinglass.store.store import Transaction


def found(crawler: Crawler | None, name: str) -> Crawler:
    """Return the crawler, or say that there is none."""
    if crawler is None:
        raise EntityNotFoundException(f"Crawler {name} not found.")
    return crawler


@implements("CreateCrawler")
def create_crawler(ctx: Context, request: CreateCrawlerRequest) -> CreateCrawlerResponse:
    _check_catalog(ctx, request.get("CatalogId"))
    definition = define(request)
    _check_local_paths(ctx, definition)
    name = request["Name"]
    with ctx.store.begin() as tx:
        try:
            _check_encryption(ctx, tx, definition)
        except EntityNotFoundException as error:  # which clients do not expect of this operation
            raise InvalidInputException(error.message) from error
        if not tx.crawlers.insert(ctx.account_id, name, definition, ctx.now):
            raise AlreadyExistsException(f"Crawler {name} already exists.")
        keep_schedule(ctx, tx, name, {}, definition)
        tx.tags.add(ctx.account_id, arns.resource("crawler", name), request.get("Tags", {}))
    return {}


@implements("UpdateCrawler")
def update_crawler(ctx: Context, request: UpdateCrawlerRequest) -> UpdateCrawlerResponse:
    _check_catalog(ctx, request.get("CatalogId"))
    name = request["Name"]
    with ctx.store.begin() as tx:
        crawler = found(tx.crawlers.lock(ctx.account_id, name), name)
        if crawler.state != READY:
            raise CrawlerRunningException(f"Crawler with name {name} is running; stop it first.")
        definition = define(request, crawler.definition)
        _check_local_paths(ctx, definition)
        _check_encryption(ctx, tx, definition)
        tx.crawlers.redefine(crawler, definition, ctx.now)
        keep_schedule(ctx, tx, name, crawler.definition, definition)
    return {}


def _check_encryption(ctx: Context, tx: Transaction, definition: dict[str, Any]) -> None:
    """Refuse a security configuration that is not there: the crawls would fail for want of it."""
    if name := definition.get("CrawlerSecurityConfiguration"):
        tx.security_configurations.require(ctx.account_id, name)


@implements("DeleteCrawler")
def delete_crawler(ctx: Context, request: DeleteCrawlerRequest) -> DeleteCrawlerResponse:
    name = request["Name"]
    with ctx.store.begin() as tx:
        crawler = found(tx.crawlers.lock(ctx.account_id, name), name)
        if crawler.state != READY:
            raise CrawlerRunningException(f"Crawler with name {name} is running; stop it first.")
        tx.crawlers.delete(crawler)
        tx.schedules.delete(ctx.account_id, KIND, name)
        tx.tags.delete_all(ctx.account_id, arns.resource("crawler", name))
    return {}


@implements("GetCrawler")
def get_crawler(ctx: Context, request: GetCrawlerRequest) -> GetCrawlerResponse:
    with ctx.store.read() as tx:
        crawler = found(tx.crawlers.find(ctx.account_id, request["Name"]), request["Name"])
        return {"Crawler": _rendered(ctx, tx, [crawler])[0]}


@implements("GetCrawlers")
def get_crawlers(ctx: Context, _request: GetCrawlersRequest) -> GetCrawlersResponse:
    with ctx.store.read() as tx:
        crawlers, after = tx.crawlers.page(ctx.account_id, ctx.page)
        return {"Crawlers": _rendered(ctx, tx, crawlers), "NextToken": ctx.token(after)}


@implements("BatchGetCrawlers")
def batch_get_crawlers(ctx: Context, request: BatchGetCrawlersRequest) -> BatchGetCrawlersResponse:
    names = list(dict.fromkeys(request["CrawlerNames"]))
    with ctx.store.read() as tx:
        crawlers = tx.crawlers.find_many(ctx.account_id, names)
        present = [crawlers[name] for name in names if name in crawlers]
        return {
            "Crawlers": _rendered(ctx, tx, present),
            "CrawlersNotFound": [name for name in names if name not in crawlers],
        }


@implements("ListCrawlers")
def list_crawlers(ctx: Context, request: ListCrawlersRequest) -> ListCrawlersResponse:
    with ctx.store.read() as tx:
        names, after = tx.crawlers.names(ctx.account_id, ctx.page, request.get("Tags", {}))
    return {"CrawlerNames": names, "NextToken": ctx.token(after)}


def _rendered(ctx: Context, tx: Transaction, crawlers: list[Crawler]) -> list[CrawlerShape]:
    ids = {crawl_id for one in crawlers for crawl_id in (one.current_crawl_id, one.last_crawl_id) if crawl_id}
    crawls = tx.crawls.find_many(ctx.account_id, ids) if ids else {}
    schedules = tx.schedules.find_many(ctx.account_id, KIND, [one.name for one in crawlers])
    return [
        render.crawler(
            one,
            crawls.get(one.last_crawl_id or ""),
            crawls.get(one.current_crawl_id or ""),
            schedules.get(one.name),
            ctx.now,
        )
        for one in crawlers
    ]


def _check_catalog(ctx: Context, catalog_id: str | None) -> None:
    if catalog_id not in (None, ctx.account_id):
        raise InvalidInputException(f"Crawlers write to the catalog of their own account, not {catalog_id}.")


def _check_local_paths(ctx: Context, definition: dict[str, object]) -> None:
    """Refuse paths of the server's own file system to everyone but the root account."""
    targets = definition["Targets"]
    if ctx.may_use_local_files or not isinstance(targets, dict):
        return
    for target in targets["S3Targets"]:
        if target["Path"].startswith(("/", "file:")):
            raise InvalidInputException(
                f"{target['Path']} is a local path, which only the root account may crawl."
            )
