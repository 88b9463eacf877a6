"""What of the catalog the caller may see and do; whatever IAM alone decides over passes at no cost."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from isinglass.domain.access.principals import identity_arn
from isinglass.domain.catalog_ids import account_of
from isinglass.domain.permissions.access import Access
from isinglass.domain.permissions.cutting import LEFT_TO_IAM, RESTRICTED, cut, sight
from isinglass.domain.permissions.denials import missing
from isinglass.domain.permissions.principals import IAM_ALLOWED, Asker
from isinglass.domain.permissions.resources import Resource, location_of_url
from isinglass.model.glue.errors import AccessDeniedException
from isinglass.operations.context import Context
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.databases import Database
from isinglass.store.paging import PageRequest
from isinglass.store.store import Transaction

#: What looking for one page of what shows may cost, in entries; a short page still has a token.
_MOST_COST, _COST_OF_FETCHING = 300, 20

_Entry = TypeVar("_Entry")
_After = tuple[Any, ...] | None


def asker_of(ctx: Context) -> Asker:
    """Say who asks."""
    principal = ctx.principal
    return Asker(principal.account_id, principal.arn, principal.identity_arn or identity_arn(principal.arn))


def visible_table(ctx: Context, tx: Transaction, table: CatalogTable) -> CatalogTable:
    """Give a table as the caller may see it: without the columns that are not for it.

    Raises AccessDeniedException when the caller may not see it at all.
    """
    if table.restricted == LEFT_TO_IAM:
        return table
    shown = _cut(table, tx.table_access.of(table, asker_of(ctx)))
    if shown is None:
        raise denied(["DESCRIBE"], table.name)
    return shown


def visible_tables(ctx: Context, tx: Transaction, tables: Sequence[CatalogTable]) -> list[CatalogTable]:
    """Give those of some tables of one catalog that the caller may see, as it may see them."""
    if not any(table.restricted for table in tables):
        return list(tables)
    accesses = tx.table_access.of_all(tables, asker_of(ctx))
    shown = (_cut(table, access) for table, access in zip(tables, accesses, strict=True))
    return [table for table in shown if table is not None]


def _cut(table: CatalogTable, access: Access) -> CatalogTable | None:
    """Cut a table to an access; None when nothing of it shows."""
    if access.is_none:
        return None
    if table.restricted == LEFT_TO_IAM or (seen := sight(access, table.document)) == RESTRICTED:
        return table
    return replace(table, document=cut(table.document, access), restricted=seen)


def fill_page(
    page: PageRequest,
    fetch: Callable[[PageRequest], tuple[list[_Entry], _After]],
    visible: Callable[[list[_Entry]], list[_Entry]],
) -> tuple[list[_Entry], _After]:
    """Fetch pages until one is filled with what shows; it may be short and still have a next one.

    What fetches may give fewer than asked for and still have more: then it has looked at all that is to be
    looked at for one page.
    """
    found: list[_Entry] = []
    after, cost = page.after, 0
    while True:
        wanted = page.size - len(found)
        entries, after = fetch(PageRequest(wanted, after))
        found += visible(entries)
        cost += len(entries) + _COST_OF_FETCHING
        if after is None or len(found) >= page.size or len(entries) < wanted or cost >= _MOST_COST:
            return found, after


def require(ctx: Context, tx: Transaction, table: CatalogTable, *any_of: str) -> CatalogTable:
    """Refuse a caller that has none of some permissions on a table; gives the table, whole."""
    if table.restricted != LEFT_TO_IAM:
        access = tx.table_access.of(table, asker_of(ctx))
        if not any(access.allows(permission) for permission in any_of):
            raise denied(any_of[:1], table.name)
    return table


def visible_database(ctx: Context, tx: Transaction, catalog: str, database: Database) -> Database:
    """Refuse a caller that may see neither a database nor anything in it."""
    return require_on_database(ctx, tx, catalog, database, "DESCRIBE")


def visible_databases(
    ctx: Context, tx: Transaction, catalog: str, databases: Sequence[Database]
) -> list[Database]:
    """Give those of some databases of a catalog that the caller may see."""
    if not any(database.restricted for database in databases):
        return list(databases)
    allowed = tx.table_access.of_databases(catalog, databases, asker_of(ctx))
    return [each for each, held in zip(databases, allowed, strict=True) if held is None or held]


def require_on_database(
    ctx: Context, tx: Transaction, catalog: str, database: Database, permission: str
) -> Database:
    """Refuse a caller that lacks a permission on a database; gives the database."""
    if database.restricted:
        held = tx.table_access.of_database(catalog, database, asker_of(ctx))
        if held is not None and permission not in held:
            raise denied([permission], database.name)
    return database


def require_new_databases(ctx: Context, tx: Transaction, catalog: str) -> None:
    """Refuse a caller that may not make databases in a catalog."""
    asker, resource = asker_of(ctx), Resource("catalog")
    if asker.owns(account_of(catalog)):
        return
    if tx.permissions.find(catalog, resource, 0, IAM_ALLOWED) is None:
        return  # nobody has restricted it
    grants = (tx.permissions.find(catalog, resource, 0, name) for name in asker.names)
    if any(grant is not None and grant.allows("CREATE_DATABASE") for grant in grants):
        return
    if not tx.table_access.is_administrator(account_of(catalog), asker):
        raise denied(["CREATE_DATABASE"], "the catalog")


def require_location(
    ctx: Context, tx: Transaction, catalog: str, urls: Iterable[str | None], *, under: str | None = None
) -> None:
    """Refuse to let a definition point into a registered location that the caller has not been given.

    Files of the server's own disk, which others who read the table may reach, are refused alike. Places
    `under` the one that the definition has already are no news.
    """
    asker, owner = asker_of(ctx), account_of(catalog)
    if asker.owns(owner):
        return
    own = location_of_url(under)
    for url in urls:
        _check_local(ctx, url, under)
        path = location_of_url(url)
        if path is None or (own is not None and path.startswith(own)):
            continue
        touched = (
            path.startswith(location.path) or location.path.startswith(path)
            for location in tx.data_lake.locations(owner)
        )
        if any(touched) and not tx.table_access.has_location(owner, path, asker):
            raise denied(["DATA_LOCATION_ACCESS"], f"s3://{path}")


def _check_local(ctx: Context, url: str | None, under: str | None) -> None:
    """Refuse paths of the server's own disk where only the account itself may use it."""
    if url is None or not url.startswith(("/", "file:")):
        return
    if under and (url.rstrip("/") + "/").startswith(under.rstrip("/") + "/"):
        return
    if ctx.principal.limited and ctx.services.may_use_local_files(ctx.account_id):
        raise AccessDeniedException(
            f"{url} is on the server's own disk, which nobody limited by policies may use: "
            "keep the files in the object store"
        )


def place_url(document: Any) -> str | None:
    """Give the place of a table's or partition's files."""
    url: str | None = (document.get("StorageDescriptor") or {}).get("Location")
    return url


def place_urls(document: Any) -> list[str | None]:
    """Give all places that a definition leads readers to: of its files, and of its Iceberg metadata."""
    return [place_url(document), (document.get("Parameters") or {}).get("metadata_location")]


def require_partition_places(
    ctx: Context, tx: Transaction, table: CatalogTable, given: Iterable[Any]
) -> None:
    """Refuse partitions in registered locations that the caller has not been given."""
    require_location(ctx, tx, table.catalog_id, map(place_url, given), under=place_url(table.document))


def denied(permissions: Iterable[str], on: str) -> AccessDeniedException:
    """Say which permission is missing."""
    return AccessDeniedException(missing(permissions, on))
