"""Start what is due by the clock: once for each due time, whatever the number of servers."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from isinglass.domain import cron
from isinglass.store.schedules import NOT_SCHEDULED, SCHEDULED, Schedule
from isinglass.store.store import Store, Transaction

log = logging.getLogger(__name__)

#: Schedules looked at in one round; the next round follows at once while there are so many.
AT_ONCE = 100
#: Seconds after which a schedule is tried again whose starting raised: it must not hold up the others.
FAULT_DELAY_SECONDS = 60.0
#: Due times that went by are counted up to here.
MOST_COUNTED = 1000
#: Due times so many seconds ago are no delay worth telling of.
_PROMPT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Due:
    """One due time of a schedule, and how many more went by before anybody could look."""

    schedule: Schedule
    at: float
    now: float
    skipped: int = 0

    @property
    def remark(self) -> str:
        """Say that it is late; empty when it is not."""
        if not self.skipped and self.now - self.at < _PROMPT_SECONDS:
            return ""
        when = datetime.fromtimestamp(self.at, UTC).strftime("%Y-%m-%d %H:%M")
        more = f"; so do {self.skipped} later due times" if self.skipped else ""
        return f"Started late: it was due at {when} UTC, when no server was running{more}."


#: Starts one thing within the transaction that moves its schedule on.
Starter = Callable[[Transaction, Due], None]


def scheduled(account_id: str, kind: str, name: str, expression: str, *, region: str, now: float) -> Schedule:
    """Make a schedule that runs from now on; raises domain.cron.MalformedSchedule."""
    next_at = cron.parse(expression).next_after(now)
    return Schedule(account_id, kind, name, expression, region, SCHEDULED, next_at)


def stopped(account_id: str, kind: str, name: str, expression: str, *, region: str) -> Schedule:
    """Make a schedule that waits to be started; raises domain.cron.MalformedSchedule."""
    cron.parse(expression)
    return Schedule(account_id, kind, name, expression, region, NOT_SCHEDULED, None)


def fire_due(store: Store, starters: Mapping[str, Starter], now: float) -> int:
    """Start everything that is due, each in a transaction of its own; returns how much was.

    After a time without any server a thing is started once, for all the times it was due.
    """
    with store.read() as tx:
        due = tx.schedules.due(now, AT_ONCE)
    return sum(_fire(store, starters, schedule, now) for schedule in due)


def _fire(store: Store, starters: Mapping[str, Starter], schedule: Schedule, now: float) -> bool:
    assert schedule.next_at is not None
    try:
        following = cron.parse(schedule.expression)
        due = Due(schedule, schedule.next_at, now, _skipped(following, schedule.next_at, now))
        with store.begin() as tx:
            if not tx.schedules.take(schedule, following.next_after(now)):
                return False
            starters[schedule.kind](tx, due)
    except Exception:
        log.exception("Starting %s %s by its schedule failed", schedule.kind, schedule.name)
        _postpone(store, schedule, now)
        return False
    if due.remark:
        log.warning("%s %s of %s: %s", schedule.kind, schedule.name, schedule.account_id, due.remark)
    return True


def _skipped(following: cron.Cron, at: float, now: float) -> int:
    count = 0
    while count < MOST_COUNTED and (later := following.next_after(at)) is not None and later <= now:
        at, count = later, count + 1
    return count


def _postpone(store: Store, schedule: Schedule, now: float) -> None:
    try:
        with store.begin() as tx:
            tx.schedules.take(schedule, now + FAULT_DELAY_SECONDS)
    except Exception:
        log.exception("Postponing the schedule of %s %s failed", schedule.kind, schedule.name)
