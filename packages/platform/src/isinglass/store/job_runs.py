"""Job runs: each execution of a job, from its queueing to its outcome."""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from isinglass.store.listing import Listing
from isinglass.store.lookup import Lookup
from isinglass.store.paging import PageRequest
from isinglass.store.prepared import Prepared
from isinglass.store.tables.jobs import job_runs


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run; times are epoch seconds. `definition` is the job's, frozen when the run was made."""

    account_id: str
    run_id: str
    job_name: str
    state: str
    attempt: int
    started_at: float
    modified_at: float
    arguments: dict[str, str]
    definition: dict[str, Any]
    principal_arn: str
    previous_run_id: str | None = None
    completed_at: float | None = None
    running_since: float | None = None
    execution_seconds: float = 0.0
    executions: int = 0
    error_message: str | None = None
    state_detail: str | None = None
    progress: dict[str, Any] | None = field(default=None)
    #: What its security configuration said when the run was made.
    encryption: dict[str, Any] | None = None


_NAMES = tuple(JobRun.__dataclass_fields__)
_COLUMNS = [job_runs.c[name] for name in _NAMES]

#: States of runs that hold one of their job's MaxConcurrentRuns.
ACTIVE = ("STARTING", "RUNNING", "STOPPING")

_IS = (job_runs.c.account_id == sa.bindparam("of_account"), job_runs.c.run_id == sa.bindparam("of_run"))
_OF_JOB = (job_runs.c.account_id == sa.bindparam("of_account"), job_runs.c.job_name == sa.bindparam("of_job"))
_FIND = Prepared(sa.select(*_COLUMNS).where(*_IS))
_LOCK = Prepared(sa.select(*_COLUMNS).where(*_IS).with_for_update())
_STATE = Prepared(sa.select(job_runs.c.state).where(*_IS))
_FIND_MANY = Lookup(
    sa.select(*_COLUMNS).where(job_runs.c.account_id == sa.bindparam("of_account")), job_runs.c.run_id
)
_LISTED = Listing(
    sa.select(*_COLUMNS).where(*_OF_JOB), job_runs.c.started_at, job_runs.c.run_id, descending=True
)
# Of all jobs, the keys alone are put in order: they are in an index, and whole runs are large.
_KEYS = sa.select(job_runs.c.started_at, job_runs.c.run_id).where(
    job_runs.c.account_id == sa.bindparam("of_account")
)
_END = sa.bindparam("id_end", type_=sa.String)
_NEWEST = Listing(_KEYS, job_runs.c.started_at, job_runs.c.run_id, descending=True)
_ENDING = Listing(
    _KEYS.where(
        sa.func.substr(job_runs.c.run_id, sa.func.length(job_runs.c.run_id) - sa.func.length(_END) + 1)
        == _END
    ),
    job_runs.c.started_at,
    job_runs.c.run_id,
    descending=True,
)
_INSERT = Prepared(job_runs.insert().inline())
_UPDATE = Prepared(job_runs.update().where(*_IS))
_ACTIVE = Prepared(
    sa.select(sa.func.count())
    .select_from(job_runs)
    .where(*_OF_JOB, sa.or_(*(job_runs.c.state == state for state in ACTIVE)))
)


class JobRuns:
    """Reads and writes the job_runs table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def _of(self, account_id: str, job_name: str) -> sa.ColumnElement[bool]:
        return sa.and_(job_runs.c.account_id == account_id, job_runs.c.job_name == job_name)

    def find(self, account_id: str, run_id: str) -> JobRun | None:
        """Find a run by its id."""
        row = _FIND.first(self._connection, _is(account_id, run_id))
        return None if row is None else JobRun(*row)

    def lock(self, account_id: str, run_id: str) -> JobRun | None:
        """Find a run and keep other writers of it waiting until this transaction ends."""
        row = _LOCK.first(self._connection, _is(account_id, run_id))
        return None if row is None else JobRun(*row)

    def state(self, account_id: str, run_id: str) -> str | None:
        """Read a run's state alone: what its supervisor polls."""
        row = _STATE.first(self._connection, _is(account_id, run_id))
        return None if row is None else str(row[0])

    def newest(
        self, account_id: str, page: PageRequest, *, id_end: str | None = None
    ) -> tuple[list[JobRun], tuple[Any, ...] | None]:
        """List the runs of all jobs, newest first; with an end only those whose ids have it."""
        of_account = {"of_account": account_id}
        if id_end is None:
            keys, after = _NEWEST.page(self._connection, of_account, page)
        else:
            keys, after = _ENDING.page(self._connection, {**of_account, "id_end": id_end}, page)
        found = _FIND_MANY.all(self._connection, of_account, [run_id for _, run_id in keys])
        runs = {run.run_id: run for run in (JobRun(*row) for row in found)}
        return [runs[run_id] for _, run_id in keys], after

    def list(
        self, account_id: str, job_name: str, page: PageRequest
    ) -> tuple[list[JobRun], tuple[Any, ...] | None]:
        """List a job's runs, newest first."""
        of_job = {"of_account": account_id, "of_job": job_name}
        rows, after = _LISTED.page(self._connection, of_job, page)
        return [JobRun(*row) for row in rows], after

    def insert(self, run: JobRun) -> None:
        """Insert a run; its id must be new."""
        _INSERT.run(self._connection, {name: getattr(run, name) for name in _NAMES})

    def update(self, run: JobRun) -> None:
        """Store a run's changed values; fencing is the caller's, by the work it holds."""
        row = {name: getattr(run, name) for name in _NAMES}
        _UPDATE.run(self._connection, row | _is(run.account_id, run.run_id))

    def record_progress(self, account_id: str, run_id: str, progress: dict[str, Any]) -> None:
        """Store what a run last reported of its work."""
        self._connection.execute(
            job_runs.update()
            .where(job_runs.c.account_id == account_id, job_runs.c.run_id == run_id)
            .values(progress=progress)
        )

    def active(self, account_id: str, job_name: str) -> int:
        """Count the runs that hold one of the job's concurrent runs."""
        (count,) = _ACTIVE.first(self._connection, {"of_account": account_id, "of_job": job_name})
        return int(count)

    def oldest_waiting(self, account_id: str, job_name: str) -> JobRun | None:
        """Find the run that has waited longest for a free concurrent run."""
        row = self._connection.execute(
            sa.select(*_COLUMNS)
            .where(self._of(account_id, job_name), job_runs.c.state == "WAITING")
            .order_by(job_runs.c.started_at, job_runs.c.run_id)
            .limit(1)
        ).first()
        return None if row is None else JobRun(*row)

    def highest_attempt(self, account_id: str, first_run_id: str) -> int:
        """Find the highest attempt among a run and its retries; -1 when there is none."""
        found = self._connection.execute(
            sa.select(sa.func.max(job_runs.c.attempt)).where(
                job_runs.c.account_id == account_id,
                sa.or_(
                    job_runs.c.run_id == first_run_id,
                    job_runs.c.run_id.startswith(f"{first_run_id}_attempt_", autoescape=True),
                ),
            )
        ).scalar()
        return -1 if found is None else found


def _is(account_id: str, run_id: str) -> dict[str, str]:
    return {"of_account": account_id, "of_run": run_id}
