"""How a crawler's schedule follows its definition, and what its due times start."""

import logging
from collections.abc import Mapping
from typing import Any

from isinglass.crawl.starting import start_crawl
from isinglass.flow.schedules import Due, scheduled, stopped
from isinglass.operations.context import Context
from isinglass.store.crawlers import READY
from isinglass.store.schedules import SCHEDULED
from isinglass.store.store import Transaction

log = logging.getLogger(__name__)

KIND = "crawler"


def keep_schedule(
    ctx: Context, tx: Transaction, name: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Make a locked crawler's schedule that of its new definition.

    A schedule that was stopped stays so, whatever its new times; a new one runs.
    """
    expression = after.get("Schedule")
    if not expression:
        tx.schedules.delete(ctx.account_id, KIND, name)
    elif before.get("Schedule") != expression:
        present = tx.schedules.find(ctx.account_id, KIND, name)
        runs = present.state == SCHEDULED if present else "Schedule" not in before
        set_schedule(ctx, tx, name, expression, running=runs)


def set_schedule(ctx: Context, tx: Transaction, name: str, expression: str, *, running: bool) -> None:
    """Set a crawler's schedule, running or stopped."""
    if running:
        made = scheduled(ctx.account_id, KIND, name, expression, region=ctx.region, now=ctx.now)
    else:
        made = stopped(ctx.account_id, KIND, name, expression, region=ctx.region)
    tx.schedules.put(made)


def start(tx: Transaction, due: Due) -> None:
    """Start the crawler whose schedule is due; one that is still running misses this time, as in Glue."""
    schedule = due.schedule
    crawler = tx.crawlers.lock(schedule.account_id, schedule.name)
    if crawler is None:
        tx.schedules.delete(schedule.account_id, KIND, schedule.name)
    elif crawler.state == READY:
        start_crawl(tx, crawler, region=schedule.region, now=due.now, remark=due.remark)
    else:
        log.warning("Crawler %s is still running and misses a due time", schedule.name)
