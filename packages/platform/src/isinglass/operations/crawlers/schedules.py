"""Operations on the schedules of crawlers."""

from isinglass.model.glue.errors import (
    InvalidInputException,
    NoScheduleException,
    SchedulerNotRunningException,
    SchedulerRunningException,
)
from isinglass.model.glue.shapes import (
    StartCrawlerScheduleRequest,
    StartCrawlerScheduleResponse,
    StopCrawlerScheduleRequest,
    StopCrawlerScheduleResponse,
    UpdateCrawlerScheduleRequest,
    UpdateCrawlerScheduleResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.crawlers.definition import define
from isinglass.operations.crawlers.definitions import found
from isinglass.operations.crawlers.scheduling import KIND, keep_schedule, set_schedule
from isinglass.operations.registry import implements
from isinglass.store.schedules import SCHEDULED


@implements("UpdateCrawlerSchedule")
def update_crawler_schedule(
    ctx: Context, request: UpdateCrawlerScheduleRequest
) -> UpdateCrawlerScheduleResponse:
    """Change when a crawler runs; an empty Schedule takes it away."""
    name = request["CrawlerName"]
    if "Schedule" not in request:
        raise InvalidInputException("Schedule must be given: a cron expression, or empty to have none.")
    with ctx.store.begin() as tx:
        crawler = found(tx.crawlers.lock(ctx.account_id, name), name)
        definition = define({"Schedule": request["Schedule"]}, crawler.definition)
        tx.crawlers.redefine(crawler, definition, ctx.now)
        keep_schedule(ctx, tx, name, crawler.definition, definition)
    return {}


@implements("StartCrawlerSchedule")
def start_crawler_schedule(
    ctx: Context, request: StartCrawlerScheduleRequest
) -> StartCrawlerScheduleResponse:
    name = request["CrawlerName"]
    with ctx.store.begin() as tx:
        crawler = found(tx.crawlers.lock(ctx.account_id, name), name)
        expression = crawler.definition.get("Schedule")
        if not expression:
            raise NoScheduleException(f"Crawler {name} has no schedule.")
        present = tx.schedules.find(ctx.account_id, KIND, name)
        if present and present.state == SCHEDULED:
            raise SchedulerRunningException(f"The schedule of crawler {name} is running already.")
        set_schedule(ctx, tx, name, expression, running=True)
    return {}


@implements("StopCrawlerSchedule")
def stop_crawler_schedule(ctx: Context, request: StopCrawlerScheduleRequest) -> StopCrawlerScheduleResponse:
    name = request["CrawlerName"]
    with ctx.store.begin() as tx:
        found(tx.crawlers.lock(ctx.account_id, name), name)
        present = tx.schedules.find(ctx.account_id, KIND, name)
        if present is None or present.state != SCHEDULED:
            raise SchedulerNotRunningException(f"The schedule of crawler {name} is not running.")
        set_schedule(ctx, tx, name, present.expression, running=False)
    return {}
