"""Runs of tasks that compute column statistics; at most one of each table is under way."""

from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.tables.statistics_tasks import statistics_runs

STARTING, RUNNING, STOPPING = "STARTING", "RUNNING", "STOPPING"
SUCCEEDED, FAILED, STOPPED = "SUCCEEDED", "FAILED", "STOPPED"
_UNDER_WAY = (STARTING, RUNNING, STOPPING)


@dataclass(frozen=True, slots=True)
class StatisticsRun:
    """One run; `definition` holds Glue's members that were frozen when it started."""

    account_id: str
    run_id: str
    database_name: str
    table_name: str
    table_id: int
    state: str
    definition: dict[str, Any]
    created_at: float
    updated_at: float
    started_at: float | None = None
    ended_at: float | None = None
    dpu_seconds: float = 0.0
    error_message: str = ""

    @property
    def under_way(self) -> bool:
        """Whether the run has not ended."""
        return self.state in _UNDER_WAY


_MEMBERS = tuple(StatisticsRun.__dataclass_fields__)
_SELECT = sa.select(*(statistics_runs.c[name] for name in _MEMBERS))


def _run(row: Any) -> StatisticsRun:
    values = dict(zip(_MEMBERS, row, strict=True))
    return StatisticsRun(**{**values, "definition": orjson.loads(values["definition"])})


class StatisticsRuns:
    """Reads and writes the statistics_runs table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def insert(self, run: StatisticsRun) -> None:
        """Insert a run; the caller has the table's row locked and found no run of it under way."""
        row = {name: getattr(run, name) for name in _MEMBERS}
        row["definition"] = orjson.dumps(run.definition).decode()
        self._connection.execute(statistics_runs.insert(), row)

    def find(self, account_id: str, run_id: str) -> StatisticsRun | None:
        """Find a run by its id."""
        return self._first(_SELECT.where(*_is(account_id, run_id)))

    def lock(self, account_id: str, run_id: str) -> StatisticsRun | None:
        """Find a run and keep everyone else from changing it until the transaction ends."""
        return self._first(_SELECT.where(*_is(account_id, run_id)).with_for_update())

    def state(self, account_id: str, run_id: str) -> str | None:
        """Read a run's state alone."""
        found: str | None = self._connection.execute(
            sa.select(statistics_runs.c.state).where(*_is(account_id, run_id))
        ).scalar()
        return found

    def under_way(self, account_id: str, database: str, table: str) -> StatisticsRun | None:
        """Find the run of a table that has not ended, and lock it."""
        wanted = _of_table(account_id, database, table).where(statistics_runs.c.state.in_(_UNDER_WAY))
        return self._first(wanted.with_for_update())

    def page_of_table(
        self, account_id: str, database: str, table: str, page: PageRequest
    ) -> tuple[list[StatisticsRun], tuple[Any, ...] | None]:
        """List the runs of a table, the newest first."""
        return self._page(_of_table(account_id, database, table), page)

    def page(self, account_id: str, page: PageRequest) -> tuple[list[StatisticsRun], tuple[Any, ...] | None]:
        """List the runs of an account, the newest first."""
        return self._page(_SELECT.where(statistics_runs.c.account_id == account_id), page)

    def update(self, run: StatisticsRun, **values: Any) -> None:
        """Change a locked run."""
        self._connection.execute(
            statistics_runs.update().where(*_is(run.account_id, run.run_id)).values(**values)
        )

    def _page(
        self, statement: sa.Select[Any], page: PageRequest
    ) -> tuple[list[StatisticsRun], tuple[Any, ...] | None]:
        key = [statistics_runs.c.created_at, statistics_runs.c.run_id]
        rows, after = fetch_page(self._connection, statement, key, page, descending=True)
        return [_run(row) for row in rows], after

    def _first(self, statement: sa.Select[Any]) -> StatisticsRun | None:
        row = self._connection.execute(statement).first()
        return None if row is None else _run(row)


def _is(account_id: str, run_id: str) -> list[sa.ColumnElement[bool]]:
    return [statistics_runs.c.account_id == account_id, statistics_runs.c.run_id == run_id]


def _of_table(account_id: str, database: str, table: str) -> sa.Select[Any]:
    return _SELECT.where(
        statistics_runs.c.account_id == account_id,
        statistics_runs.c.database_name == database,
        statistics_runs.c.table_name == table,
    )
