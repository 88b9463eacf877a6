"""The search of assets."""

from dataclasses import asdict
from typing import Any

from isinglass.domain.business.matching import matches
from isinglass.domain.business.search import COLUMNS, TIMES, AssetSearch, parse_search
from isinglass.domain.permissions.cutting import RESTRICTED
from isinglass.domain.table_search import indexed
from isinglass.flow.asset_words import catch_up
from isinglass.model.glue.errors import InvalidInputException
from isinglass.model.glue.shapes import SearchAssetsInput, SearchAssetsOutput
from isinglass.operations.business.subjects import identifier_of
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.operations.visibility import fill_page, visible_tables
from isinglass.store.assets import Asset
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.store import Transaction

_SORTED = {**COLUMNS, **TIMES}


@implements("SearchAssets")
def search_assets(ctx: Context, request: SearchAssetsInput) -> SearchAssetsOutput:
    """Find assets, tables among them, by words and filters, sorted by name unless told otherwise."""
    search = parse_search(request.get("SearchText"), request.get("FilterClause"))
    order, descending = _order(request)
    catch_up(ctx.store, ctx.account_id)
    tables: dict[int, CatalogTable] = {}
    with ctx.store.read() as tx:
        found, after = fill_page(
            ctx.page,
            lambda page: tx.asset_search.page(ctx.account_id, search, page, order, descending=descending),
            lambda assets: _visible(ctx, tx, search, assets, tables),
        )
    items = [_shown(ctx, asset, tables.get(asset.table_id or 0)) for asset in found]
    return {"Items": items, "NextToken": ctx.token(after)}


def _visible(
    ctx: Context, tx: Transaction, search: AssetSearch, assets: list[Asset], tables: dict[int, CatalogTable]
) -> list[Asset]:
    """Keep the assets that the caller may see, of tables that show in part those that it could find.

    The tables among them are added to `tables`.
    """
    tables.update(_tables(ctx, tx, assets))

    def shows(asset: Asset) -> bool:
        if asset.table_id is None:
            return True
        table = tables.get(asset.table_id)
        return table is not None and (table.restricted <= RESTRICTED or _finds(tx, search, asset, table))

    return [asset for asset in assets if shows(asset)]


def _tables(ctx: Context, tx: Transaction, assets: list[Asset]) -> dict[int, CatalogTable]:
    """Read the tables among assets, as far as the caller may see them."""
    catalogs: dict[str, list[CatalogTable]] = {}
    for table in tx.tables.by_ids([asset.table_id for asset in assets if asset.table_id is not None]):
        catalogs.setdefault(table.catalog_id, []).append(table)
    return {table.id: table for tables in catalogs.values() for table in visible_tables(ctx, tx, tables)}


def _finds(tx: Transaction, search: AssetSearch, asset: Asset, table: CatalogTable) -> bool:
    words = {word for word, _ in indexed(table.database_name, table.document)}
    return matches(search, tx.asset_index.said(asset, table), words, asdict(asset))


def _order(request: SearchAssetsInput) -> tuple[str, bool]:
    sort = request.get("Sort")
    if sort is None:
        return "name", False
    order = _SORTED.get(sort["Attribute"].lower())
    if order is None:
        raise InvalidInputException(
            f"Assets cannot be sorted by {sort['Attribute']}: name, assetTypeId, createdAt, updatedAt"
        )
    return order, sort.get("Order") == "DESCENDING"


def _shown(ctx: Context, asset: Asset, table: CatalogTable | None) -> Any:
    name, description = asset.name, asset.document.get("Description")
    identifier = asset.identifier
    if table is not None:
        identifier = identifier_of(ctx, table)
        name = asset.document.get("Name", table.name)
        description = table.document.get("Description") if description is None else description
    shown = {
        "Id": identifier,
        "AssetName": name,
        "UpdatedAt": asset.updated_at,
        "AssetTypeId": asset.type_id,
    }
    return shown if description is None else {**shown, "AssetDescription": description}
