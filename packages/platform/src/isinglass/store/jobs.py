"""Jobs: what a run of that name will execute."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from isinglass.store.listing import Listing
from isinglass.store.lookup import Lookup
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.prepared import Prepared
from isinglass.store.tables.jobs import jobs
from isinglass.store.tags import tagged


@dataclass(frozen=True, slots=True)
class Job:
    """One job; `definition` holds Glue's members except its name and times."""

    account_id: str
    name: str
    definition: dict[str, Any]
    created_at: float
    modified_at: float


_COLUMNS = [jobs.c[name] for name in Job.__dataclass_fields__]
_IS = (jobs.c.account_id == sa.bindparam("of_account"), jobs.c.name == sa.bindparam("of_name"))
_FIND = Prepared(sa.select(*_COLUMNS).where(*_IS))
_LOCK = Prepared(sa.select(*_COLUMNS).where(*_IS).with_for_update())
_OF_ACCOUNT = jobs.c.account_id == sa.bindparam("of_account")
_LISTED = Listing(sa.select(*_COLUMNS).where(_OF_ACCOUNT), jobs.c.name)
_FIND_MANY = Lookup(sa.select(*_COLUMNS).where(_OF_ACCOUNT), jobs.c.name)
_NAMES = Listing(sa.select(jobs.c.name).where(_OF_ACCOUNT), jobs.c.name)
_INSERT = Prepared(jobs.insert().inline())
_UPDATE = Prepared(
    jobs.update()
    .where(*_IS)
    .values({name: sa.bindparam(f"new_{name}") for name in ("definition", "modified_at")})
)
_DELETE = Prepared(jobs.delete().where(*_IS))


class Jobs:
    """Reads and writes the jobs table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find(self, account_id: str, name: str) -> Job | None:
        """Find a job by its name."""
        row = _FIND.first(self._connection, _is(account_id, name))
        return None if row is None else Job(*row)

    def find_many(self, account_id: str, names: list[str]) -> dict[str, Job]:
        """Find the jobs of some names."""
        rows = _FIND_MANY.all(self._connection, {"of_account": account_id}, names)
        return {job.name: job for job in (Job(*row) for row in rows)}

    def names(
        self, account_id: str, page: PageRequest, *, tags: Mapping[str, str]
    ) -> tuple[list[str], tuple[Any, ...] | None]:
        """List the names of jobs, of all or of those that have some tags."""
        if not tags:
            listed, following = _NAMES.page(self._connection, {"of_account": account_id}, page)
            return [name for (name,) in listed], following
        conditions = tagged(account_id, "job", jobs.c.name, tags)
        statement = sa.select(jobs.c.name).where(jobs.c.account_id == account_id, *conditions)
        rows, after = fetch_page(self._connection, statement, [jobs.c.name], page)
        return [row[0] for row in rows], after

    def list(
        self, account_id: str, page: PageRequest, *, tags: Mapping[str, str] | None = None
    ) -> tuple[list[Job], tuple[Any, ...] | None]:
        """List jobs by name, all or those that have some tags."""
        if not tags:
            listed, following = _LISTED.page(self._connection, {"of_account": account_id}, page)
            return [Job(*row) for row in listed], following
        conditions = tagged(account_id, "job", jobs.c.name, tags)
        statement = sa.select(*_COLUMNS).where(jobs.c.account_id == account_id, *conditions)
        rows, after = fetch_page(self._connection, statement, [jobs.c.name], page)
        return [Job(*row) for row in rows], after

    def insert(self, job: Job) -> None:
        """Insert a job; its name must be free."""
        row = {name: getattr(job, name) for name in Job.__dataclass_fields__}
        _INSERT.run(self._connection, row)

    def update(self, account_id: str, name: str, definition: dict[str, Any], now: float) -> bool:
        """Replace a job's definition; False when there is no such job."""
        changes = {"new_definition": definition, "new_modified_at": now}
        return _UPDATE.run(self._connection, _is(account_id, name) | changes) == 1

    def lock(self, account_id: str, name: str) -> Job | None:
        """Find a job and keep other writers of it waiting, so that its runs can be counted and started."""
        row = _LOCK.first(self._connection, _is(account_id, name))
        return None if row is None else Job(*row)

    def delete(self, account_id: str, name: str) -> bool:
        """Delete a job, keeping its runs; False when there is no such job."""
        return _DELETE.run(self._connection, _is(account_id, name)) == 1


def _is(account_id: str, name: str) -> dict[str, Any]:
    return {"of_account": account_id, "of_name": name}
