"""Crawls: the history of each crawler, newest first."""

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.tables.crawlers import crawls

RUNNING, COMPLETED, FAILED, STOPPED = "RUNNING", "COMPLETED", "FAILED", "STOPPED"


@dataclass(frozen=True, slots=True)
class Crawl:
    """One crawl; `progress` holds counts, and times are epoch seconds."""

    account_id: str
    crawl_id: str
    crawler_name: str
    state: str
    started_at: float
    ended_at: float | None
    dpu_hours: float
    error_message: str
    progress: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CrawlFilter:
    """A condition of ListCrawls, its value already of the column's type."""

    column: str
    operator: str
    value: str | float


_OPERATORS: dict[str, Any] = {
    "GT": operator.gt,
    "GE": operator.ge,
    "LT": operator.lt,
    "LE": operator.le,
    "EQ": operator.eq,
    "NE": operator.ne,
}
_SELECT = sa.select(*(crawls.c[name] for name in Crawl.__dataclass_fields__))


def _crawl(row: Any) -> Crawl:
    values = dict(zip(Crawl.__dataclass_fields__, row, strict=True))
    return Crawl(**{**values, "progress": orjson.loads(values["progress"])})


class Crawls:
    """Reads and writes the crawls table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def begin(self, account_id: str, crawler_name: str, crawl_id: str, now: float) -> None:
        """Insert a running crawl."""
        self._connection.execute(
            crawls.insert().values(
                account_id=account_id,
                crawl_id=crawl_id,
                crawler_name=crawler_name,
                state=RUNNING,
                started_at=now,
                dpu_hours=0.0,
                error_message="",
                progress="{}",
            )
        )

    def find(self, account_id: str, crawl_id: str) -> Crawl | None:
        """Find a crawl by its id."""
        row = self._connection.execute(_SELECT.where(*self._is(account_id, crawl_id))).first()
        return None if row is None else _crawl(row)

    def find_many(self, account_id: str, crawl_ids: Iterable[str]) -> dict[str, Crawl]:
        """Find the crawls of some ids."""
        statement = _SELECT.where(crawls.c.account_id == account_id, crawls.c.crawl_id.in_(list(crawl_ids)))
        return {crawl.crawl_id: crawl for crawl in map(_crawl, self._connection.execute(statement))}

    def page(
        self, account_id: str, crawler_name: str, page: PageRequest, filters: Iterable[CrawlFilter] = ()
    ) -> tuple[list[Crawl], tuple[Any, ...] | None]:
        """List a crawler's crawls that pass all filters, newest first."""
        conditions = [_OPERATORS[f.operator](crawls.c[f.column], f.value) for f in filters]
        statement = _SELECT.where(
            crawls.c.account_id == account_id, crawls.c.crawler_name == crawler_name, *conditions
        )
        key = [crawls.c.started_at, crawls.c.crawl_id]
        rows, after = fetch_page(self._connection, statement, key, page, descending=True)
        return [_crawl(row) for row in rows], after

    def tell(self, account_id: str, crawl_id: str, progress: Mapping[str, Any]) -> None:
        """Note how far a crawl has come."""
        self._connection.execute(
            crawls.update()
            .where(*self._is(account_id, crawl_id), crawls.c.state == RUNNING)
            .values(progress=orjson.dumps(progress).decode())
        )

    def end(
        self,
        account_id: str,
        crawl_id: str,
        state: str,
        *,
        now: float,
        dpu_hours: float,
        error_message: str = "",
        progress: Mapping[str, Any],
    ) -> None:
        """Note a crawl's outcome."""
        self._connection.execute(
            crawls.update()
            .where(*self._is(account_id, crawl_id))
            .values(
                state=state,
                ended_at=now,
                dpu_hours=dpu_hours,
                error_message=error_message,
                progress=orjson.dumps(progress).decode(),
            )
        )

    @staticmethod
    def _is(account_id: str, crawl_id: str) -> list[sa.ColumnElement[bool]]:
        return [crawls.c.account_id == account_id, crawls.c.crawl_id == crawl_id]
