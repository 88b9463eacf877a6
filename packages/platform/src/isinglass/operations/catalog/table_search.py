"""The search of tables."""

from isinglass.domain.permissions.cutting import RESTRICTED
from isinglass.domain.table_search import has_terms, parse_search
from isinglass.flow.table_words import catch_up
from isinglass.model.glue.errors import InvalidInputException
from isinglass.model.glue.shapes import SearchTablesRequest, SearchTablesResponse
from isinglass.operations.catalog import render
from isinglass.operations.catalog.scope import catalog_of
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.operations.visibility import fill_page, visible_tables
from isinglass.store.table_search import ORDERS


@implements("SearchTables")
def search_tables(ctx: Context, request: SearchTablesRequest) -> SearchTablesResponse:
    """Find tables by the words of their fields and by times, sorted by one field."""
    catalog = catalog_of(ctx, request)
    search = parse_search(request.get("Filters", []), request.get("SearchText", ""))
    order, descending = _order(request)
    if request.get("ResourceShareType", "ALL") != "ALL":
        return {"TableList": []}  # nothing is shared with or federated into an account
    catch_up(ctx.store, catalog)
    with ctx.store.read() as tx:
        tables, after = fill_page(
            ctx.page,
            lambda page: tx.table_search.page(catalog, search, page, order, descending=descending),
            lambda tables: [
                table
                for table in visible_tables(ctx, tx, tables)
                if table.restricted <= RESTRICTED or has_terms(search, table.database_name, table.document)
            ],
        )
    return {"TableList": [render.table(table) for table in tables], "NextToken": ctx.token(after)}


def _order(request: SearchTablesRequest) -> tuple[str, bool]:
    for criterion in request.get("SortCriteria", []):
        field = criterion.get("FieldName", "Name")
        if field.lower() not in ORDERS:
            raise InvalidInputException(
                f"Tables cannot be sorted by {field}; there are DatabaseName, Name, CreateTime and UpdateTime"
            )
        return field.lower(), criterion.get("Sort", "ASC") == "DESC"
    return "databasename", False
