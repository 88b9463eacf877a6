"""Assets: those that were put, and those that are tables of the catalog.

A table needs no row to be an asset. One is made when something is said of it, or when searches learn of it;
its document has only what differs from the table: a name, a description, further forms.
"""

from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.domain.business.built_in import TABLE_TYPE
from isinglass.domain.business.index import storable
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.conflicts import insert_one
from isinglass.store.dialects.documents import dumps
from isinglass.store.tables.business import asset_attachments, asset_terms, assets


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset as stored; `document` may have Description and Forms, and a Name of a table's own."""

    id: int
    account_id: str
    identifier: str | None
    table_id: int | None
    type_id: str
    name: str
    document: Any
    created_at: float
    updated_at: float


_SELECT = sa.select(*(assets.c[name] for name in Asset.__dataclass_fields__))


def select_assets() -> sa.Select[Any]:
    """Begin a statement that selects assets for `asset_of`."""
    return _SELECT


def asset_of(row: Any) -> Asset:
    """Read a row of `select_assets`."""
    id_, account_id, identifier, table_id, type_id, name, document, *times = row
    return Asset(id_, account_id, identifier, table_id, type_id, name, orjson.loads(document), *times)


class Assets:
    """Reads and writes the assets table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find(self, account_id: str, identifier: str, *, lock: bool = False) -> Asset | None:
        """Find an asset that was put; `lock` keeps others from changing it."""
        return self._first(account_id, assets.c.identifier == identifier, lock=lock)

    def find_table(self, account_id: str, table_id: int, *, lock: bool = False) -> Asset | None:
        """Find what is said of a table."""
        return self._first(account_id, assets.c.table_id == table_id, lock=lock)

    def put(
        self, account_id: str, identifier: str, type_id: str, name: str, document: dict[str, Any], now: float
    ) -> Asset:
        """Make an asset or replace the one of this identifier; it is locked."""
        row = {
            **_row(account_id, type_id, name, document, now, now),
            "identifier": identifier,
            "table_id": None,
        }
        insert_one(self._connection, assets, row)
        found = self.find(account_id, identifier, lock=True)
        assert found is not None
        return self.replace(found, type_id, name, document, now)

    def of_table(self, account_id: str, table: CatalogTable) -> Asset:
        """Lock what is said of a held table; nothing, at first."""
        found = self.find_table(account_id, table.id, lock=True)
        if found is None:
            row = _row(account_id, TABLE_TYPE, table.name, {}, table.created_at, table.updated_at)
            insert_one(self._connection, assets, {**row, "identifier": None, "table_id": table.id})
            found = self.find_table(account_id, table.id, lock=True)
            assert found is not None
        return found

    def replace(self, asset: Asset, type_id: str, name: str, document: dict[str, Any], now: float) -> Asset:
        """Replace what a locked asset says."""
        self._change(asset.id, type_id=type_id, name=storable(name), document=dumps(document), updated_at=now)
        return Asset(
            asset.id, asset.account_id, asset.identifier, asset.table_id, type_id, name, document,
            asset.created_at, now,
        )  # fmt: skip

    def touch(self, asset: Asset, now: float) -> None:
        """Note that something of a locked asset changed."""
        self._change(asset.id, updated_at=now)

    def delete(self, asset: Asset) -> None:
        """Delete a locked asset; a table goes on being one of which nothing is said."""
        if asset.table_id is None:
            self._connection.execute(assets.delete().where(assets.c.id == asset.id))
            return
        for child in (asset_terms, asset_attachments):
            self._connection.execute(
                child.delete().where(child.c.account_id == asset.account_id, child.c.asset_id == asset.id)
            )
        self._change(asset.id, type_id=TABLE_TYPE, document="{}", updated_at=asset.created_at)

    def _change(self, asset_id: int, **values: Any) -> None:
        self._connection.execute(
            assets.update().where(assets.c.id == asset_id).values(words_pending=1, **values)
        )

    def _first(self, account_id: str, key: sa.ColumnElement[bool], *, lock: bool) -> Asset | None:
        statement = _SELECT.where(assets.c.account_id == account_id, key)
        if lock:
            statement = statement.with_for_update()
        row = self._connection.execute(statement).first()
        return None if row is None else asset_of(row)


def _row(
    account_id: str, type_id: str, name: str, document: dict[str, Any], created_at: float, updated_at: float
) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "type_id": type_id,
        "name": storable(name),
        "document": dumps(document),
        "created_at": created_at,
        "updated_at": updated_at,
        "words_pending": 1,
    }
