"""Finds tables where their names lead: links to databases and tables of the same or another catalog.

As in Glue, a link is followed once. Nothing leads through a link to a link: of a chain, the error names the
link that would have to be followed next.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from isinglass.domain import catalog_ids
from isinglass.domain.catalog_ids import account_of, join, path_of, split
from isinglass.domain.catalog_objects import fold
from isinglass.model.glue.errors import (
    EntityNotFoundException,
    InvalidInputException,
)
from isinglass.operations.catalog.scope import not_read
from isinglass.operations.context import Context
from isinglass.operations.visibility import require, visible_table
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.databases import Database
from isinglass.store.store import Transaction

_Find = Callable[[str, str, str], CatalogTable]


@dataclass(frozen=True, slots=True)
class Place:
    """A database: the catalog it is in, and its name."""

    catalog: str
    database: str


def read_table(ctx: Context, tx: Transaction, catalog: str, database: str, name: str) -> CatalogTable:
    """Find a table as the caller may see it, to read what it has: partitions, versions, statistics."""
    return visible_table(ctx, tx, whole_table(ctx, tx, catalog, database, name))


def whole_table(ctx: Context, tx: Transaction, catalog: str, database: str, name: str) -> CatalogTable:
    """Find a table with all it has; who asks for it decides what of it the caller may see."""
    return _follow(ctx, tx, tx.tables.require, catalog, database, name)


def alterable_table(ctx: Context, tx: Transaction, catalog: str, database: str, name: str) -> CatalogTable:
    """Find a table that the caller may alter, as it is now."""
    return require(ctx, tx, whole_table(ctx, tx, catalog, database, name), "ALTER")


def hold_table(ctx: Context, tx: Transaction, catalog: str, database: str, name: str) -> CatalogTable:
    """Find a table whose partitions the caller may write, and keep it from being deleted."""
    table = _follow(ctx, tx, tx.tables.hold, catalog, database, name)
    return require(ctx, tx, table, "ALTER", "INSERT")


def lock_table(ctx: Context, tx: Transaction, catalog: str, database: str, name: str) -> CatalogTable:
    """Find a table that the caller may alter, and keep everyone else from changing it."""
    return require(ctx, tx, _follow(ctx, tx, tx.tables.lock, catalog, database, name), "ALTER")


def named_table(
    ctx: Context, tx: Transaction, find: _Find, catalog: str, database: str, name: str
) -> tuple[CatalogTable, bool]:
    """Find the table or link of a name; tells whether a link to its database led there."""
    database, name = fold(database), fold(name)
    try:
        return find(catalog, database, name), False
    except EntityNotFoundException:
        place = place_of(ctx, tx, catalog, database, "table", (name,))
        if place == Place(catalog, database):
            raise
    return find(place.catalog, place.database, name), True


def link_to_be(place: Place, document: Mapping[str, Any], now: float) -> CatalogTable:
    """Describe a link that is not stored yet, to see where it leads."""
    return CatalogTable(0, place.catalog, place.database, document["Name"], 0, document, now, "", now, "")


def target_of(ctx: Context, tx: Transaction, find: _Find, link: CatalogTable) -> CatalogTable:
    """Find the table that a link leads to."""
    given = link.document["TargetTable"]
    shown = f"Table {link.name}"
    place = _target(ctx, tx, link.catalog_id, given, shown)
    name = fold(_required(given, "Name", shown))
    _reach(ctx, place, "table", (name,))
    try:
        target = find(place.catalog, place.database, name)
    except EntityNotFoundException as error:
        raise EntityNotFoundException(
            f"{shown} links to table {place.database}.{name} of catalog {place.catalog}: {error.message}"
        ) from error
    if "TargetTable" in target.document:
        raise InvalidInputException(
            f"{shown} links to {target.database_name}.{target.name}, which is a link itself"
        )
    return target


def place_of(
    ctx: Context, tx: Transaction, catalog: str, name: str, kind: str, inside: Iterable[str] = ("*",)
) -> Place:
    """Find where the tables of a database are: where it links to, or in itself.

    Where it is a link, the caller must have the permission on what is `inside` its target, too.
    """
    return placed_database(ctx, tx, catalog, name, kind, inside)[0]


def placed_database(
    ctx: Context, tx: Transaction, catalog: str, name: str, kind: str, inside: Iterable[str] = ("*",)
) -> tuple[Place, Database]:
    """Find the database itself besides, as `place_of` finds its place."""
    name = fold(name)
    database = tx.databases.require(catalog, name)
    if "FederatedDatabase" in database.document:
        raise not_read(f"Database {name}", "federated")
    if "TargetDatabase" not in database.document:
        return Place(catalog, name), database
    place, target = linked_place(ctx, tx, catalog, database)
    _reach(ctx, place, kind, inside)
    return place, target


def linked_place(ctx: Context, tx: Transaction, catalog: str, link: Database) -> tuple[Place, Database]:
    """Find the database that a link leads to."""
    shown = f"Database {link.name}"
    place = _target(ctx, tx, catalog, link.document["TargetDatabase"], shown)
    target = tx.databases.find(place.catalog, place.database)
    if target is None:
        raise EntityNotFoundException(
            f"{shown} links to database {place.database} of catalog {place.catalog}, which does not exist."
        )
    if "TargetDatabase" in target.document:
        raise InvalidInputException(f"{shown} links to database {target.name}, which is a link itself")
    if "FederatedDatabase" in target.document:
        raise not_read(f"Database {target.name}", "federated")
    return place, target


def _follow(
    ctx: Context, tx: Transaction, find: _Find, catalog: str, database: str, name: str
) -> CatalogTable:
    table, through_link = named_table(ctx, tx, find, catalog, database, name)
    if "TargetTable" not in table.document:
        return table
    if through_link:
        raise InvalidInputException(
            f"Database {database} is a link, and so is table {table.name} in the database that it links to; "
            "only one of them can be followed"
        )
    return target_of(ctx, tx, find, table)


def _target(ctx: Context, tx: Transaction, catalog: str, identifier: Mapping[str, Any], shown: str) -> Place:
    """Find the catalog and database that a link names; a catalog that it does not name is the account's.

    The region that it names is kept and decides nothing: a server has one catalog for all of them.
    """
    account_id, path = split(fold(identifier.get("CatalogId", account_of(catalog))), account_of(catalog))
    place = Place(join(account_id, path), fold(_required(identifier, "DatabaseName", shown)))
    catalogs = [catalog_ids.arn(ctx.region, each, "catalog") for each in {account_id, place.catalog}]
    ctx.reach(account_id, [*catalogs, catalog_ids.arn(ctx.region, place.catalog, "database", place.database)])
    if path_of(place.catalog):
        found = tx.catalogs.require(place.catalog)
        if found.source:
            raise not_read(f"Catalog {place.catalog}, to which {shown} links,", found.source)
    return place


def _reach(ctx: Context, place: Place, kind: str, names: Iterable[str]) -> None:
    """Refuse what lies behind a link to a caller that may not do the same to it by its own name."""
    arns = [catalog_ids.arn(ctx.region, place.catalog, kind, place.database, name) for name in names]
    ctx.reach(account_of(place.catalog), arns)


def _required(identifier: Mapping[str, Any], member: str, shown: str) -> str:
    if member not in identifier:
        raise InvalidInputException(f"{shown} links to nothing: its target has no {member}")
    return str(identifier[member])
