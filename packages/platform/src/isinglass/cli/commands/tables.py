"""`isinglass tables`: list tables."""

from fnmatch import fnmatchcase
from typing import Any

import click

from isinglass.cli.catalogs import in_catalog
from isinglass.cli.hints import hints
from isinglass.cli.session import Session

_NAMES = {"AttributesToGet": ["NAME"]}


@click.command("tables", short_help="List tables.")
@click.argument("pattern", default="*")
@in_catalog
@click.pass_obj
def command(session: Session, pattern: str) -> None:
    r"""List the tables of all databases, of one, or those that match a pattern.

    `-o name` lists also those whose encryption key has been deleted.

    \b
    Examples:
      isinglass tables
      isinglass tables retail
      isinglass tables 'retail.cust*' -o json
    """
    with hints(GlueEncryptionException=session.catalog.command("isinglass tables -o name")):
        found = list(matching(session, pattern.lower()))
    rows = [[f"{one['DatabaseName']}.{one['Name']}", *_facts(one)] for one in found]
    session.rows(["table", "format", "columns", "partitioned by", "rows", "location"], rows, found)
    if not found:
        session.say("No tables. Find some: isinglass crawl PATH --db NAME")


def matching(session: Session, pattern: str) -> list[dict[str, Any]]:
    """Return the tables whose `database.table` matches."""
    database_pattern, dot, table_pattern = pattern.replace("/", ".", 1).partition(".")
    if not dot:
        table_pattern = "*"
    wanted = _NAMES if session.output == "name" else {}
    names = [database_pattern]
    if any(sign in database_pattern for sign in "*?["):
        databases = session.catalog.pages("GetDatabases", _NAMES, "DatabaseList")
        names = [one["Name"] for one in databases if fnmatchcase(one["Name"], database_pattern)]
    return [
        table
        for name in names
        for table in session.catalog.pages("GetTables", {"DatabaseName": name, **wanted}, "TableList")
        if fnmatchcase(table["Name"], table_pattern)
    ]


def _facts(table: dict[str, Any]) -> list[Any]:
    descriptor = table.get("StorageDescriptor", {})
    parameters = {**descriptor.get("Parameters", {}), **table.get("Parameters", {})}
    keys = ", ".join(key["Name"] for key in table.get("PartitionKeys", []))
    count = parameters.get("recordCount", "")
    return [
        parameters.get("classification", ""),
        len(descriptor.get("Columns", [])),
        keys,
        int(count) if count.isdigit() else "",
        descriptor.get("Location", ""),
    ]
