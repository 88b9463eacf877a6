"""What happened in the catalog: changes of databases, and deletions and restores of tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from isinglass.domain.catalog_changes import Change
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.documents import Documents
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.prepared import Prepared
from isinglass.store.tables.history import database_history, table_history


@dataclass(frozen=True, slots=True)
class DatabaseEvent:
    """One change of a database; `document` is its definition after it, or that which was deleted."""

    id: int
    event: str
    change: Change
    document: Any


@dataclass(frozen=True, slots=True)
class TableEvent:
    """The deletion or the restore of a table, which was at a version; or its creation, at its first.

    `order` tells those of one version apart: it grows, and a creation's is 0.
    """

    order: int
    version: int
    event: str
    change: Change


#: Built once: building a statement costs more than running it.
_TELL_DATABASE = Prepared(database_history.insert().inline())


class History:
    """Reads and writes the history tables within one transaction."""

    def __init__(self, connection: sa.Connection, documents: Documents) -> None:
        self._connection = connection
        self._documents = documents

    def of_database(
        self, catalog_id: str, name: str, page: PageRequest
    ) -> tuple[list[DatabaseEvent], tuple[Any, ...] | None]:
        """List what happened to a database, and to those before it of its name, newest first."""
        columns = database_history.c
        statement = sa.select(
            columns.id, columns.event, columns.made_at, columns.made_by, columns.change, columns.document
        ).where(columns.catalog_id == catalog_id, columns.name == name)
        rows, after = fetch_page(self._connection, statement, [columns.id], page, descending=True)
        return [
            DatabaseEvent(
                id_,
                event,
                self._documents.load_change(catalog_id, at, by, change),
                self._documents.load(document, catalog_id, "database event", name, event, at),
            )
            for id_, event, at, by, change, document in rows
        ], after

    def of_table(self, table: CatalogTable, before: tuple[int, int] | None, limit: int) -> list[TableEvent]:
        """List what happened to a table besides its versions, newest first, before a version and an order."""
        columns = table_history.c
        order = sa.case((columns.event == "CREATED", 0), else_=columns.id)
        statement = sa.select(
            order, columns.version, columns.event, columns.made_at, columns.made_by, columns.change
        ).where(columns.catalog_id == table.catalog_id, columns.table_id == table.id)
        if before is not None:
            statement = statement.where(sa.tuple_(columns.version, order) < sa.tuple_(*before))
        rows = self._connection.execute(statement.order_by(columns.version.desc(), order.desc()).limit(limit))
        return [
            TableEvent(place, version, event, self._documents.load_change(table.catalog_id, at, by, change))
            for place, version, event, at, by, change in rows
        ]


def tell_database(
    connection: sa.Connection,
    documents: Documents,
    catalog_id: str,
    name: str,
    event: str,
    change: Change,
    document: Mapping[str, Any],
) -> None:
    """Note a change of a database, in the transaction that makes it."""
    _TELL_DATABASE.run(
        connection,
        {
            "catalog_id": catalog_id,
            "name": name,
            "event": event,
            **made(documents, catalog_id, change),
            "document": documents.dump(document, catalog_id, "database event", name, event, change.at),
        },
    )


def made(documents: Documents, catalog_id: str, change: Change) -> dict[str, Any]:
    """Write the columns that say who made a change."""
    text = documents.dump_change(catalog_id, change)
    return {"made_at": change.at, "made_by": change.by, "change": text}
