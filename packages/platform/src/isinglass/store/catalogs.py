"""Catalogs nested in those of accounts, by their ids (domain.catalog_ids). Ids are folded by the caller."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from isinglass.model.glue.errors import EntityNotFoundException
from isinglass.store.conflicts import insert_one
from isinglass.store.documents import Documents
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.tables.catalog import databases
from isinglass.store.tables.catalogs import catalogs

#: The character after the slash: what lies below a catalog has ids between `id/` and `id0`.
_AFTER_SLASH = "0"
_AFTER_COLON = ";"


@dataclass(frozen=True, slots=True)
class Catalog:
    """A nested catalog as stored; `document` is domain.catalog_definitions.catalog_document's."""

    catalog_id: str
    parent_id: str
    document: Any
    created_at: float
    updated_at: float

    @property
    def source(self) -> str:
        """Say where the catalog's metadata lives, when that is not here."""
        if "FederatedCatalog" in self.document:
            return f"federated ({self.document['FederatedCatalog'].get('Identifier', 'no identifier')})"
        if "TargetRedshiftCatalog" in self.document:
            return f"a link to {self.document['TargetRedshiftCatalog']['CatalogArn']}"
        return ""


_SELECT = sa.select(*(catalogs.c[name] for name in Catalog.__dataclass_fields__))


class Catalogs:
    """Reads and writes the catalogs table within one transaction."""

    def __init__(self, connection: sa.Connection, documents: Documents) -> None:
        self._connection = connection
        self._documents = documents

    def insert(self, catalog_id: str, parent_id: str, document: dict[str, Any], now: float) -> bool:
        """Insert a catalog; False when its id is taken."""
        row = {
            "catalog_id": catalog_id,
            "parent_id": parent_id,
            "document": self._documents.dump(document, catalog_id, "catalog"),
            "created_at": now,
            "updated_at": now,
        }
        return insert_one(self._connection, catalogs, row)

    def find(self, catalog_id: str) -> Catalog | None:
        """Find a catalog by its id."""
        row = self._connection.execute(_SELECT.where(catalogs.c.catalog_id == catalog_id)).first()
        return None if row is None else self._catalog(row)

    def require(self, catalog_id: str) -> Catalog:
        """Find a catalog that must exist."""
        return self._required(_SELECT, catalog_id)

    def hold(self, catalog_id: str) -> Catalog:
        """Find a catalog and keep it from being deleted until the transaction ends."""
        return self._required(_SELECT.with_for_update(read=True, key_share=True), catalog_id)

    def lock(self, catalog_id: str) -> Catalog:
        """Find a catalog and keep everyone else from changing it until the transaction ends."""
        return self._required(_SELECT.with_for_update(), catalog_id)

    def page(
        self, parent_id: str, page: PageRequest, *, recursive: bool
    ) -> tuple[list[Catalog], tuple[Any, ...] | None]:
        """List the catalogs right below another, or all below it, by id."""
        within = _below(parent_id) if recursive else [catalogs.c.parent_id == parent_id]
        rows, after = fetch_page(self._connection, _SELECT.where(*within), [catalogs.c.catalog_id], page)
        return [self._catalog(row) for row in rows], after

    def below(self, catalog_id: str) -> list[str]:
        """List the ids of all catalogs below one, and keep them from being changed."""
        statement = sa.select(catalogs.c.catalog_id).where(*_below(catalog_id)).with_for_update()
        return list(self._connection.scalars(statement.order_by(catalogs.c.catalog_id)))

    def with_databases(self, catalog_ids: Collection[str]) -> set[str]:
        """Tell which of some catalogs hold databases."""
        statement = sa.select(databases.c.catalog_id).where(databases.c.catalog_id.in_(catalog_ids))
        return set(self._connection.scalars(statement.distinct()))

    def replace(self, catalog_id: str, document: dict[str, Any], now: float) -> None:
        """Replace a locked catalog's definition."""
        change = catalogs.update().where(catalogs.c.catalog_id == catalog_id)
        self._connection.execute(
            change.values(document=self._documents.dump(document, catalog_id, "catalog"), updated_at=now)
        )

    def delete(self, catalog_id: str) -> None:
        """Delete a catalog that holds nothing."""
        self._connection.execute(catalogs.delete().where(catalogs.c.catalog_id == catalog_id))

    def _required(self, statement: sa.Select[Any], catalog_id: str) -> Catalog:
        row = self._connection.execute(statement.where(catalogs.c.catalog_id == catalog_id)).first()
        if row is None:
            raise EntityNotFoundException(f"Catalog {catalog_id} not found.")
        return self._catalog(row)

    def _catalog(self, row: Any) -> Catalog:
        catalog_id, parent_id, text, created_at, updated_at = row
        document = self._documents.load(text, catalog_id, "catalog")
        return Catalog(catalog_id, parent_id, document, created_at, updated_at)


def _below(catalog_id: str) -> list[sa.ColumnElement[bool]]:
    """Select the catalogs below one by the range of their ids."""
    nested = ":" in catalog_id
    first, last = ("/", _AFTER_SLASH) if nested else (":", _AFTER_COLON)
    return [catalogs.c.catalog_id > catalog_id + first, catalogs.c.catalog_id < catalog_id + last]
