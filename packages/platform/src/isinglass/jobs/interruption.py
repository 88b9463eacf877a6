"""Asks whether a process that runs for claimed work must end now."""

import logging
from collections.abc import Callable

from isinglass.jobs.supervisor import Cause
from isinglass.store.store import Transaction
from isinglass.store.work_context import WorkContext

log = logging.getLogger(__name__)

#: Seconds between two looks for a stop request.
STOP_POLL_SECONDS = 0.5


def interruption(
    context: WorkContext, name: str, stop_asked: Callable[[Transaction], bool]
) -> Callable[[], Cause | None]:
    """Build the question of a supervisor; `stop_asked` looks for a stop request, `name` is for the log."""
    asked = 0.0

    def interrupted() -> Cause | None:
        nonlocal asked
        if context.lost.is_set():
            return Cause.LOST
        if context.stopping.is_set():
            return Cause.GIVEN_BACK
        if abs(context.now - asked) < STOP_POLL_SECONDS:
            return None
        asked = context.now
        try:
            with context.store.read() as tx:
                stop = stop_asked(tx)
        except Exception:
            log.exception("Reading the state of run %s failed; trying again", name)
            return None
        return Cause.STOPPED if stop else None

    return interrupted
