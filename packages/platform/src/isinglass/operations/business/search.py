"""The search of assets."""

from typing import Any

from isinglass.domain.business.search import COLUMNS, TIMES, parse_search
from isinglass.flow.asset_words import catch_up
from isinglass.model.glue.errors import InvalidInputException
from isinglass.model.glue.shapes import SearchAssetsInput, SearchAssetsOutput
from isinglass.operations.business.subjects import identifier_of
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.assets import Asset
from isinglass.store.catalog_tables import CatalogTable

_SORTED = {**COLUMNS, **TIMES}


@implements("SearchAssets")
def search_assets(ctx: Context, request: SearchAssetsInput) -> SearchAssetsOutput:
    """Find assets, tables among them, by words and filters, sorted by name unless told otherwise."""
    search = parse_search(request.get("SearchText"), request.get("FilterClause"))
    order, descending = _order(request)
    catch_up(ctx.store, ctx.account_id)
    with ctx.store.read() as tx:
        found, after = tx.asset_search.page(ctx.account_id, search, ctx.page, order, descending=descending)
        ids = [asset.table_id for asset in found if asset.table_id is not None]
        tables = {table.id: table for table in tx.tables.by_ids(ids)}
    items = [_shown(ctx, asset, tables.get(asset.table_id or 0)) for asset in found]
    return {"Items": items, "NextToken": ctx.token(after)}


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
        description = description or table.document.get("Description")
    shown = {
        "Id": identifier,
        "AssetName": name,
        "UpdatedAt": asset.updated_at,
        "AssetTypeId": asset.type_id,
    }
    return shown if description is None else {**shown, "AssetDescription": description}
