"""Crawls: the history of each crawler, newest first."""

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.store.listing import Listing
from isinglass.store.lookup import Lookup
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.prepared import Prepared
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
_IS = (crawls.c.account_id == sa.bindparam("of_account"), crawls.c.crawl_id == sa.bindparam("of_crawl"))
_FIND = Prepared(_SELECT.where(*_IS))
_FIND_MANY = Lookup(_SELECT.where(_IS[0]), crawls.c.crawl_id)
_LISTED = Listing(
    _SELECT.where(
        crawls.c.account_id == sa.bindparam("of_account"),
        crawls.c.crawler_name == sa.bindparam("of_crawler"),
    ),
    crawls.c.started_at,
    crawls.c.crawl_id,
    descending=True,
)
_BEGIN = Prepared(crawls.insert().inline())
_TELL = Prepared(crawls.update().where(*_IS, crawls.c.state == RUNNING))
_END = Prepared(crawls.update().where(*_IS))


def _crawl(row: Any) -> Crawl:
    values = dict(zip(Crawl.__dataclass_fields__, row, strict=True))
    return Crawl(**{**values, "progress": orjson.loads(values["progress"])})


class Crawls:
    """Reads and writes the crawls table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def begin(self, account_id: str, crawler_name: str, crawl_id: str, now: float) -> None:
        """Insert a running crawl."""
        row = {
            "account_id": account_id,
            "crawl_id": crawl_id,
            "crawler_name": crawler_name,
            "state": RUNNING,
            "started_at": now,
            "dpu_hours": 0.0,
            "error_message": "",
            "progress": "{}",
        }
        _BEGIN.run(self._connection, row)

    def find(self, account_id: str, crawl_id: str) -> Crawl | None:
        """Find a crawl by its id."""
        row = _FIND.first(self._connection, _is(account_id, crawl_id))
        return None if row is None else _crawl(row)

    def find_many(self, account_id: str, crawl_ids: Iterable[str]) -> dict[str, Crawl]:
        """Find the crawls of some ids."""
        rows = _FIND_MANY.all(self._connection, {"of_account": account_id}, crawl_ids)
        return {crawl.crawl_id: crawl for crawl in map(_crawl, rows)}

    def page(
        self, account_id: str, crawler_name: str, page: PageRequest, filters: Iterable[CrawlFilter] = ()
    ) -> tuple[list[Crawl], tuple[Any, ...] | None]:
        """List a crawler's crawls that pass all filters, newest first."""
        if not (filters := list(filters)):
            of_crawler = {"of_account": account_id, "of_crawler": crawler_name}
            listed, following = _LISTED.page(self._connection, of_crawler, page)
            return [_crawl(row) for row in listed], following
        conditions = [_OPERATORS[f.operator](crawls.c[f.column], f.value) for f in filters]
        statement = _SELECT.where(
            crawls.c.account_id == account_id, crawls.c.crawler_name == crawler_name, *conditions
        )
        key = [crawls.c.started_at, crawls.c.crawl_id]
        rows, after = fetch_page(self._connection, statement, key, page, descending=True)
        return [_crawl(row) for row in rows], after

    def tell(self, account_id: str, crawl_id: str, progress: Mapping[str, Any]) -> None:
        """Note how far a crawl has come."""
        told = {"progress": orjson.dumps(progress).decode()}
        _TELL.run(self._connection, told | _is(account_id, crawl_id))

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
        outcome = {
            "state": state,
            "ended_at": now,
            "dpu_hours": dpu_hours,
            "error_message": error_message,
            "progress": orjson.dumps(progress).decode(),
        }
        _END.run(self._connection, outcome | _is(account_id, crawl_id))


def _is(account_id: str, crawl_id: str) -> dict[str, str]:
    return {"of_account": account_id, "of_crawl": crawl_id}
