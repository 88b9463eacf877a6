"""The durable queue: work is claimed with a lease, and every later write is fenced by the attempt."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from isinglass.store.conflicts import insert_one
from isinglass.store.prepared import Prepared
from isinglass.store.tables.flow import work


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A claimed piece of work; `attempt` is the fencing token of this claim."""

    id: int
    kind: str
    account_id: str
    payload: dict[str, Any]
    attempt: int


_CANCEL = Prepared(work.delete().where(work.c.dedupe_key == sa.bindparam("key"), work.c.state == "ready"))


class WorkQueue:
    """Reads and writes the work table within one transaction; finished work leaves the table."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        #: How much work this transaction added.
        self.enqueued = 0

    def enqueue(
        self,
        kind: str,
        account_id: str,
        payload: dict[str, Any],
        *,
        now: float,
        run_at: float | None = None,
        priority: int = 0,
        dedupe_key: str | None = None,
    ) -> bool:
        """Add work; False when work with the same dedupe key is there, also by a concurrent transaction."""
        row = {
            "kind": kind,
            "account_id": account_id,
            "payload": payload,
            "state": "ready",
            "run_at": now if run_at is None else run_at,
            "priority": priority,
            "dedupe_key": dedupe_key,
            "created_at": now,
        }
        if not insert_one(self._connection, work, row):
            return False
        self.enqueued += 1
        return True

    def claim(
        self, kinds: list[str], *, worker: str, now: float, lease_seconds: float, limit: int
    ) -> list[WorkItem]:
        """Claim due work, and work whose holder's lease ran out, in one statement."""
        due = (
            sa.select(work.c.id)
            .where(
                work.c.kind.in_(kinds),
                sa.or_(
                    sa.and_(work.c.state == "ready", work.c.run_at <= now),
                    sa.and_(work.c.state == "running", work.c.lease_until < now),
                ),
            )
            .order_by(work.c.priority.desc(), work.c.run_at, work.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claim = (
            work.update()
            .where(work.c.id.in_(due.scalar_subquery()))
            .values(
                state="running",
                claimed_by=worker,
                lease_until=now + lease_seconds,
                attempt=work.c.attempt + 1,
            )
            .returning(work.c.id, work.c.kind, work.c.account_id, work.c.payload, work.c.attempt)
        )
        return [WorkItem(*row) for row in self._connection.execute(claim)]

    def _held(self, item: WorkItem) -> sa.ColumnElement[bool]:
        return sa.and_(work.c.id == item.id, work.c.attempt == item.attempt, work.c.state == "running")

    def extend(self, item: WorkItem, lease_until: float) -> bool:
        """Extend the lease; False when the work has passed to another holder."""
        done = self._connection.execute(work.update().where(self._held(item)).values(lease_until=lease_until))
        return done.rowcount == 1

    def holds(self, item: WorkItem) -> bool:
        """Tell whether the work is still this holder's, and keep it so until the transaction ends."""
        held = sa.select(work.c.id).where(self._held(item)).with_for_update()
        return self._connection.execute(held).first() is not None

    def finish(self, item: WorkItem) -> bool:
        """Remove finished work; False when the work has passed to another holder: write nothing then."""
        return self._connection.execute(work.delete().where(self._held(item))).rowcount == 1

    def release(self, item: WorkItem, run_at: float) -> bool:
        """Give work back to be claimed again at a time (epoch seconds)."""
        done = self._connection.execute(
            work.update()
            .where(self._held(item))
            .values(state="ready", claimed_by=None, lease_until=None, run_at=run_at)
        )
        return done.rowcount == 1

    def release_all_of(self, worker_prefix: str, now: float) -> int:
        """Make work of workers that cannot be alive any more due at once; returns how many.

        For the standalone server: it alone works on its database, so at its start every claim is an orphan.
        """
        done = self._connection.execute(
            work.update()
            .where(work.c.state == "running", work.c.claimed_by.startswith(worker_prefix, autoescape=True))
            .values(state="ready", claimed_by=None, lease_until=None, run_at=now)
        )
        return done.rowcount

    def cancel(self, dedupe_key: str) -> bool:
        """Remove work that nobody has claimed; False when it is running or unknown."""
        return _CANCEL.run(self._connection, {"key": dedupe_key}) == 1
