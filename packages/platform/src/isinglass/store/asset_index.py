"""What searches know of assets, brought up to date for many of them at once, as the words of tables are."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.domain.business import built_in, index
from isinglass.domain.business.index import Detail, Said, storable
from isinglass.domain.catalog_ids import account_of
from isinglass.store.assets import Asset, asset_of, select_assets
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.conflicts import insert_ignoring
from isinglass.store.sealed_texts import is_sealed
from isinglass.store.tables.business import (
    asset_attachments,
    asset_terms,
    asset_values,
    asset_words,
    assets,
    glossary_terms,
)
from isinglass.store.tables.catalog import catalog_tables

#: Written out, as a partial index is only used by conditions that say the same.
_PENDING = assets.c.words_pending == sa.literal_column("1")

#: What searches read of a table; its words they find themselves.
_TABLE = (
    catalog_tables.c.id,
    catalog_tables.c.database_name,
    catalog_tables.c.name,
    catalog_tables.c.document,
    catalog_tables.c.updated_at,
)


def note_tables(connection: sa.Connection, tables: Sequence[Any]) -> None:
    """Make tables assets where they are none, and have searches learn of them anew.

    The rows have the tables' id, catalog_id, name, created_at and updated_at.
    """
    change = assets.update().where(
        assets.c.account_id == sa.bindparam("account"), assets.c.table_id == sa.bindparam("table")
    )
    keys = [{"account": account_of(row.catalog_id), "table": row.id} for row in tables]
    connection.execute(change.values(words_pending=1), keys)
    rows = [
        {
            "account_id": account_of(row.catalog_id),
            "identifier": None,
            "table_id": row.id,
            "type_id": built_in.TABLE_TYPE,
            "name": storable(row.name),
            "document": "{}",
            "created_at": row.created_at,
            "updated_at": row.updated_at,
            "words_pending": 1,
        }
        for row in tables
    ]
    connection.execute(insert_ignoring(connection, assets), rows)


class AssetIndex:
    """Reads and writes asset_words and asset_values within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def pending(self, account_id: str | None = None) -> bool:
        """Tell whether searches do not know all of the assets, of one account or of any, yet."""
        # The order has SQLite, which has counted nothing, choose the index of what is pending.
        statement = sa.select(assets.c.id).where(_PENDING, *_of(account_id))
        statement = statement.order_by(assets.c.account_id, assets.c.id).limit(1)
        return self._connection.execute(statement).first() is not None

    def catch_up(self, limit: int, account_id: str | None = None) -> int:
        """Index some assets that changed; returns of how many."""
        statement = select_assets().where(_PENDING, *_of(account_id))
        statement = statement.order_by(assets.c.account_id, assets.c.id).limit(limit).with_for_update()
        found = [asset_of(row) for row in self._connection.execute(statement)]
        ids = [asset.id for asset in found]
        for old in (asset_words, asset_values):
            self._connection.execute(old.delete().where(old.c.asset_id.in_(ids)))
        tables = self._tables(asset.table_id for asset in found if asset.table_id is not None)
        details = self._details(ids)
        words: list[dict[str, Any]] = []
        values: list[dict[str, Any]] = []
        for asset in found:
            table = tables.get(asset.table_id or 0)
            said = _said(asset, details.get(asset.id, []))
            if table is not None and is_sealed(table.document):
                said = _with_name(said, table)
            elif table is not None:
                said = _with_table(said, table.database_name, orjson.loads(table.document))
            key = {"account_id": asset.account_id, "asset_id": asset.id}
            own = said if table is None else replace(said, forms=_own_forms(asset))
            words += [{**key, "word": word} for word in sorted(index.asset_words(own))]
            values += [{**key, **asdict(value)} for value in index.values(said)]
            self._settle(asset, table)
        if words:
            self._connection.execute(asset_words.insert(), words)
        if values:
            self._connection.execute(asset_values.insert(), values)
        return len(found)

    def said(self, asset: Asset, table: CatalogTable) -> Said:
        """Read what is said of a table, of which perhaps only a part is shown."""
        said = _said(asset, self._details([asset.id]).get(asset.id, []))
        return _with_table(said, table.database_name, table.document)

    def _settle(self, asset: Asset, table: Any) -> None:
        """Note that an asset is indexed; one that is a table follows its name and its changes."""
        settled: dict[str, Any] = {"words_pending": 0}
        if table is not None:
            settled["name"] = storable(asset.document.get("Name", table.name))
            settled["updated_at"] = max(asset.updated_at, table.updated_at)
        self._connection.execute(assets.update().where(assets.c.id == asset.id).values(**settled))

    def _tables(self, ids: Iterable[int]) -> dict[int, Any]:
        statement = sa.select(*_TABLE).where(catalog_tables.c.id.in_(list(ids)))
        return {row.id: row for row in self._connection.execute(statement)}

    def _details(self, ids: list[int]) -> dict[int, list[Detail]]:
        """Read the terms and attachments of assets and their items."""
        terms = (
            sa.select(
                asset_terms.c.asset_id, asset_terms.c.form, asset_terms.c.item, glossary_terms.c.id,
                glossary_terms.c.name, sa.literal("").label("content"),
            )
            .join(
                glossary_terms,
                sa.and_(
                    glossary_terms.c.account_id == asset_terms.c.account_id,
                    glossary_terms.c.id == asset_terms.c.term_id,
                ),
            )
            .where(asset_terms.c.asset_id.in_(ids))
        )  # fmt: skip
        attached = sa.select(
            asset_attachments.c.asset_id, asset_attachments.c.form, asset_attachments.c.item,
            sa.literal("").label("id"), asset_attachments.c.name, asset_attachments.c.content,
        ).where(asset_attachments.c.asset_id.in_(ids))  # fmt: skip
        found: dict[int, list[Detail]] = {}
        for statement in (terms, attached):
            for asset_id, *rest in self._connection.execute(statement):
                found.setdefault(asset_id, []).append(Detail(*rest))
        return found


def _of(account_id: str | None) -> list[sa.ColumnElement[bool]]:
    return [] if account_id is None else [assets.c.account_id == account_id]


def _own_forms(asset: Asset) -> dict[str, Any]:
    forms = asset.document.get("Forms", {})
    return {name: json.loads(form["Content"]) for name, form in forms.items()}


def _said(asset: Asset, details: list[Detail]) -> Said:
    name = asset.name if asset.table_id is None else asset.document.get("Name")
    return Said(name, asset.document.get("Description"), _own_forms(asset), tuple(details))


def _with_name(said: Said, table: Any) -> Said:
    """Add what is no secret of an encrypted table: what it says itself is not written down again."""
    named = built_in.table_content(table.database_name, {"Name": table.name})
    return replace(said, forms={**said.forms, built_in.TABLE_FORM: named})


def _with_table(said: Said, database: str, document: Any) -> Said:
    """Add what a table says of itself; what is on columns that it does not have does not count."""
    columns = {column["name"].lower() for column in built_in.columns(document)}
    present = (detail for detail in said.details if detail.form != built_in.COLUMNS or detail.item in columns)
    return Said(
        said.name,
        document.get("Description") if said.description is None else said.description,
        {**said.forms, built_in.TABLE_FORM: built_in.table_content(database, document)},
        tuple(present),
    )
