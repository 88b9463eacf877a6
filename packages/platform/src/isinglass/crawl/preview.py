"""What a crawl would do, without doing it: the same survey, grouping and plan, compared with the catalog."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from isinglass.crawl import changes
from isinglass.crawl.changes import OWNER, TableChange
from isinglass.crawl.crawl import Crawled, crawl
from isinglass.crawl.memory import ShapeBook
from isinglass.crawl.opening import open_file
from isinglass.crawl.owned import known_tables, settle_names
from isinglass.crawl.plan import PlannedTable
from isinglass.crawl.settings import CrawlSettings
from isinglass.crawl.survey import Target
from isinglass.domain.catalog_objects import table_document
from isinglass.store.store import Store, Transaction
from isinglass_connectors.storage.storage import Storage


@dataclass(frozen=True, slots=True)
class PreviewedTable:
    """One table a crawl would write, and what that would change."""

    planned: PlannedTable
    change: TableChange


@dataclass(frozen=True, slots=True)
class Preview:
    """What a crawl saw, and what it would write."""

    crawled: Crawled
    tables: list[PreviewedTable]


class _Unwatched:
    def objects(self, count: int) -> None:
        """Nobody follows a preview."""

    def sampled(self, count: int) -> None:
        """Nobody follows a preview."""


def preview(
    store: Store,
    storage: Storage,
    account_id: str,
    targets: Iterable[Target],
    settings: CrawlSettings,
    *,
    database: str,
    crawler: str,
    now: float,
) -> Preview:
    """Crawl without memory and without writing."""
    crawled = crawl(
        list(targets),
        storage,
        open_file,
        settings,
        _Unwatched(),
        crawler=crawler,
        book=ShapeBook({}),
        known={},
    )
    with store.read() as tx:
        known = known_tables(tx, account_id, database)
        tables = [
            _compared(tx, account_id, database, table, settings, now)
            for table in settle_names(crawled.tables, known, crawler)
        ]
    return Preview(crawled, tables)


def _compared(
    tx: Transaction,
    account_id: str,
    database: str,
    planned: PlannedTable,
    settings: CrawlSettings,
    now: float,
) -> PreviewedTable:
    existing = tx.tables.find(account_id, database, planned.name)
    if existing is None:
        return PreviewedTable(planned, changes.created(table_document(planned.table_input()), ""))
    # Who crawls is not part of the question: the answer is about the files.
    owner = (existing.document.get("Parameters") or {}).get(OWNER, planned.crawler)
    planned = replace(planned, crawler=owner)
    wanted: dict[str, Any] = table_document(planned.table_input())
    change = changes.updated(existing.document, wanted, settings, now=now, crawl_id="")
    return PreviewedTable(planned, change)
