"""`isinglass search`: find tables by words."""

from itertools import islice
from typing import Any

import click

from isinglass.cli import changes
from isinglass.cli.catalogs import in_catalog
from isinglass.cli.session import Session

_SORTS = {"name": ("Name", "ASC"), "created": ("CreateTime", "DESC"), "updated": ("UpdateTime", "DESC")}


@click.command("search")
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@click.option("--db", "database", help="Only in this database.")
@click.option("--column", help="Only tables that have a column of this name.")
@click.option("--sort", type=click.Choice(list(_SORTS)), default="name", show_default=True, help="Order.")
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="At most so many."
)
@in_catalog
@click.pass_obj
def command(
    session: Session, words: tuple[str, ...], database: str | None, column: str | None, sort: str, limit: int
) -> None:
    r"""Find tables that have all the words in their names, descriptions, columns, comments or parameters.

    \b
    Examples:
      isinglass search customer email
      isinglass search orders --db retail --sort updated
      isinglass search pii --column customer_id -o name
    """
    field, order = _SORTS[sort]
    filters = {"DatabaseName": database, "Columns": column}
    request: dict[str, Any] = {
        "SearchText": " ".join(words),
        "Filters": [{"Key": key, "Value": value} for key, value in filters.items() if value],
        "SortCriteria": [{"FieldName": field, "Sort": order}],
        "MaxResults": min(limit, 1000),
    }
    found = list(islice(session.catalog.pages("SearchTables", request, "TableList"), limit))
    session.rows(
        ["table", "found in", "description", "updated"], [_row(table, words) for table in found], found
    )
    if len(found) == limit:
        session.say(f"The first {limit}; more with --limit")
    if not found:
        session.say("No table has all of these words.")


def _row(table: dict[str, Any], words: tuple[str, ...]) -> list[str]:
    name = f"{table['DatabaseName']}.{table['Name']}"
    hits = ", ".join(_hits(table, [word.lower() for word in words]))
    return [name, hits, table.get("Description", "")[:60], changes.moment(table["UpdateTime"])]


def _hits(table: dict[str, Any], words: list[str]) -> list[str]:
    """Tell where words stand: the columns by their names, the rest by what it is."""
    columns = [*table.get("StorageDescriptor", {}).get("Columns", []), *table.get("PartitionKeys", [])]
    places = [
        ("name", [table["Name"]]),
        ("description", [table.get("Description", "")]),
        ("comments", [column.get("Comment", "") for column in columns]),
        ("parameters", [f"{key} {value}" for key, value in table.get("Parameters", {}).items()]),
    ]
    found = [place for place, texts in places if _has(texts, words)]
    return found + [f"column {column['Name']}" for column in columns if _has([column["Name"]], words)]


def _has(texts: list[str], words: list[str]) -> bool:
    return any(word in text.lower() for text in texts for word in words)
