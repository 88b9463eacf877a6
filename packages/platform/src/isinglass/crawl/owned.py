"""Which table of a database a planned table is: its own from the last crawl, a free name, or a new one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from isinglass.crawl import naming
from isinglass.crawl.changes import OWNER
from isinglass.crawl.plan import PlannedTable
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.paging import PageRequest
from isinglass.store.store import Transaction

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Known:
    """What matters of a table that is in the database already."""

    name: str
    location: str
    classification: str
    crawler: str | None


def known_tables(tx: Transaction, account_id: str, database: str) -> dict[str, Known]:
    """Read all tables of a database, little of each."""
    return {known.name: known for known in map(_known, _tables(tx, account_id, database))}


def _tables(tx: Transaction, account_id: str, database: str) -> Iterator[CatalogTable]:
    after: tuple[Any, ...] | None = None
    while True:
        tables, after = tx.tables.page(account_id, database, PageRequest(_PAGE, after))
        yield from tables
        if after is None:
            return


def _known(table: CatalogTable) -> Known:
    parameters = table.document.get("Parameters") or {}
    location = (table.document.get("StorageDescriptor") or {}).get("Location", "")
    return Known(table.name, location, parameters.get("classification", ""), parameters.get(OWNER))


def settle_names(tables: Sequence[PlannedTable], known: dict[str, Known], crawler: str) -> list[PlannedTable]:
    """Give each planned table the name of the table it is, or one that nobody else has."""
    mine = {
        (_folder(table.location), table.classification): table.name
        for table in known.values()
        if table.crawler == crawler
    }
    settled: dict[int, str] = {}
    for number, table in enumerate(tables):
        before = mine.get((_folder(table.location), table.shape.kind.format))
        if before is not None and before not in settled.values():
            settled[number] = before
    for number, table in enumerate(tables):
        if number not in settled:
            settled[number] = _free_name(table, known, crawler, set(settled.values()))
    return [replace(table, name=settled[number]) for number, table in enumerate(tables)]


def _free_name(table: PlannedTable, known: dict[str, Known], crawler: str, taken: set[str]) -> str:
    there = known.get(table.name)
    fits = there is None or there.crawler == crawler or _folder(there.location) == _folder(table.location)
    if fits and table.name not in taken:
        return table.name
    # Somebody else's table: theirs is left alone.
    return naming.with_suffix(table.name, f"{table.location}\0{table.shape.kind.format}")


def _folder(location: str) -> str:
    return location.rstrip("/")


def gone(
    tables: Sequence[PlannedTable], known: dict[str, Known], crawler: str, roots: Sequence[str]
) -> list[str]:
    """List the crawler's tables below its include paths that were not found this time."""
    found = {table.name for table in tables}
    return [
        table.name
        for table in known.values()
        if table.crawler == crawler
        and table.name not in found
        and any(f"{_folder(table.location)}/".startswith(root) for root in roots)
    ]
