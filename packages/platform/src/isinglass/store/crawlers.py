"""Crawlers: their definitions, their states, and which crawl is theirs now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.store.conflicts import insert_one
from isinglass.store.listing import Listing
from isinglass.store.lookup import Lookup
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.prepared import Prepared
from isinglass.store.tables.crawlers import crawl_folders, crawl_shapes, crawlers, crawls
from isinglass.store.tags import tagged

READY, RUNNING, STOPPING = "READY", "RUNNING", "STOPPING"


@dataclass(frozen=True, slots=True)
class Crawler:
    """One crawler; `definition` holds Glue's members as they read back, its times and state apart."""

    account_id: str
    name: str
    definition: dict[str, Any]
    state: str
    version: int
    created_at: float
    updated_at: float
    current_crawl_id: str | None = None
    last_crawl_id: str | None = None


_SELECT = sa.select(*(crawlers.c[name] for name in Crawler.__dataclass_fields__))
_IS = (crawlers.c.account_id == sa.bindparam("of_account"), crawlers.c.name == sa.bindparam("of_name"))
_FIND = Prepared(_SELECT.where(*_IS))
_LOCK = Prepared(_SELECT.where(*_IS).with_for_update())
_CHANGE = Prepared(crawlers.update().where(*_IS))
_OF_ACCOUNT = crawlers.c.account_id == sa.bindparam("of_account")
_LISTED = Listing(_SELECT.where(_OF_ACCOUNT), crawlers.c.name)
_FIND_MANY = Lookup(_SELECT.where(_OF_ACCOUNT), crawlers.c.name)
_NAMES = Listing(sa.select(crawlers.c.name).where(_OF_ACCOUNT), crawlers.c.name)
_DELETE = (
    *(
        Prepared(
            child.delete().where(
                child.c.account_id == sa.bindparam("of_account"),
                child.c.crawler_name == sa.bindparam("of_name"),
            )
        )
        for child in (crawls, crawl_shapes, crawl_folders)
    ),
    Prepared(crawlers.delete().where(*_IS)),
)


def _crawler(row: Any) -> Crawler:
    account_id, name, definition, *rest = row
    return Crawler(account_id, name, orjson.loads(definition), *rest)


class Crawlers:
    """Reads and writes the crawlers table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def insert(self, account_id: str, name: str, definition: Mapping[str, Any], now: float) -> bool:
        """Insert a crawler that is ready; False when its name is taken."""
        row = {
            "account_id": account_id,
            "name": name,
            "definition": orjson.dumps(definition).decode(),
            "state": READY,
            "version": 1,
            "created_at": now,
            "updated_at": now,
        }
        return insert_one(self._connection, crawlers, row)

    def find(self, account_id: str, name: str) -> Crawler | None:
        """Find a crawler by its name."""
        row = _FIND.first(self._connection, _is(account_id, name))
        return None if row is None else _crawler(row)

    def lock(self, account_id: str, name: str) -> Crawler | None:
        """Find a crawler and keep everyone else from changing it until the transaction ends."""
        row = _LOCK.first(self._connection, _is(account_id, name))
        return None if row is None else _crawler(row)

    def find_many(self, account_id: str, names: Iterable[str]) -> dict[str, Crawler]:
        """Find the crawlers of some names."""
        rows = _FIND_MANY.all(self._connection, {"of_account": account_id}, names)
        return {crawler.name: crawler for crawler in map(_crawler, rows)}

    def page(
        self, account_id: str, page: PageRequest, tags: Mapping[str, str] | None = None
    ) -> tuple[list[Crawler], tuple[Any, ...] | None]:
        """List crawlers by name, those that have all the tags."""
        if not tags:
            listed, following = _LISTED.page(self._connection, {"of_account": account_id}, page)
            return [_crawler(row) for row in listed], following
        statement = _SELECT.where(
            crawlers.c.account_id == account_id, *tagged(account_id, "crawler", crawlers.c.name, tags)
        )
        rows, after = fetch_page(self._connection, statement, [crawlers.c.name], page)
        return [_crawler(row) for row in rows], after

    def names(
        self, account_id: str, page: PageRequest, tags: Mapping[str, str]
    ) -> tuple[list[str], tuple[Any, ...] | None]:
        """List the names of crawlers, of those that have all the tags."""
        if not tags:
            listed, following = _NAMES.page(self._connection, {"of_account": account_id}, page)
            return [name for (name,) in listed], following
        statement = sa.select(crawlers.c.name).where(
            crawlers.c.account_id == account_id, *tagged(account_id, "crawler", crawlers.c.name, tags)
        )
        rows, after = fetch_page(self._connection, statement, [crawlers.c.name], page)
        return [row[0] for row in rows], after

    def redefine(self, crawler: Crawler, definition: Mapping[str, Any], now: float) -> None:
        """Replace a locked crawler's definition: a new version."""
        self._set(
            crawler,
            definition=orjson.dumps(definition).decode(),
            version=crawler.version + 1,
            updated_at=now,
        )

    def begin_crawl(self, crawler: Crawler, crawl_id: str) -> None:
        """Make a locked crawler run a crawl."""
        self._set(crawler, state=RUNNING, current_crawl_id=crawl_id)

    def begin_stop(self, crawler: Crawler) -> None:
        """Make a locked crawler stop its crawl."""
        self._set(crawler, state=STOPPING)

    def end_crawl(self, crawler: Crawler) -> None:
        """Make a locked crawler ready again; its crawl becomes its last one."""
        self._set(crawler, state=READY, current_crawl_id=None, last_crawl_id=crawler.current_crawl_id)

    def delete(self, crawler: Crawler) -> None:
        """Delete a locked crawler with its history and its memory."""
        for statement in _DELETE:
            statement.run(self._connection, _is(crawler.account_id, crawler.name))

    def _set(self, crawler: Crawler, **values: Any) -> None:
        _CHANGE.run(self._connection, values | _is(crawler.account_id, crawler.name))


def _is(account_id: str, name: str) -> dict[str, str]:
    return {"of_account": account_id, "of_name": name}
