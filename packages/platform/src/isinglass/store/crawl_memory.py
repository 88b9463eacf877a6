"""What a crawler remembers of the files it looked at, so that the next crawl opens only new ones."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from isinglass.store.conflicts import insert_new, insert_or_update
from isinglass.store.documents import Documents
from isinglass.store.tables.crawlers import crawl_folders, crawl_shapes


class CrawlMemory:
    """Reads and writes the memory of crawlers within one transaction."""

    def __init__(self, connection: sa.Connection, documents: Documents) -> None:
        self._connection = connection
        self._documents = documents

    def shapes(self, account_id: str, crawler_name: str) -> dict[str, Any]:
        """Read all shapes a crawler has seen, by their ids."""
        statement = sa.select(crawl_shapes.c.shape_id, crawl_shapes.c.document).where(
            crawl_shapes.c.account_id == account_id, crawl_shapes.c.crawler_name == crawler_name
        )
        return {
            shape_id: self._documents.load(text, account_id, "crawled shape", crawler_name, shape_id)
            for shape_id, text in self._connection.execute(statement)
        }

    def bunches(self, account_id: str, crawler_name: str, target: str) -> dict[str, Any]:
        """Read what is known below one include path, by bunch."""
        statement = sa.select(crawl_folders.c.bunch, crawl_folders.c.document).where(
            *self._of_target(account_id, crawler_name, target)
        )
        return {
            bunch: self._documents.load(text, account_id, "crawled bunch", crawler_name, target, bunch)
            for bunch, text in self._connection.execute(statement)
        }

    def remember_shapes(self, account_id: str, crawler_name: str, shapes: Mapping[str, Any]) -> None:
        """Add shapes; those known stay."""
        rows = [
            {
                "account_id": account_id,
                "crawler_name": crawler_name,
                "shape_id": shape_id,
                "document": self._documents.dump(
                    document, account_id, "crawled shape", crawler_name, shape_id
                ),
            }
            for shape_id, document in shapes.items()
        ]
        if rows:
            insert_new(self._connection, crawl_shapes.c.shape_id, rows)

    def remember_bunches(
        self, account_id: str, crawler_name: str, target: str, bunches: Mapping[str, Any]
    ) -> None:
        """Add or replace what is known of bunches."""
        rows = [
            {
                "account_id": account_id,
                "crawler_name": crawler_name,
                "target": target,
                "bunch": bunch,
                "document": self._documents.dump(
                    document, account_id, "crawled bunch", crawler_name, target, bunch
                ),
            }
            for bunch, document in bunches.items()
        ]
        if rows:
            insert_or_update(self._connection, crawl_folders, ["document"], *rows)

    def forget_bunches(self, account_id: str, crawler_name: str, target: str, bunches: Iterable[str]) -> None:
        """Forget bunches that are gone."""
        self._connection.execute(
            crawl_folders.delete().where(
                *self._of_target(account_id, crawler_name, target), crawl_folders.c.bunch.in_(list(bunches))
            )
        )

    @staticmethod
    def _of_target(account_id: str, crawler_name: str, target: str) -> list[sa.ColumnElement[bool]]:
        return [
            crawl_folders.c.account_id == account_id,
            crawl_folders.c.crawler_name == crawler_name,
            crawl_folders.c.target == target,
        ]
