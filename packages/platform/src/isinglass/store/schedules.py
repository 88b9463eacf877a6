"""Schedules: which thing of an account is started by the clock, and when it is due next."""

from dataclasses import dataclass

import sqlalchemy as sa

from isinglass.store.conflicts import insert_or_update
from isinglass.store.lookup import Lookup
from isinglass.store.prepared import Prepared
from isinglass.store.tables.schedules import schedules

SCHEDULED, NOT_SCHEDULED = "SCHEDULED", "NOT_SCHEDULED"


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is started (`kind` and `name`), and when: `next_at` is None while it is stopped."""

    account_id: str
    kind: str
    name: str
    expression: str
    region: str
    state: str
    next_at: float | None
    last_at: float | None = None


_MEMBERS = tuple(Schedule.__dataclass_fields__)
_SELECT = sa.select(*(schedules.c[name] for name in _MEMBERS))
_OF = (
    schedules.c.account_id == sa.bindparam("of_account"),
    schedules.c.kind == sa.bindparam("of_kind"),
    schedules.c.name == sa.bindparam("of_name"),
)
_FIND = Prepared(_SELECT.where(*_OF))
_FIND_MANY = Lookup(_SELECT.where(*_OF[:2]), schedules.c.name)
_DELETE = Prepared(schedules.delete().where(*_OF))


class Schedules:
    """Reads and writes the schedules table within one transaction.

    Who changes a schedule holds the thing that it starts, so that both agree.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find(self, account_id: str, kind: str, name: str) -> Schedule | None:
        """Find the schedule of a thing."""
        row = _FIND.first(self._connection, _of(account_id, kind, name))
        return None if row is None else Schedule(*row)

    def find_many(self, account_id: str, kind: str, names: list[str]) -> dict[str, Schedule]:
        """Find the schedules of things of one kind, by their names."""
        rows = _FIND_MANY.all(self._connection, {"of_account": account_id, "of_kind": kind}, names)
        return {schedule.name: schedule for schedule in (Schedule(*row) for row in rows)}

    def put(self, schedule: Schedule) -> None:
        """Set a thing's schedule; when it was due last is kept."""
        changed = ["expression", "region", "state", "next_at"]
        row = {name: getattr(schedule, name) for name in _MEMBERS}
        insert_or_update(self._connection, schedules, changed, row)

    def delete(self, account_id: str, kind: str, name: str) -> None:
        """Delete a thing's schedule, if it has one."""
        _DELETE.run(self._connection, _of(account_id, kind, name))

    def due(self, now: float, limit: int) -> list[Schedule]:
        """List schedules that are due, the longest waiting first."""
        statement = _SELECT.where(schedules.c.next_at <= now).order_by(schedules.c.next_at).limit(limit)
        return [Schedule(*row) for row in self._connection.execute(statement)]

    def take(self, schedule: Schedule, next_at: float | None) -> bool:
        """Move a due schedule on; False when another server did, or somebody changed it, meanwhile."""
        moved = (
            schedules.update()
            .where(
                *_is(schedule.account_id, schedule.kind, schedule.name),
                schedules.c.next_at == schedule.next_at,
            )
            .values(next_at=next_at, last_at=schedule.next_at)
        )
        return self._connection.execute(moved).rowcount == 1


def _of(account_id: str, kind: str, name: str) -> dict[str, str]:
    return {"of_account": account_id, "of_kind": kind, "of_name": name}


def _is(account_id: str, kind: str, name: str) -> list[sa.ColumnElement[bool]]:
    return [schedules.c.account_id == account_id, schedules.c.kind == kind, schedules.c.name == name]
